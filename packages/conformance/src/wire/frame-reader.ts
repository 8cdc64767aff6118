import { applyMask } from "./frame.ts";

/** A frame as it arrived. */
export interface ReceivedFrame {
  readonly fin: boolean;
  /** Three bits, RSV1 the most significant. */
  readonly rsv: number;
  readonly opcode: number;
  /** Null when the frame was not masked. */
  readonly key: number | null;
  /** Unmasked. */
  readonly payload: Uint8Array;
  /** Whether its length was written in more octets than needed. */
  readonly overlong: boolean;
}

const MAX_PAYLOAD = 0x1000_0000;

/**
 * Reads the frames of a peer from the pieces in which they arrive. It judges nothing but the length, which has to be
 * believed to find the next frame: it throws for one of more than 256 MiB, as no case makes a peer send so much.
 */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #available = 0;
  #needed = 2;

  /** @throws RangeError for a frame whose length cannot be true */
  *receive(piece: Uint8Array): Generator<ReceivedFrame> {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#available += piece.length;
    while (this.#available >= this.#needed) {
      const octets = this.#joined();
      const read = readFrame(octets);
      if (typeof read === "number") {
        this.#needed = read;
        continue;
      }
      this.#pieces = read.size < octets.length ? [octets.subarray(read.size)] : [];
      this.#available -= read.size;
      this.#needed = 2;
      yield read.frame;
    }
  }

  /** What has arrived of a frame that is not whole yet. */
  get rest(): Uint8Array {
    return this.#joined();
  }

  #joined(): Uint8Array {
    const [first] = this.#pieces;
    if (this.#pieces.length === 1 && first !== undefined) return first;
    const whole = new Uint8Array(this.#available);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [whole];
    return whole;
  }
}

/** A whole frame and its size, or how many octets are needed before it makes sense to look again. */
function readFrame(octets: Uint8Array): { frame: ReceivedFrame; size: number } | number {
  const [first = 0, second = 0] = octets;
  const short = second & 0x7f;
  const lengthOctets = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = second >= 0x80;
  const headerSize = 2 + lengthOctets + (masked ? 4 : 0);
  if (octets.length < headerSize) return headerSize;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (length > MAX_PAYLOAD) throw new RangeError(`a frame announces ${length} octets`);
  const size = headerSize + length;
  if (octets.length < size) return size;
  const key = masked ? view.getUint32(headerSize - 4) : null;
  const payload = octets.slice(headerSize, size);
  if (key !== null) applyMask(payload, key);
  return {
    frame: {
      fin: first >= 0x80,
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      key,
      payload,
      overlong: (short === 126 && length < 126) || (short === 127 && length < 65_536),
    },
    size,
  };
}
