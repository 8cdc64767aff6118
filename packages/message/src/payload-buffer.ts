import { ProtocolError } from "@plyws/frame";

/** Below this size a buffer that is full grows by moving; above it, another one is chained. In octets. */
const BLOCK_SIZE = 65_536;

/** The first buffer of a message of unknown length, in octets. */
const FIRST_BLOCK_SIZE = 1024;

/** How many times what has arrived may be allocated: an announced length alone is no reason to allocate. */
const GROWTH = 4;

/** From this size on, a piece that was given away is kept as it is instead of copied. In octets. */
const KEEP_FROM = 16_384;

/** The share of its buffer that such a piece must fill: at most a seventh of it is kept for nothing. */
const KEEP_SHARE = 0.875;

const NONE = new Uint8Array(0);

/** Gives a buffer of so many octets, whatever they hold. */
export type Allocate = (size: number) => Uint8Array;

const zeroed: Allocate = (size) => new Uint8Array(size);

/**
 * Collects the payload of one message. It retains what has arrived, what {@link KEEP_SHARE} allows on top, and at most
 * {@link BLOCK_SIZE} octets; or for the announced rest of a last frame at most {@link GROWTH} times what has arrived,
 * but not more than was announced.
 */
export class PayloadBuffer {
  readonly #allocate: Allocate;
  /** Blocks that are full, in order. */
  readonly #full: Uint8Array[] = [];
  #fullSize = 0;
  /** Octets of memory that they hold. */
  #fullRetained = 0;
  #block: Uint8Array = NONE;
  #used = 0;
  /** Where the latest piece lies that is kept as it is. */
  #kept: ArrayBufferLike | null = null;

  constructor(allocate: Allocate = zeroed) {
    this.#allocate = allocate;
  }

  /** Octets collected. */
  get size(): number {
    return this.#fullSize + this.#used;
  }

  /** Octets of memory held. */
  get retainedSize(): number {
    return this.#fullRetained + this.#block.length;
  }

  /**
   * Adds a piece.
   *
   * @param rest octets that the current frame still has, this piece included
   * @param last whether the message ends with this frame, so that its size is known
   * @param owned whether the piece may be kept; else it is copied
   */
  append(piece: Uint8Array, rest: number, last: boolean, owned: boolean): void {
    // A large piece that fills its buffer costs no more memory kept than copied, and no copy until the end. Where the
    // size of the message is known, it is copied to its place at once, while it is in the cache of the processor.
    const inPlace = last && this.#full.length === 0;
    if (
      owned &&
      !inPlace &&
      piece.length >= KEEP_FROM &&
      piece.length >= piece.buffer.byteLength * KEEP_SHARE
    ) {
      if (this.#used > 0) this.#chain(this.#block.slice(0, this.#used));
      this.#chain(piece);
      this.#kept = piece.buffer;
      this.#block = NONE;
      this.#used = 0;
      return;
    }
    let at = 0;
    while (at < piece.length) {
      if (this.#used === this.#block.length) this.#makeRoom(piece.length - at, rest - at, last);
      const count = Math.min(piece.length - at, this.#block.length - this.#used);
      this.#block.set(
        at === 0 && count === piece.length ? piece : piece.subarray(at, at + count),
        this.#used,
      );
      this.#used += count;
      at += count;
    }
  }

  /** Whether the latest piece that lies in `buffer` is kept as it is. */
  keeps(buffer: ArrayBufferLike): boolean {
    return this.#kept === buffer;
  }

  #makeRoom(needed: number, rest: number, last: boolean): void {
    const used = this.#used;
    if (last && this.#full.length === 0) {
      this.#move(Math.min(used + rest, (used + needed) * GROWTH));
    } else if (used < BLOCK_SIZE) {
      this.#move(Math.min(BLOCK_SIZE, Math.max(FIRST_BLOCK_SIZE, used * GROWTH, used + needed)));
    } else {
      this.#chain(this.#block);
      this.#block = this.#room(last ? Math.min(BLOCK_SIZE, rest) : BLOCK_SIZE);
      this.#used = 0;
    }
  }

  #chain(block: Uint8Array): void {
    this.#full.push(block);
    this.#fullSize += block.length;
    this.#fullRetained += block.buffer.byteLength;
  }

  #move(size: number): void {
    const block = this.#room(size);
    block.set(this.#block);
    this.#block = block;
  }

  /** Hands out what was collected, in a buffer of its own and of exactly its size, and starts over. */
  take(): Uint8Array {
    let payload = this.#block;
    // NONE is shared by all buffers: it is not handed out.
    if (this.#used !== payload.length || this.#full.length > 0 || payload === NONE) {
      payload = this.#room(this.size);
      let at = 0;
      for (const block of this.#full) {
        payload.set(block, at);
        at += block.length;
      }
      payload.set(this.#block.subarray(0, this.#used), at);
    }
    this.clear();
    return payload;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#full.length = 0;
    this.#fullSize = 0;
    this.#fullRetained = 0;
    this.#block = NONE;
    this.#used = 0;
    this.#kept = null;
  }

  #room(size: number): Uint8Array {
    try {
      return this.#allocate(size);
    } catch {
      // A limit may be set above what the platform can hold; a peer that finds that out is no reason to throw at us.
      throw new ProtocolError("message-too-big", `${size} octets cannot be allocated`);
    }
  }
}
