/**
 * Octets that came before there was anybody to take them, in one buffer: what is kept has to do with their number, not
 * with the number of chunks.
 */
export class EarlyOctets {
  #octets: Uint8Array;
  #size: number;

  /** @param head the first of them; it is not written to */
  constructor(head: Uint8Array) {
    this.#octets = head;
    this.#size = head.length;
  }

  get size(): number {
    return this.#size;
  }

  push(chunk: Uint8Array): void {
    const size = this.#size + chunk.length;
    if (size > this.#octets.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#octets.length));
      grown.set(this.#octets);
      this.#octets = grown;
    }
    this.#octets.set(chunk, this.#size);
    this.#size = size;
  }

  /** All of them. */
  take(): Uint8Array {
    return this.#octets.subarray(0, this.#size);
  }
}
