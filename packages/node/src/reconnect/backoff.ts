/** How the waits between attempts grow. */
export interface Backoff {
  /** The longest that the first retry waits, in milliseconds. */
  readonly initialDelay: number;
  /** What the growth ends at, in milliseconds. */
  readonly maxDelay: number;
  /** How much longer each retry may wait than the one before; at least 1. */
  readonly factor: number;
}

/** A number in [0, 1). */
export type Random = () => number;

/**
 * How long a retry waits, in whole milliseconds: anything from 0 up to a ceiling that grows, so that clients which
 * lost their server together do not come back together (RFC 6455 section 7.2.3).
 *
 * @param retries how many retries there were before this one
 */
export function backoffDelay(
  retries: number,
  { initialDelay, maxDelay, factor }: Backoff,
  random: Random,
): number {
  return Math.floor(random() * Math.min(maxDelay, initialDelay * factor ** retries));
}
