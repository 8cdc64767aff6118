import { atOnce } from "../thenable.ts";
import { warn } from "../warn.ts";
import { backoffDelay } from "./backoff.ts";
import { type AttemptEnd, askedDelay, isWorthRetrying } from "./retry-policy.ts";
import type { Settings } from "./settings.ts";

/**
 * What follows the end of an attempt: a wait in milliseconds, or the reason why there is none.
 *
 * @param retries how many there were since the last stable connection
 */
export function decide(
  end: AttemptEnd,
  retries: number,
  settings: Settings,
): number | "refused" | "exhausted" {
  if (!mayRetry(end, settings.retry)) return "refused";
  if (retries >= settings.maxRetries) return "exhausted";
  // What is random comes on top, since the server may have asked all its clients for the same.
  const asked = Math.min(askedDelay(end, Date.now()), settings.maxDelay);
  return asked + backoffDelay(retries, settings, Math.random);
}

function mayRetry(end: AttemptEnd, retry: Settings["retry"]): boolean {
  const byDefault = isWorthRetrying(end);
  try {
    return atOnce("retry", retry(end, byDefault));
  } catch (error) {
    warn("The retry function of a reconnecting client failed", error);
    return byDefault;
  }
}

export function warnOfGivingUp(last: AttemptEnd): void {
  const error = last.stage === "open" ? new Error(`Closed with ${last.record.code}`) : last.error;
  warn("A reconnecting client gave up", error);
}
