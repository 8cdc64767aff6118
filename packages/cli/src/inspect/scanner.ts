import {
  applyMask,
  createHeader,
  decodeHeader,
  type FrameHeader,
  MAX_HEADER_SIZE,
  NEED_MORE,
  ProtocolError,
} from "@plyws/frame";
import type { Role, Traced } from "@plyws/node";
import { RuleWatch, type Violation } from "./rules.ts";

/** How much of a payload is shown, in octets. */
const PREVIEW_SIZE = 64;

/** What is told of one direction of a connection. */
export interface ScannerEvents {
  frame(frame: Traced): void;
  violation(text: Violation): void;
}

/**
 * Finds the frames in one direction of a byte stream and what is wrong with them, without changing an octet of it. Holds
 * no more than a header, a preview, and the payload of a Close frame.
 */
export class FrameScanner {
  readonly #direction: Traced["direction"];
  readonly #events: ScannerEvents;
  readonly #rules: RuleWatch;
  readonly #header: FrameHeader = createHeader();
  #start = Buffer.alloc(0);
  /** Whether a frame is in hand, and what of its payload is still to come. */
  #inFrame = false;
  #left = 0;
  #key = 0;
  #preview: Uint8Array[] = [];
  #shown = 0;
  #told = false;
  /** What was wrong with the frame in hand before it was told. */
  readonly #early: Violation[] = [];
  /** Whether the stream is no sequence of frames any more: where the next one begins cannot be known. */
  #lost = false;

  constructor(sender: Role, deflates: () => boolean, events: ScannerEvents) {
    this.#direction = sender === "client" ? "sent" : "received";
    this.#events = events;
    this.#rules = new RuleWatch(sender, deflates);
  }

  /** Looks at the next octets, cut anywhere. */
  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#lost; ) {
      at += this.#inFrame ? this.#payload(chunk, at) : this.#begin(chunk, at);
    }
  }

  /** The stream has ended: tells a frame of which something is missing. */
  end(): void {
    if (this.#inFrame) this.#tell();
    if (this.#inFrame || this.#start.length > 0) this.#events.violation("the stream ended within a frame");
    this.#lost = true;
  }

  /** Looks at a header. Returns how many octets of the chunk were used. */
  #begin(chunk: Uint8Array, at: number): number {
    const known = this.#start.length;
    const start = Buffer.concat([this.#start, chunk.subarray(at, at + MAX_HEADER_SIZE - known)]);
    let size: number;
    try {
      size = decodeHeader(start, 0, this.#header);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#lost = true;
      this.#start = Buffer.alloc(0);
      this.#events.frame({ direction: this.#direction, error, octets: new Uint8Array(start) });
      this.#events.violation(`${error.message}; what follows cannot be read as frames`);
      return 0;
    }
    if (size === NEED_MORE) {
      this.#start = start;
      return start.length - known;
    }
    this.#start = Buffer.alloc(0);
    this.#inFrame = true;
    this.#told = false;
    this.#shown = 0;
    this.#left = this.#header.payloadLength;
    this.#key = this.#header.maskingKey;
    this.#report(this.#rules.begin(this.#header));
    if (this.#left === 0) this.#end();
    return size - known;
  }

  #payload(chunk: Uint8Array, at: number): number {
    const octets = new Uint8Array(chunk.subarray(at, at + this.#left));
    if (this.#header.masked) this.#key = applyMask(octets, 0, octets.length, this.#key);
    const missing = PREVIEW_SIZE - this.#shown;
    if (missing > 0) {
      const seen = octets.slice(0, missing);
      this.#preview.push(seen);
      this.#shown += seen.length;
      if (this.#shown === PREVIEW_SIZE) this.#tell();
    }
    this.#left -= octets.length;
    this.#report(this.#rules.payload(octets));
    if (this.#left === 0) this.#end();
    return octets.length;
  }

  #end(): void {
    this.#tell();
    this.#inFrame = false;
    this.#report(this.#rules.end());
  }

  /** Shows the frame in hand, once. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    const { fin, rsv, opcode, masked, payloadLength } = this.#header;
    const preview = new Uint8Array(Buffer.concat(this.#preview));
    this.#preview = [];
    this.#shown = PREVIEW_SIZE;
    const direction = this.#direction;
    this.#events.frame({ direction, error: null, fin, rsv, opcode, masked, payloadLength, preview });
    this.#report(this.#early.splice(0));
  }

  #report(violations: readonly Violation[]): void {
    if (this.#told) for (const violation of violations) this.#events.violation(violation);
    else this.#early.push(...violations);
  }
}
