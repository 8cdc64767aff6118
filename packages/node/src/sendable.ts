import { PreparedMessage } from "@plyws/connection";
import type { Outgoable } from "./outgoing.ts";

/** What can be sent: a string as a text message, octets as a binary one, or what `prepare` gave. */
export type Sendable = string | ArrayBufferView | ArrayBufferLike | PreparedMessage;

/** A string, a prepared message, or a view of exactly the octets that were given, whatever holds them. */
export function toOutgoable(data: Sendable): Outgoable {
  if (typeof data === "string" || data instanceof Uint8Array || data instanceof PreparedMessage) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new TypeError(
    `A message is a string, a typed array, a DataView or an ArrayBuffer, not ${typeof data}`,
  );
}
