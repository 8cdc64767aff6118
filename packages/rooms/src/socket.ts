import { isThenable } from "./thenable.ts";

/**
 * What a room needs of a socket: `send`. The rest is used where it is there; sockets of `@plyws/node`, of `ws`, of
 * browsers and of most other libraries have it under these names.
 */
export interface RoomSocket {
  /**
   * Sends a message. It may throw, return a promise, or return what became of the message: "dropped" is counted, and
   * "closed" ends the membership.
   */
  // A method of any parameter: only so does it take the sockets of every library, whatever they can send.
  // oxlint-disable-next-line typescript/no-explicit-any
  send(message: any): unknown;
  /** Octets that wait for the peer. Without it no member is ever slow. */
  readonly bufferedAmount?: number;
  /** Resolves when little waits for the peer, or the connection has ended. Without it `bufferedAmount` is polled. */
  drained?(): PromiseLike<unknown>;
  /** Closes the connection. */
  close?(code?: number, reason?: string): unknown;
  /** A promise of the end of the connection. */
  readonly closed?: unknown;
  /** How events of the standard are listened to. */
  // oxlint-disable-next-line typescript/no-explicit-any
  addEventListener?(type: "close", listener: () => void, ...rest: any[]): unknown;
  /** How events of Node are listened to. */
  // oxlint-disable-next-line typescript/no-explicit-any
  once?(type: "close", listener: () => void, ...rest: any[]): unknown;
  /** By the standard: 0 and 1 while the socket can be or will be open. */
  readonly readyState?: unknown;
}

/** With more octets waiting than this a replay waits. */
const REPLAY_HIGH_WATER_MARK = 64 * 1024;
const POLL_MS = 20;

/** What became of a message for one socket. */
export type Fate =
  /** It was handed to the socket. */
  | "sent"
  /** It was left out: too much waits for the peer already. */
  | "dropped"
  /** The socket is not open any more. */
  | "closed";

/** Calls back when the connection has ended, if the socket can tell. */
export function whenClosed(socket: RoomSocket, ended: () => void): void {
  if (isThenable(socket.closed)) socket.closed.then(ended, ended);
  else if (typeof socket.addEventListener === "function") socket.addEventListener("close", ended);
  else if (typeof socket.once === "function") socket.once("close", ended);
}

/** Whether it is known that the connection has ended. */
export function isClosed({ readyState }: RoomSocket): boolean {
  return typeof readyState === "number" && readyState > 1;
}

/**
 * Hands a message to a socket. Never throws.
 *
 * @param failed is called, perhaps later, when the socket throws or rejects
 */
export function pass(socket: RoomSocket, message: unknown, failed: (error: unknown) => void): Fate {
  if (isClosed(socket)) return "closed";
  try {
    const result = socket.send(message);
    if (result === "dropped" || result === "closed") return result;
    if (isThenable(result)) result.then(undefined, failed);
    return "sent";
  } catch (error) {
    failed(error);
    return "closed";
  }
}

/** Waits while much waits for the peer, until it is known that nobody needs it any more. */
export async function whenDrained(socket: RoomSocket, isOver: () => boolean): Promise<void> {
  while (!isOver() && !isClosed(socket) && (socket.bufferedAmount ?? 0) > REPLAY_HIGH_WATER_MARK) {
    if (typeof socket.drained === "function") await socket.drained();
    else await delay();
  }
}

/** `setTimeout` is everywhere, but in no declarations that are. */
function delay(): Promise<void> {
  const setTimeout: (callback: () => void, ms: number) => unknown = Reflect.get(globalThis, "setTimeout");
  return new Promise((resolve) => void setTimeout(resolve, POLL_MS));
}
