/** What is said in a room: a text or octets. */
export type RoomData = string | Uint8Array;

/** A message that was published: it has a place in the order of its room, and can be replayed. */
export interface RoomMessage {
  readonly room: string;
  /** Later messages of a room have greater ids, compared as strings. */
  readonly id: string;
  readonly data: RoomData;
}

/** What is said to those who are there now, and kept nowhere: typing, cursors. */
export interface RoomSignal {
  readonly room: string;
  readonly id: null;
  readonly data: RoomData;
}

/** Which messages of a room are asked for. */
export interface HistoryRange {
  /** Only messages after this id, the oldest of them first; "" is the beginning. */
  readonly after?: string;
  /** Only messages before this id, and of them the newest, unless there is an `after`. */
  readonly before?: string;
  /** How many at most, from 1. Default: 100. */
  readonly limit?: number;
}

/** Some messages of a room, always the oldest first. */
export interface History {
  readonly messages: readonly RoomMessage[];
  /** Whether more messages fit the range: newer ones when it has an `after`, else older ones. */
  readonly more: boolean;
  /** Whether messages after `after` may be missing: they were not kept so long. */
  readonly gap: boolean;
}

/** Somebody who is present in a room. */
export interface Member<Info = unknown> {
  readonly id: string;
  /** What the application says of the member. Over Redis it is a value of JSON. */
  readonly info?: Info | undefined;
}

/** Somebody came, went, or is described anew. */
export interface PresenceChange<Info = unknown> extends Member<Info> {
  readonly change: "came" | "changed" | "went";
}

const DEFAULT_LIMIT = 100;
const MAX_NAME_LENGTH = 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws RangeError when the limit is no whole number from 1 */
export function limitOf({ limit = DEFAULT_LIMIT }: HistoryRange): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new RangeError(`The limit of a history is a whole number from 1, not ${limit}`);
}

/** @throws TypeError when it cannot be the name of a room, or of a member */
export function checkName(what: string, name: unknown): void {
  const good =
    typeof name === "string" && name !== "" && name.length <= MAX_NAME_LENGTH && !LONE_SURROGATE.test(name);
  if (good) return;
  throw new TypeError(`${what} is a text of 1 to ${MAX_NAME_LENGTH} characters without lone surrogates`);
}

/** @throws TypeError when it can be no message */
export function checkData(data: unknown): void {
  if (typeof data === "string" || data instanceof Uint8Array) return;
  throw new TypeError(`What is said in a room is a string or a Uint8Array, not ${typeof data}`);
}
