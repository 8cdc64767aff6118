import { ProtocolError } from "@plyws/frame";

/** Below this size a buffer that is full grows by moving; above it, another one is chained. In octets. */
const BLOCK_SIZE = 65_536;

/** The first buffer of a message of unknown length, in octets. */
const FIRST_BLOCK_SIZE = 1024;

/** How many times what has arrived may be allocated: an announced length alone is no reason to allocate. */
const GROWTH = 4;

const NONE = new Uint8Array(0);

/**
 * Collects the payload of one message. It keeps no reference to what is appended, and retains what has arrived plus
 * at most {@link BLOCK_SIZE} octets, or for the announced rest of a last frame at most {@link GROWTH} times what has
 * arrived; never more than was announced.
 */
export class PayloadBuffer {
  /** Blocks that are full, in order. */
  readonly #full: Uint8Array[] = [];
  #fullSize = 0;
  #block: Uint8Array = NONE;
  #used = 0;

  /** Octets collected. */
  get size(): number {
    return this.#fullSize + this.#used;
  }

  /** Octets of memory held. */
  get retainedSize(): number {
    return this.#fullSize + this.#block.length;
  }

  /**
   * Copies a piece.
   *
   * @param rest octets that the current frame still has, this piece included
   * @param last whether the message ends with this frame, so that its size is known
   */
  append(piece: Uint8Array, rest: number, last: boolean): void {
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

  #makeRoom(needed: number, rest: number, last: boolean): void {
    const used = this.#used;
    if (last && this.#full.length === 0) {
      this.#move(Math.min(used + rest, Math.max(used + needed, used * GROWTH)));
    } else if (used < BLOCK_SIZE) {
      this.#move(Math.min(BLOCK_SIZE, Math.max(FIRST_BLOCK_SIZE, used * GROWTH, used + needed)));
    } else {
      this.#full.push(this.#block);
      this.#fullSize += used;
      this.#block = allocate(last ? Math.min(BLOCK_SIZE, rest) : BLOCK_SIZE);
      this.#used = 0;
    }
  }

  #move(size: number): void {
    const block = allocate(size);
    block.set(this.#block);
    this.#block = block;
  }

  /** Hands out what was collected, in a buffer of its own and of exactly its size, and starts over. */
  take(): Uint8Array {
    let payload = this.#block;
    // NONE is shared by all buffers: it is not handed out.
    if (this.#used !== payload.length || this.#full.length > 0 || payload === NONE) {
      payload = allocate(this.size);
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
    this.#block = NONE;
    this.#used = 0;
  }
}

function allocate(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    // A limit may be set above what the platform can hold; a peer that finds that out is no reason to throw at us.
    throw new ProtocolError("message-too-big", `${size} octets cannot be allocated`);
  }
}
