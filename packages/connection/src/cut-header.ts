import { decodeHeader, type FrameHeader, MAX_HEADER_SIZE, NEED_MORE } from "@plyws/frame";

/** The beginning of a header that was cut off by the end of a chunk: at most 13 octets. */
export class CutHeader {
  #octets: Uint8Array | null = null;
  #size = 0;

  get isEmpty(): boolean {
    return this.#octets === null;
  }

  /** Adds the rest of a chunk, which does not complete the header. */
  keep(chunk: Uint8Array, offset: number): void {
    const rest = chunk.subarray(offset);
    this.#octets ??= new Uint8Array(MAX_HEADER_SIZE);
    this.#octets.set(rest, this.#size);
    this.#size += rest.length;
  }

  /**
   * Completes the header from the next chunk.
   *
   * @returns how many octets of the chunk belong to it, or `NEED_MORE` when it is not complete; nothing is kept then
   * @throws ProtocolError as `decodeHeader`
   */
  complete(chunk: Uint8Array, offset: number, into: FrameHeader): number {
    const octets = this.#octets!;
    const added = chunk.subarray(offset, offset + MAX_HEADER_SIZE - this.#size);
    octets.set(added, this.#size);
    const size = decodeHeader(octets.subarray(0, this.#size + added.length), 0, into);
    if (size === NEED_MORE) return NEED_MORE;
    const taken = size - this.#size;
    this.clear();
    return taken;
  }

  clear(): void {
    this.#octets = null;
    this.#size = 0;
  }
}
