import { encodeFrame, Opcode } from "@plyws/frame";
import type { DataOpcode } from "@plyws/message";
import { createStringCodec } from "./text.ts";

const codec = createStringCodec();

/**
 * A message that is encoded once and sent to many: a server writes the same octets to each connection. A client masks
 * every frame with a key of its own, so for it nothing but the encoding of a text is saved.
 *
 * @example
 * ```ts
 * const news = new PreparedMessage("news");
 * for (const connection of connections) connection.sendPrepared(news);
 * ```
 */
export class PreparedMessage {
  readonly opcode: DataOpcode;
  readonly payload: Uint8Array;
  /** The whole unmasked frame. */
  readonly frame: Uint8Array;

  /** @param data a text, or octets, which are copied */
  constructor(data: string | Uint8Array) {
    this.opcode = typeof data === "string" ? Opcode.Text : Opcode.Binary;
    const payload = typeof data === "string" ? codec.encode(data) : data;
    this.frame = encodeFrame({ fin: true, rsv: 0, opcode: this.opcode, payload });
    this.payload = this.frame.subarray(this.frame.length - payload.length);
  }
}
