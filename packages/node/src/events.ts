import type { CloseRecord } from "@plyws/connection";
import type { WebSocketConnection } from "./connection.ts";
import type { MessageStream } from "./message-stream.ts";

/** A message: a text as a string, a binary message as octets that belong to whoever receives them. */
export type MessageData = string | Uint8Array;

/**
 * What a method of the events returns: anything. A promise is watched, so that its rejection is seen. It is `any` and
 * not `unknown`: only so may an event refer to the very server whose type is being inferred from it.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type EventResult = any;

/**
 * What happens on connections. One object serves all connections of a server.
 *
 * A method that throws, or returns a promise that rejects, ends that connection with the close code 1011: the error
 * goes to `error` and is the `error` of the close record.
 */
export interface WebSocketEvents<Data = unknown> {
  /** The connection is open. */
  open?(socket: WebSocketConnection<Data>): EventResult;
  /**
   * A whole message. Without this method and `stream`, messages are read by `receive()` or `for await`, and none is
   * read before.
   *
   * @param isText tells a text message from a binary one where the option `text` makes octets of both
   */
  message?(socket: WebSocketConnection<Data>, data: MessageData, isText: boolean): EventResult;
  /**
   * A message to be read while it arrives: all messages come here. When there is `message`, too, that method gets those
   * that come in one frame of at most `maxMessageSize`, not compressed, and this one the others.
   */
  stream?(socket: WebSocketConnection<Data>, message: MessageStream): EventResult;
  /** `bufferedAmount` was above the high-water mark and is below the low-water mark again. */
  drain?(socket: WebSocketConnection<Data>): EventResult;
  /** A method of this object failed. Without this method the error is a warning of the process. */
  error?(socket: WebSocketConnection<Data>, error: Error): EventResult;
  /** The connection has ended. Called exactly once, last. */
  close?(socket: WebSocketConnection<Data>, record: CloseRecord): EventResult;
}
