import type { DataOpcode } from "@plyws/message";
import type { CloseRecord } from "./closing.ts";

/**
 * Receives the events of connections, in order. One object may serve many connections of an own subclass; its
 * methods may call every method of the connection. What a method throws comes out of the call that led to it, with the
 * connection intact: the octets that were not looked at yet are handled by the next `receive`, `resume` or `receiveEnd`.
 */
export interface ConnectionHandler<Text = string> {
  /** A whole text message. */
  text(data: Text): void;
  /**
   * A whole binary message. `data` may be a view of the chunk that was received: copy what is to outlive the call when
   * the chunk is much larger, since it would be kept alive as a whole.
   */
  binary(data: Uint8Array): void;
  /**
   * A piece of a message that is `streaming`, as it arrived: possibly empty, cut anywhere, also inside a code point of
   * a text, which is known to be valid UTF-8 so far. May be a view of the chunk.
   */
  piece?(opcode: DataOpcode, data: Uint8Array, last: boolean): void;
  /**
   * A Ping frame; its Pong is queued already unless the outbox is congested. `payload` has at most 125 octets and may
   * be a view of the chunk.
   */
  ping?(payload: Uint8Array): void;
  /** A Pong frame, asked for or not. `payload` has at most 125 octets and may be a view of the chunk. */
  pong?(payload: Uint8Array): void;
  /**
   * A chunk was looked at to its end, and the connection does not refer to it any more: its memory may be used again.
   * Whoever keeps a view of a chunk calls `keepChunk` of the connection at once, so that it does not come here.
   */
  spent?(chunk: Uint8Array): void;
  /** The connection has ended. Called exactly once, last. */
  closed(record: CloseRecord): void;
}
