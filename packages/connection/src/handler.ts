import type { CloseInfo } from "@plyws/frame";
import type { DataOpcode } from "@plyws/message";

/** How a connection ended: what each side said, and what happened. */
export interface CloseRecord {
  /** The close code that the peer sent; 1005 when its Close frame had none, 1006 when it sent no Close frame. */
  readonly code: number;
  /** The reason that the peer sent; "" when there is none. */
  readonly reason: string;
  /** Whether both Close frames were exchanged (RFC 6455 section 7.1.4). */
  readonly clean: boolean;
  /** The Close frame that was received, or `null`. */
  readonly received: CloseInfo | null;
  /** The Close frame that was sent, or `null`. */
  readonly sent: CloseInfo | null;
  /** Who began: `local` by closing or by failing the connection, `remote` by a Close frame or by going away. */
  readonly initiator: "local" | "remote";
  /** Why, when it was not just closed: a `ProtocolError` of the peer, or what the transport or the application gave. */
  readonly error: Error | null;
}

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
  /** The connection has ended. Called exactly once, last. */
  closed(record: CloseRecord): void;
}
