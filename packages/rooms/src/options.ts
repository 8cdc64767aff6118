import type { Backplane, BackplaneState } from "./backplane.ts";
import type { Member, PresenceChange, RoomMessage, RoomSignal } from "./message.ts";
import type { RoomSocket } from "./socket.ts";

/** What a socket can send. */
export type SendableOf<Socket extends RoomSocket> = Parameters<Socket["send"]>[0];

/**
 * What happens to a member for whom much is waiting already when a message is published: "disconnect" closes its
 * socket with 1013, so that it can come back and have replayed what it missed; "drop" leaves the message out;
 * "buffer" sends it all the same, so that the limits of the socket decide. Signals are left out in any case.
 */
export type SlowPolicy = "disconnect" | "drop" | "buffer";

export interface RoomsOptions<Socket extends RoomSocket = RoomSocket, Info = unknown> {
  /** Where messages are ordered and kept, and what joins processes. Default: a `LocalBackplane`. */
  readonly backplane?: Backplane<Info>;
  /**
   * Makes what is sent to the members, once for each message: an envelope with the id, a message that is prepared by
   * the library of the sockets. Default: the data.
   */
  encode?(message: RoomMessage | RoomSignal): SendableOf<Socket>;
  /** What happens to slow members. Default: "disconnect". */
  readonly slow?: SlowPolicy;
  /** The `bufferedAmount` of a socket, in octets, above which its member is slow. Default: 1 MiB. */
  readonly maxBufferedAmount?: number;
}

/** Why a socket is not in a room any more. */
export type LeaveReason =
  /** The application said so, or the rooms were closed. */
  | "left"
  /** The connection has ended. */
  | "closed"
  /** It was too slow. */
  | "slow"
  /** Its `send` failed; the error went to `error`. */
  | "failed";

/**
 * What a method of the events returns: anything. A promise is watched, so that its rejection is seen. It is `any` and
 * not `unknown`: only so may an event refer to the very rooms whose type is being inferred from it.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type EventResult = any;

/** What happens in rooms. What a method throws, or rejects with, goes to `error`. */
export interface RoomsEvents<Socket extends RoomSocket = RoomSocket, Info = unknown> {
  /** Somebody came to a room that has members here, went, or is described anew: on this process or on another. */
  presence?(room: string, change: PresenceChange<Info>): EventResult;
  /** A socket has left a room. */
  left?(room: string, socket: Socket, reason: LeaveReason): EventResult;
  /** A member was slow when something was sent to a room. */
  slow?(room: string, socket: Socket, action: "disconnected" | "dropped"): EventResult;
  /** Messages of a room were lost before they came to this process: its members miss them. */
  lost?(room: string): EventResult;
  /** The backplane was lost, is back, or was closed. */
  state?(state: BackplaneState, error: Error | null): EventResult;
  /** A socket, `encode` or one of these methods failed. Default: it is printed by `console.error`. */
  error?(error: unknown): EventResult;
}

export interface JoinOptions<Info = unknown> {
  /** Who is present by this socket. Without it the socket gets what is said and is no member that others see. */
  readonly member?: Member<Info>;
  /** Sends the messages after this id first, each once and in order; "" for all that are kept. */
  readonly after?: string;
}

/** How a socket has joined. */
export interface JoinReport {
  /** Whether it is in the room; it is not when it has left or ended meanwhile. */
  readonly joined: boolean;
  /** The id of the last message that it has, or that was before it came; "" when there was none. */
  readonly last: string;
  /** How many messages were replayed. */
  readonly replayed: number;
  /** Whether messages after `after` may be missing. */
  readonly gap: boolean;
}

/** Numbers that only rise. */
export interface RoomsCounters {
  /** Messages that were published here. */
  published: number;
  /** Messages and signals that were handed to sockets, once for each socket. */
  sent: number;
  /** Messages and signals that slow members did not get. */
  dropped: number;
  /** Members that were disconnected because they were slow. */
  disconnected: number;
}
