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
  /** Octets that were put here and not written yet. */
  waiting: number;
}

let current = makeSlab(SLAB_SIZE);

function makeSlab(size: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, waiting: 0 };
}

/** The slab with room for `size` octets at `used`. */
export function slabFor(size: number): Slab {
  if (current.bytes.length - current.used >= size) return current;
  if (size > SLAB_SIZE) return makeSlab(size);
  current = makeSlab(SLAB_SIZE);
  return current;
}

/**
 * Octets of a slab were handed to a stream.
 *
 * @param taken whether the kernel has them; else the stream still refers to them and the slab is not used again
 */
export function release(slab: Slab, size: number, taken: boolean): void {
  slab.waiting -= size;
  if (!taken) {
    if (slab === current) current = makeSlab(SLAB_SIZE);
  } else if (slab.waiting === 0 && slab === current) slab.used = 0;
}
