import {
  applyMask,
  createHeader,
  decodeHeader,
  type FrameHeader,
  MAX_HEADER_SIZE,
  NEED_MORE,
  ProtocolError,
} from "@plyws/frame";
import type { Traced } from "./trace.ts";

/** How much of a payload is shown, in octets. */
const PREVIEW_SIZE = 64;

const NONE = new Uint8Array(0);

/**
 * Finds the frames in one direction of a byte stream, without changing an octet of it. It knows nothing of the
 * connection and holds no more than a header and a preview, so a connection needs no code for being traced.
 */
export class FrameScanner {
  readonly #direction: Traced["direction"];
  readonly #found: (traced: Traced) => void;
  readonly #header: FrameHeader = createHeader();
  /** The beginning of a frame that was cut off before its preview was complete. */
  #cut: Uint8Array = NONE;
  /** Octets of the payload in hand that are not shown. */
  #skip = 0;
  /** Whether the stream is no sequence of frames any more: where the next one begins cannot be known. */
  #lost = false;

  constructor(direction: Traced["direction"], found: (traced: Traced) => void) {
    this.#direction = direction;
    this.#found = found;
  }

  /** Looks at the next octets, cut anywhere. A frame is told as soon as its preview is complete. */
  receive(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#lost) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else at += this.#begin(chunk, at);
    }
  }

  /** The stream has ended: tells a frame of which some of the preview is missing. */
  end(): void {
    const start = this.#cut;
    this.#cut = NONE;
    if (start.length === 0) return;
    const size = decodeHeader(start, 0, this.#header);
    if (size !== NEED_MORE) this.#tell(start.subarray(size));
  }

  /** Looks at the beginning of a frame. Returns how many octets of the chunk were used. */
  #begin(chunk: Uint8Array, at: number): number {
    const missing = MAX_HEADER_SIZE + PREVIEW_SIZE - this.#cut.length;
    const start = join(this.#cut, chunk.subarray(at, at + missing));
    let size: number;
    try {
      size = decodeHeader(start, 0, this.#header);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#lost = true;
      this.#cut = NONE;
      this.#found({ direction: this.#direction, error, octets: start.subarray(0, MAX_HEADER_SIZE) });
      return 0;
    }
    const { payloadLength } = this.#header;
    const end = size + Math.min(payloadLength, PREVIEW_SIZE);
    if (size === NEED_MORE || start.length < end) {
      this.#cut = start;
      return chunk.length - at;
    }
    const used = end - this.#cut.length;
    this.#cut = NONE;
    this.#skip = size + payloadLength - end;
    this.#tell(start.subarray(size, end));
    return used;
  }

  /** @param preview a copy, masked as it came */
  #tell(preview: Uint8Array): void {
    const { fin, rsv, opcode, masked, maskingKey, payloadLength } = this.#header;
    if (masked) applyMask(preview, 0, preview.length, maskingKey);
    const direction = this.#direction;
    this.#found({ direction, error: null, fin, rsv, opcode, masked, payloadLength, preview });
  }
}

/** Always a copy, and no Buffer. */
function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
