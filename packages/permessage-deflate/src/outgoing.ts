import type { Contexts } from "./contexts.ts";
import type { Deflater } from "./engine.ts";
import type { Pool } from "./pool.ts";

/** RFC 7692 section 7.2.1: the 00 00 ff ff at the end of a message is left out. */
const END = 4;

/** Compresses the messages of one connection: RFC 7692 section 7.2.1. */
export class Outgoing {
  /** Whether compression is possible at all. */
  readonly compresses: boolean;
  /** Where deflaters come from when none is kept between messages, else null. */
  readonly pool: Pool<Deflater> | null;
  readonly #create: () => Deflater;
  /** The one that is kept, or that of a message in pieces. */
  #deflater: Deflater | null = null;

  constructor(contexts: Contexts, windowBits: number, keepsContext: boolean) {
    this.compresses = contexts.canCompress(windowBits);
    this.pool = keepsContext ? null : contexts.deflaters(windowBits);
    this.#create = () => contexts.createDeflater(windowBits);
  }

  /** Null: it is better sent as it is. */
  message(payload: Uint8Array): Uint8Array | null {
    if (payload.length === 0 || !this.compresses) return null;
    if (this.pool === null) {
      // Once it is part of the context it has to be sent like this, smaller or not.
      this.#deflater ??= this.#create();
      return withoutEnd(this.#deflater.deflate(payload, true));
    }
    const deflater = this.pool.take();
    const octets = deflater.deflate(payload, false);
    this.pool.give(deflater);
    return octets.length - END < payload.length ? withoutEnd(octets) : null;
  }

  piece(piece: Uint8Array, last: boolean): Uint8Array {
    if (piece.length === 0) {
      if (last) this.#release();
      // RFC 7692 section 7.2.3.6: an empty block without its 00 00 ff ff.
      return new Uint8Array(last ? 1 : 0);
    }
    this.#deflater ??= this.pool?.take() ?? this.#create();
    const octets = this.#deflater.deflate(piece, true);
    if (!last) return octets;
    this.#release();
    return withoutEnd(octets);
  }

  dispose(): void {
    this.#release();
    this.#deflater?.close();
    this.#deflater = null;
  }

  /** Gives back what is not kept after a message. */
  #release(): void {
    if (this.pool === null || this.#deflater === null) return;
    this.#deflater.reset();
    this.pool.give(this.#deflater);
    this.#deflater = null;
  }
}

function withoutEnd(octets: Uint8Array): Uint8Array {
  return octets.subarray(0, octets.length - END);
}
