/** How large the blocks are that small octets share, in octets: they grow with what waits. */
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 65_536;

const NONE = new Uint8Array(0);

/** Octets that wait for a stream that takes no more at present, in hardly more memory than they need. */
export class Backlog {
  #size = 0;
  readonly #pieces: Uint8Array[] = [];
  /** The block that is being filled. What of it is no piece yet lies from `#start` to `#end`. */
  #block: Uint8Array = NONE;
  #start = 0;
  #end = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a copy of octets. */
  copy(octets: Uint8Array): void {
    this.#size += octets.length;
    for (let at = 0; at < octets.length; ) {
      if (this.#end === this.#block.length) this.#nextBlock();
      const part = octets.subarray(at, at + this.#block.length - this.#end);
      this.#block.set(part, this.#end);
      this.#end += part.length;
      at += part.length;
    }
  }

  /** Adds octets by reference. */
  attach(octets: Uint8Array): void {
    this.#seal();
    this.#pieces.push(octets);
    this.#size += octets.length;
  }

  /** Removes up to `max` octets from the front. */
  take(max: number): Uint8Array[] {
    this.#seal();
    const pieces = this.#pieces;
    const taken: Uint8Array[] = [];
    for (let room = Math.min(max, this.#size); room > 0; ) {
      const first = pieces[0]!;
      if (first.length <= room) pieces.shift();
      else pieces[0] = first.subarray(room);
      const part = first.subarray(0, room);
      taken.push(part);
      room -= part.length;
      this.#size -= part.length;
    }
    // A socket that is not behind any more keeps a small block at most.
    if (this.#size === 0 && this.#block.length > SMALLEST_BLOCK) this.#use(NONE);
    return taken;
  }

  #nextBlock(): void {
    this.#seal();
    this.#use(Buffer.allocUnsafeSlow(Math.min(Math.max(this.#size, SMALLEST_BLOCK), LARGEST_BLOCK)));
  }

  #use(block: Uint8Array): void {
    this.#block = block;
    this.#start = 0;
    this.#end = 0;
  }

  /** Makes a piece of what is in the block. */
  #seal(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
