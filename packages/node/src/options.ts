import type { LivenessOptions } from "./pulse.ts";

/** What happens to a message that would make more than `maxBufferedAmount` wait. */
export type OverflowPolicy = "disconnect" | "drop" | "wait";

/** What server and client connections have in common. */
export interface ConnectionLimits extends LivenessOptions {
  /** The largest message that is accepted, in octets. Default 1 MiB on a server, 16 MiB on a client. */
  readonly maxMessageSize?: number | undefined;
  /**
   * How much may wait for a peer that does not read, in octets, before another message is subject to `overflow`. One
   * message may be larger. Default 16 MiB.
   */
  readonly maxBufferedAmount?: number | undefined;
  /**
   * What happens to a message when more than `maxBufferedAmount` waits: `"disconnect"` fails the connection with 1013,
   * `"drop"` does not send it, `"wait"` makes `sendAsync` wait for room and `send` drop it. Default `"disconnect"`.
   */
  readonly overflow?: OverflowPolicy | undefined;
  /** Whether text messages are handed out as strings, or as the octets of their UTF-8. Default `"string"`. */
  readonly text?: "string" | "octets" | undefined;
  /**
   * How long the closing handshake and the end of the stream may take, in milliseconds, before the socket is
   * destroyed. Default 5000.
   */
  readonly closeTimeout?: number | undefined;
}

/** Above this many queued octets `send` answers "buffered". */
export const HIGH_WATER_MARK = 65_536;
/** How many frames of one socket are handled before the other sockets get their turn. */
export const FRAMES_PER_TURN = 512;
/** At or below this many queued octets a buffering connection reports `drain`. */
export const LOW_WATER_MARK = 16_384;

const MAX_TIMEOUT = 2_147_483_647;

/** @throws RangeError unless the value is a whole number from 0 to `max` */
export function checkWhole(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${name} is a whole number from 0 to ${max}, not ${String(value)}`);
}

/** @throws RangeError unless the value is a number of milliseconds that a timer can have */
export function checkTimeout(name: string, value: number): number {
  return checkWhole(name, value, MAX_TIMEOUT);
}

/** @throws TypeError unless the value is a list: a string would be taken for one of letters */
export function checkList(name: string, value: readonly string[], others = ""): readonly string[] {
  if (Array.isArray(value)) return value;
  const example = typeof value === "string" ? `: [${JSON.stringify(value)}]` : "";
  throw new TypeError(`${name} is ${others}a list${example}, not ${JSON.stringify(value)}`);
}

/** The limits with their defaults filled in. */
export type Limits = { readonly [Name in keyof ConnectionLimits]-?: NonNullable<ConnectionLimits[Name]> };

/**
 * @throws RangeError when a limit is not a whole number in its range
 * @throws TypeError when a policy is none of its words
 */
export function resolveLimits(limits: ConnectionLimits): Limits {
  return {
    maxMessageSize: checkWhole("maxMessageSize", limits.maxMessageSize ?? 1_048_576),
    maxBufferedAmount: checkWhole("maxBufferedAmount", limits.maxBufferedAmount ?? 16_777_216),
    overflow: checkWord("overflow", limits.overflow ?? "disconnect", ["disconnect", "drop", "wait"]),
    text: checkWord("text", limits.text ?? "string", ["string", "octets"]),
    closeTimeout: checkTimeout("closeTimeout", limits.closeTimeout ?? 5000),
    pingInterval: checkTimeout("pingInterval", limits.pingInterval ?? 30_000),
    pongTimeout: checkTimeout("pongTimeout", limits.pongTimeout ?? 15_000),
    idleTimeout: checkTimeout("idleTimeout", limits.idleTimeout ?? 0),
    maxAge: checkTimeout("maxAge", limits.maxAge ?? 0),
  };
}

/** @throws TypeError unless the value is one of the words */
function checkWord<Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value;
  throw new TypeError(`${name} is one of ${words.map((word) => `"${word}"`).join(", ")}, not ${value}`);
}
