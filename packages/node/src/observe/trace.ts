import type { Opcode, ProtocolError } from "@plyws/frame";
import type { WebSocketConnection } from "../connection.ts";
import { toError, warn } from "../warn.ts";
import { tellError } from "./channels.ts";

/** A frame as it stands in the byte stream, whatever becomes of it. */
export interface TracedFrame {
  readonly direction: "received" | "sent";
  readonly error: null;
  /** Whether it is the last fragment of its message. */
  readonly fin: boolean;
  /** The reserved bits: RSV1 is 0x40, RSV2 0x20, RSV3 0x10. */
  readonly rsv: number;
  readonly opcode: Opcode;
  readonly masked: boolean;
  /** In octets, as the header says. */
  readonly payloadLength: number;
  /**
   * The first 64 octets of the payload, or what there is of it, unmasked. A copy. Shorter than that and than the
   * payload when the connection ended before it was here.
   */
  readonly preview: Uint8Array;
}

/** Octets that are no frame by RFC 6455: nothing that follows in this direction can be read. */
export interface TracedViolation {
  readonly direction: "received" | "sent";
  readonly error: ProtocolError;
  /** Where a frame should begin: up to 14 octets. A copy. */
  readonly octets: Uint8Array;
}

/** What a trace is told. */
export type Traced = TracedFrame | TracedViolation;

/** Is told every frame of a connection. */
export type Trace<Data = undefined> = (traced: Traced, socket: WebSocketConnection<Data>) => void;

export interface TraceOptions<Data = undefined> {
  /**
   * Is told every frame in both directions, when it is read from the stream or queued for it: for debugging, together
   * with `formatFrame`. When it throws, that is a warning, and it is not called again for that connection. What it
   * sends itself it is not told. Default none, which costs nothing.
   */
  readonly trace?: Trace<Data> | undefined;
}

/** Calls the trace of one connection until it fails. */
export function guard<Data>(trace: Trace<Data>, socket: WebSocketConnection<Data>): (traced: Traced) => void {
  let broken = false;
  let busy = false;
  const fail = (thrown: unknown): void => {
    if (broken) return;
    broken = true;
    warn("A trace of a WebSocket connection failed and is not called again for it", thrown);
    tellError(socket, toError(thrown));
  };
  return (traced) => {
    // What the trace itself sends is not shown to it: that would never end.
    if (broken || busy) return;
    busy = true;
    try {
      const result: unknown = trace(traced, socket);
      if (result instanceof Promise) result.catch(fail);
    } catch (error) {
      fail(error);
    } finally {
      busy = false;
    }
  };
}
