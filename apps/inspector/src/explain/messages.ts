import { isControl, isOpcode, Opcode } from "@plyws/frame";
import { type Fault, fault } from "./faults.ts";
import type { SingleFrame } from "./frame.ts";
import { opcodeName } from "./header.ts";
import { type Compression, concat, MessageInflater } from "./inflate.ts";
import { wrongOctet } from "./utf8.ts";

/** A message, whole or as far as it is there. */
export interface ExplainedMessage {
  /** Counted from 0. */
  readonly index: number;
  readonly type: "text" | "binary";
  /** The frames that it is made of. */
  readonly frames: readonly number[];
  readonly compressed: boolean;
  /** Whether its last fragment is there, whole. */
  readonly complete: boolean;
  /** Octets of payload in its frames. */
  readonly payloadSize: number;
  /** Joined and inflated; null when it cannot be inflated. */
  readonly content: Uint8Array | null;
  /** How many octets the content has in all: more than are in `content` when those are cut at the limit. */
  readonly size: number;
}

interface Open {
  readonly index: number;
  readonly type: "text" | "binary";
  readonly compressed: boolean;
  readonly frames: { index: number; frame: SingleFrame }[];
}

/** A fault together with the frame that shows it. */
export type FrameFault = readonly [frame: number, fault: Fault];

/** Ties frames to messages, in order, and knows which frame may follow which. */
export class MessageReader {
  readonly messages: ExplainedMessage[] = [];
  /** What is wrong with frames because of others. */
  readonly faults: FrameFault[] = [];
  readonly #inflater: MessageInflater | null;
  #open: Open | null = null;
  #begun = 0;
  #closed = false;

  /** @param compression null: not negotiated */
  constructor(compression: Compression | null) {
    this.#inflater = compression === null ? null : new MessageInflater(compression);
  }

  /** Takes the next frame. @returns the message that it belongs to, null for none */
  push(index: number, frame: SingleFrame): number | null {
    const { header, offset } = frame;
    this.#checkReserved(index, frame);
    if (this.#closed) this.#afterClose(index, frame);
    if (isControl(header.opcode) || !isOpcode(header.opcode)) {
      if (header.opcode === Opcode.Close) this.#closed = true;
      return null;
    }
    if (header.opcode === Opcode.Continuation) {
      if (this.#open === null) {
        const text = "A continuation frame, and there is no message that it could go on with.";
        this.#add(index, fault("continuation-unexpected", offset, text));
        return null;
      }
    } else {
      if (this.#open !== null) {
        const text = `A new message begins inside of one that was not finished: FIN was 0 in frame ${lastOf(this.#open) + 1}.`;
        this.#add(index, fault("continuation-expected", offset, text));
        this.#end(false);
      }
      const type = header.opcode === Opcode.Text ? "text" : "binary";
      const compressed = this.#inflater !== null && (header.rsv & 0x40) !== 0;
      this.#open = { index: this.#begun++, type, compressed, frames: [] };
    }
    const open = this.#open;
    if (open === null) return null;
    open.frames.push({ index, frame });
    if (header.fin && header.missing === 0 && frame.missing === 0n) this.#end(true);
    return open.index;
  }

  /** Nothing follows: because the octets end here, or because no more of them are read. */
  finish(atEnd: boolean): void {
    const open = this.#open;
    if (open === null) return;
    const last = open.frames.at(-1);
    if (atEnd && last !== undefined && last.frame.missing === 0n) {
      const text = "More fragments have to follow, since FIN is 0, but the octets end here.";
      this.#add(last.index, fault("unfinished", last.frame.offset + last.frame.size, text));
    }
    this.#end(false);
  }

  #add(index: number, what: Fault): void {
    this.faults.push([index, what]);
  }

