import type { Deflater } from "./engine.ts";

/** RFC 1951 section 3.2.4: the most octets of a block without compression. */
const MAX_STORED = 65_535;
const HEADER = 5;

/** For a window that the engine cannot keep to: blocks without compression refer to nothing. */
export class StoringDeflater implements Deflater {
  deflate(octets: Uint8Array): Uint8Array {
    const blocks = Math.ceil(octets.length / MAX_STORED);
    // The last block is empty, so that the octets end as those of any other deflater.
    const output = new Uint8Array(octets.length + (blocks + 1) * HEADER);
    const view = new DataView(output.buffer);
    for (let block = 0, at = 0; block <= blocks; block++) {
      const piece = octets.subarray(block * MAX_STORED, (block + 1) * MAX_STORED);
      view.setUint16(at + 1, piece.length, true);
      view.setUint16(at + 3, ~piece.length, true);
      output.set(piece, at + HEADER);
      at += HEADER + piece.length;
    }
    return output;
  }

  reset(): void {}

  close(): void {}
}
