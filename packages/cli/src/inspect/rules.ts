import { isUtf8 } from "node:buffer";
import { decodeClose, type FrameHeader, isControl, Opcode, ProtocolError } from "@plyws/frame";
import { Utf8Validator } from "@plyws/message";
import type { Role } from "@plyws/node";

/** What a frame does wrong, and the rule that it breaks, in words. */
export type Violation = string;

/** RSV1 as it stands in `rsv`: RFC 7692 section 6 uses it for compressed messages. */
const RSV1 = 0x40;

/**
 * Watches the rules for the frames of one side that a frame by itself does not show: masks, reserved bits, the order of
 * fragments, UTF-8, and what a Close frame says. Says each violation once.
 */
export class RuleWatch {
  readonly #sender: Role;
  readonly #deflates: () => boolean;
  readonly #utf8 = new Utf8Validator(isUtf8);
  #header: Readonly<FrameHeader> | null = null;
  /** Whether a message has begun and not ended; whether it is text that can be looked at. */
  #inMessage = false;
  #isText = false;
  #closed = false;
  #closePayload: Uint8Array[] = [];

  /** @param deflates whether permessage-deflate was agreed on */
  constructor(sender: Role, deflates: () => boolean) {
    this.#sender = sender;
    this.#deflates = deflates;
  }

  /** A frame begins. */
  begin(header: Readonly<FrameHeader>): Violation[] {
    this.#header = { ...header };
    const { opcode, masked, rsv } = header;
    const found: Violation[] = [];
    // RFC 6455 section 5.1: a client masks every frame, a server none.
    if (masked !== (this.#sender === "client")) {
      found.push(new ProtocolError(masked ? "mask-unexpected" : "mask-missing").message);
    }
    const compresses = opcode === Opcode.Text || opcode === Opcode.Binary;
    const allowed = compresses && this.#deflates() ? RSV1 : 0;
    if ((rsv & ~allowed) !== 0) found.push(new ProtocolError("reserved-bits").message);
    // RFC 6455 section 5.5.1.
    if (this.#closed) found.push("a frame follows the Close frame (RFC 6455 section 5.5.1)");
    if (opcode === Opcode.Close) this.#closed = true;
    if (isControl(opcode)) return found;
    if (opcode === Opcode.Continuation) {
      if (!this.#inMessage) found.push(new ProtocolError("continuation-unexpected").message);
    } else {
      if (this.#inMessage) found.push(new ProtocolError("continuation-expected").message);
      this.#isText = opcode === Opcode.Text && rsv === 0;
      this.#utf8.reset();
    }
    this.#inMessage = true;
    return found;
  }

  /** The next octets of the payload, unmasked. */
  payload(octets: Uint8Array): Violation[] {
    if (this.#header?.opcode === Opcode.Close) this.#closePayload.push(octets.slice());
    if (!this.#isData || !this.#isText || this.#utf8.write(octets)) return [];
    return this.#notUtf8();
  }

  /** The frame is over. */
  end(): Violation[] {
    const header = this.#header;
    if (header?.opcode === Opcode.Close) return this.#endClose();
    if (!this.#isData || header?.fin !== true) return [];
    const cutOff = this.#isText && !this.#utf8.complete;
    this.#inMessage = false;
    return cutOff ? this.#notUtf8() : [];
  }

  get #isData(): boolean {
    return this.#header !== null && !isControl(this.#header.opcode);
  }

  #notUtf8(): Violation[] {
    this.#isText = false;
    return [new ProtocolError("invalid-utf8").message];
  }

  #endClose(): Violation[] {
    const payload = Buffer.concat(this.#closePayload);
    this.#closePayload = [];
    try {
      decodeClose(payload);
      return [];
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return [error.message];
    }
  }
}
