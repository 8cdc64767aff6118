import { encodeFrame, Opcode } from "@plyws/frame";
import type { DataOpcode } from "@plyws/message";
import type { MessageExtension } from "./extension.ts";
import { createStringCodec } from "./text.ts";

const codec = createStringCodec();

/** One form of a prepared message. */
export interface PreparedForm {
  readonly opcode: DataOpcode;
  readonly payload: Uint8Array;
  readonly rsv: number;
  /** The whole unmasked frame; the payload is a view of its end. */
  readonly frame: Uint8Array;
}

/**
 * A message that is encoded once and sent to many: a server writes the same octets to each connection. A client masks
 * every frame with a key of its own, so for it nothing but the encoding of the payload is saved.
 *
 * @example
 * ```ts
 * const news = new PreparedMessage("news");
 * for (const connection of connections) connection.sendPrepared(news);
 * ```
 */
export class PreparedMessage implements PreparedForm {
  readonly opcode: DataOpcode;
  readonly payload: Uint8Array;
  readonly rsv = 0;
  readonly frame: Uint8Array;
  /** Whether an extension is to encode it, when that is not said as it is sent. */
  readonly encode: boolean | undefined;
  /** What extensions have made of it, by their `sharedForm`; `null` until one has. */
  #encoded: Map<object, PreparedForm> | null = null;

  /**
   * @param data a text, or octets, which are copied
   * @param encode whether an extension is to encode it. Default: as the extension finds suitable
   */
  constructor(data: string | Uint8Array, encode?: boolean) {
    const opcode = typeof data === "string" ? Opcode.Text : Opcode.Binary;
    const form = formOf(opcode, typeof data === "string" ? codec.encode(data) : data, 0);
    this.opcode = opcode;
    this.payload = form.payload;
    this.frame = form.frame;
    this.encode = encode;
  }

  /** What an extension makes of it, which is the same for all with this `sharedForm`: kept from the first time on. */
  encoded(extension: MessageExtension, sharedForm: object): PreparedForm {
    this.#encoded ??= new Map();
    let form = this.#encoded.get(sharedForm);
    if (form === undefined) {
      const payload = extension.encodeMessage(this.payload);
      form = payload === null ? this : formOf(this.opcode, payload, extension.rsv);
      this.#encoded.set(sharedForm, form);
    }
    return form;
  }
}

function formOf(opcode: DataOpcode, payload: Uint8Array, rsv: number): PreparedForm {
  const frame = encodeFrame({ fin: true, rsv, opcode, payload });
  return { opcode, payload: frame.subarray(frame.length - payload.length), rsv, frame };
}