  #checkReserved(index: number, { header, offset }: SingleFrame): void {
    const { rsv, opcode } = header;
    const others = [2, 3].filter((number) => (rsv & (0x80 >> number)) !== 0).map((number) => `RSV${number}`);
    const rsv1 = (rsv & 0x40) !== 0;
    if (others.length > 0 || (rsv1 && this.#inflater === null)) {
      const bits = [...(rsv1 && this.#inflater === null ? ["RSV1"] : []), ...others].join(", ");
      const hint =
        others.length === 0 && (opcode === Opcode.Text || opcode === Opcode.Binary)
          ? "; a compressed message, if permessage-deflate was negotiated"
          : "";
      const text = `${bits} must be 0 unless an extension was negotiated that uses it${hint}.`;
      this.#add(index, fault("reserved-bits", offset, text));
    }
    if (!rsv1 || this.#inflater === null || opcode === Opcode.Text || opcode === Opcode.Binary) return;
    const where = isControl(opcode)
      ? `a control frame (${opcodeName(opcode)})`
      : "a frame that begins no message";
    const text = `With permessage-deflate RSV1 marks the first frame of a message; it must be 0 in ${where}.`;
    this.#add(index, fault("rsv1-misplaced", offset, text));
  }

  #afterClose(index: number, { header, offset }: SingleFrame): void {
    const name = opcodeName(header.opcode);
    if (isControl(header.opcode)) {
      const text = `Nobody looks at a ${name} frame after the Close frame.`;
      this.#add(index, fault("control-after-close", offset, text));
    } else {
      const text = `A data frame (${name}) after the Close frame: whoever sent Close must not send any more data.`;
      this.#add(index, fault("after-close", offset, text));
    }
  }

  #end(complete: boolean): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const payloadSize = open.frames.reduce((sum, { frame }) => sum + frame.payload.length, 0);
    const payload = concat(
      open.frames.map(({ frame }) => frame.payload),
      payloadSize,
    );
    const { content, size } = this.#contentOf(open, payload, complete);
    const { index, type, compressed } = open;
    const frames = open.frames.map((part) => part.index);
    this.messages.push({ index, type, frames, compressed, complete, payloadSize, content, size });
    if (type === "text" && content !== null)
      this.#checkText(open, content, complete && size === content.length);
  }

  #contentOf(
    open: Open,
    payload: Uint8Array,
    complete: boolean,
  ): { content: Uint8Array | null; size: number } {
    if (!open.compressed || this.#inflater === null) return { content: payload, size: payload.length };
    const inflated = this.#inflater.inflate(payload, complete);
    const at = open.frames.at(-1)?.frame.payloadOffset ?? 0;
    if (typeof inflated === "string") {
      this.#add(lastOf(open), fault("not-inflated", at, `The message was not inflated: ${inflated}.`));
      return { content: null, size: 0 };
    }
    if (inflated.fault !== null) {
      const text = `The compressed message cannot be inflated: ${inflated.fault}.`;
      this.#add(lastOf(open), fault("invalid-deflate", at, text));
    }
    return { content: inflated.octets, size: inflated.size };
  }

  #checkText(open: Open, content: Uint8Array, complete: boolean): void {
    const wrong = wrongOctet(content, complete);
    if (wrong === null) return;
    const place =
      wrong === content.length
        ? "ends inside of a code point"
        : `is not UTF-8 from octet ${wrong} on (${content[wrong]?.toString(16).padStart(2, "0")})`;
    let before = 0;
    let shown = open.frames.at(-1);
    // Where it is compressed, no octet of a frame is one of the text.
    if (!open.compressed && wrong < content.length) {
      shown = open.frames.find(({ frame }) => (before += frame.payload.length) > wrong);
      before -= shown?.frame.payload.length ?? 0;
    }
    if (shown === undefined) return;
    const { index, frame } = shown;
    const at =
      open.compressed || wrong === content.length
        ? frame.offset + frame.size - 1
        : frame.payloadOffset + wrong - before;
    this.#add(index, fault("invalid-utf8", at, `The text ${place}.`));
  }
}

const lastOf = ({ frames }: Open): number => frames.at(-1)?.index ?? 0;
