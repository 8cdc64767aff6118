import type { Deflater } from "../engine.ts";
import { Z_FULL_FLUSH, Z_SYNC_FLUSH, type ZlibStream } from "./stream.ts";

/** A deflater over a stream of zlib. */
export class ZlibDeflater implements Deflater {
  readonly #stream: ZlibStream;
  readonly #scratch: Uint8Array<ArrayBuffer>;

  /** @param scratch where output goes that fits, shared by all that has its output on loan */
  constructor(stream: ZlibStream, scratch: Uint8Array<ArrayBuffer>) {
    this.#stream = stream;
    this.#scratch = scratch;
  }

  deflate(octets: Uint8Array, keepContext: boolean): Uint8Array {
    // A full flush at the end forgets the context at less cost than a reset before the next message.
    const flush = keepContext ? Z_SYNC_FLUSH : Z_FULL_FLUSH;
    const stream = this.#stream;
    const size = octets.length;
    let left = size;
    let output = this.#scratch;
    let filled = 0;
    for (;;) {
      stream.run(flush, octets, size - left, left, output, filled, output.length - filled);
      if (stream.fault !== null) throw new Error(`The message cannot be deflated: ${stream.fault}`);
      left = stream.inputLeft;
      filled = output.length - stream.roomLeft;
      // zlib has flushed everything only when it leaves room.
      if (stream.roomLeft > 0) return output.subarray(0, filled);
      output = grown(output, left);
    }
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

/** Room for what was written, and for so much more input even if it cannot be compressed. */
function grown(full: Uint8Array, left: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * full.length + left + (left >> 3));
  larger.set(full);
  return larger;
}
