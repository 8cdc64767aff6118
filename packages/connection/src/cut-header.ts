import { decodeHeader, type FrameHeader, MAX_HEADER_SIZE, NEED_MORE } from "@plyws/frame";

/** The beginning of a header that was cut off by the end of a chunk: at most 13 octets. */
export class CutHeader {
  readonly #octets = new Uint8Array(MAX_HEADER_SIZE);
  #size = 0;

  /** Adds the rest of a chunk, which does not complete the header. */
  keep(chunk: Uint8Array, offset: number): void {
    const rest = chunk.subarray(offset);
    this.#octets.set(rest, this.#size);
    this.#size += rest.length;
  }

  /**
   * Completes the header from the next chunk. What is kept does not change.
   *
   * @returns how many octets of the chunk belong to it, or `NEED_MORE` when it is not complete
   * @throws ProtocolError as `decodeHeader`
   */
  complete(chunk: Uint8Array, offset: number, into: FrameHeader): number {
    const added = chunk.subarray(offset, offset + MAX_HEADER_SIZE - this.#size);
    this.#octets.set(added, this.#size);
    const size = decodeHeader(this.#octets.subarray(0, this.#size + added.length), 0, into);
    return size === NEED_MORE ? NEED_MORE : size - this.#size;
  }
}
