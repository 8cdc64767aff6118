import { type ConnectOptions, connect } from "../client.ts";
import type { WebSocketEvents } from "../events.ts";
import type { AttemptEnd } from "./retry-policy.ts";

/** What a function that gives the target is told. */
export interface AttemptContext {
  /** How many retries there were since the last stable connection, this one included; 0 at the first attempt. */
  readonly retries: number;
  /** Aborted when the answer is of no use any more: the client was closed, or `handshakeTimeout` is over. */
  readonly signal: AbortSignal;
}

/** Where to connect to, and the options that are only known now: they replace those of the client. */
export interface AttemptTarget extends Omit<ConnectOptions, "signal"> {
  readonly url: string | URL;
}

/** A URL, or a function that is asked before every attempt: for a fresh token, or the next of several servers. */
export type ReconnectingTarget =
  | string
  | URL
  | ((context: AttemptContext) => string | URL | AttemptTarget | Promise<string | URL | AttemptTarget>);

/** What an attempt has besides its target. */
export interface AttemptLimits {
  readonly retries: number;
  /** Ends the attempt when it is aborted. */
  readonly controller: AbortController;
  /** How long the target may take to be known, in milliseconds. */
  readonly timeout: number;
}

/** Tries once. Returns how it failed, or `null`: then there is, or was already, a connection. Never rejects. */
export async function attempt(
  target: ReconnectingTarget,
  limits: AttemptLimits,
  options: ConnectOptions,
  events: WebSocketEvents,
): Promise<AttemptEnd | null> {
  let stage: "target" | "connect" = "target";
  try {
    const { url, ...replaced } = await resolveTarget(target, limits);
    stage = "connect";
    await connect(url, { ...options, ...replaced, signal: limits.controller.signal }, events);
    return null;
  } catch (error) {
    return { stage, error };
  }
}

/** @throws whatever the function throws; the reason of the signal when it is aborted first */
async function resolveTarget(
  target: ReconnectingTarget,
  { retries, controller, timeout }: AttemptLimits,
): Promise<AttemptTarget> {
  if (typeof target !== "function") return { url: target };
  const { signal } = controller;
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`No target within ${timeout} ms`, "TimeoutError"));
  }, timeout);
  // Whether or not the function looks at the signal, nobody waits for it longer.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  // In a function of its own: what throws at once would leave `aborted` without anybody who catches it.
  const ask = async (): Promise<string | URL | AttemptTarget> => target({ retries, signal });
  try {
    const answer = await Promise.race([ask(), aborted]);
    return typeof answer === "string" || answer instanceof URL ? { url: answer } : answer;
  } finally {
    clearTimeout(timer);
  }
}
