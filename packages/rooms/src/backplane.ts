import type {
  History,
  HistoryRange,
  Member,
  PresenceChange,
  RoomData,
  RoomMessage,
  RoomSignal,
} from "./message.ts";

/**
 * "ready"; "away" while it is not reached: what is published is refused, what was published meanwhile comes as soon as
 * it is back; "closed" for good.
 */
export type BackplaneState = "ready" | "away" | "closed";

/** Why a backplane did not do what it was asked. */
export type BackplaneErrorCode =
  /** It is not reached, or was closed. Nothing was done. */
  | "unavailable"
  /** It was lost before it answered: it may or may not have been done. Publish again with the same `once`. */
  | "unknown"
  /** Too much waits for it already. Nothing was done. */
  | "busy"
  /** It answered with an error: the cause. */
  | "failed";

/** A backplane could not do what it was asked. */
export class BackplaneError extends Error {
  override readonly name = "BackplaneError";
  readonly code: BackplaneErrorCode;

  constructor(code: BackplaneErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What a backplane tells: all of it about rooms that are open here. Nothing here throws. */
export interface BackplaneEvents<Info = unknown> {
  /** A message was published, here or elsewhere. The messages of one room come in the order of their ids, each once. */
  message(message: RoomMessage): void;
  /** Something was signalled elsewhere. */
  signal(signal: RoomSignal): void;
  /** Somebody came or went, here or elsewhere. */
  presence(room: string, change: PresenceChange<Info>): void;
  /** Messages of this room are gone before they came here. `last` is the id from which on they come again. */
  lost(room: string, last: string): void;
  state(state: BackplaneState, error: Error | null): void;
  /** Something failed that nobody waits for. */
  error(error: unknown): void;
}

/**
 * What rooms have in common beyond one process: the order and the keeping of messages, and who is present.
 *
 * A backplane serves one `Rooms`, which opens a room before it asks for anything but `publish`, `signal`, `history` and
 * `members` of it. Names and data were checked.
 */
export interface Backplane<Info = unknown> {
  readonly state: BackplaneState;
  /** Called once, before anything else. */
  start(events: BackplaneEvents<Info>): void;
  /**
   * Begins to tell what happens in a room. Resolves with the id of its last message so far, "" when there is none: all
   * later ones are told.
   *
   * @throws BackplaneError "unavailable"
   */
  open(room: string): Promise<string>;
  /** Ends what `open` began. Nothing is told of the room any more. */
  release(room: string): void;
  /**
   * Keeps a message and gives it its place: resolves with its id when it is kept.
   *
   * @param once when a message with the same text was published in this room not long ago, nothing is done but to
   * resolve with the id of that one
   */
  publish(room: string, data: RoomData, once: string | null): Promise<string>;
  /** Tells the other processes, if they can be told. */
  signal(room: string, data: RoomData): void;
  /** @throws RangeError when `after` or `before` is not an id */
  history(room: string, range: HistoryRange): Promise<History>;
  /** Somebody is present in an open room from now on, or is described anew. */
  enter(room: string, member: Member<Info>): void;
  /** Somebody whom `enter` named is not present any more, as far as this process knows. */
  exit(room: string, id: string): void;
  /** All who are present, on all processes. */
  members(room: string): Promise<Member<Info>[]>;
  /** Lets go of everything. The state is "closed" at once. */
  close(): Promise<void>;
}
