/** What one buffer of the thread holds, in octets. */
const SLAB_SIZE = 65_536;

/**
 * A buffer that the sockets of a thread share for what they are about to write. Frames are put one after the other;
 * once all of them have been taken by the kernel it is used again from the start, which is nearly always.
 */
export interface Slab {
  readonly bytes: Buffer;
  /** Where the next frame goes. */
  used: number;
  /** Octets that were put here and not released yet. */
  waiting: number;
  /** Whether a stream may still refer to octets of it: then it is filled to its end and not used again. */
  pinned: boolean;
}

/** What an outbox refers to while it has nothing in a slab: it must not keep one alive. */
export const NO_SLAB: Slab = makeSlab(0);

let current = NO_SLAB;

function makeSlab(size: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, waiting: 0, pinned: false };
}

/** The slab with room for `size` octets at `used`. */
export function slabFor(size: number): Slab {
  if (current.bytes.length - current.used >= size) return current;
  if (size > SLAB_SIZE) return makeSlab(size);
  current = makeSlab(SLAB_SIZE);
  return current;
}

/**
 * Octets of a slab are in other hands.
 *
 * @param taken whether they were copied; else a stream still refers to them
 */
export function release(slab: Slab, size: number, taken: boolean): void {
  slab.waiting -= size;
  if (!taken) slab.pinned = true;
  if (slab.waiting === 0 && !slab.pinned) slab.used = 0;
}
