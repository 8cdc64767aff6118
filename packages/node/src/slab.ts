/** What one buffer of the thread holds, in octets. */
const SLAB_SIZE = 65_536;
/** How many buffers are kept for being used again. */
const MAX_SPARE = 16;

/**
 * A buffer that the sockets of a thread share for what they are about to write. Frames are put one after the other;
 * once all of them have been taken by the kernel it is used again from the start, which is nearly always.
 */
export interface Slab {
  readonly bytes: Buffer;
  /** Where the next frame goes. */
  used: number;
  /** Octets that were put here and are not released yet. */
  waiting: number;
  /** How many outboxes have handed octets of it to a stream that still refers to them. */
  pins: number;
}

/** What an outbox refers to while it has nothing in a slab: it must not keep one alive. */
export const NO_SLAB: Slab = makeSlab(0);

let current = NO_SLAB;
const spare: Slab[] = [];

function makeSlab(size: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, waiting: 0, pins: 0 };
}

/** The slab with room for `size` octets at `used`; at most 64 KiB. */
export function slabFor(size: number): Slab {
  if (current.bytes.length - current.used < size) current = spare.pop() ?? makeSlab(SLAB_SIZE);
  return current;
}

/** Octets of a slab are in other hands: copied, or pinned by {@link pin}. */
export function release(slab: Slab, size: number): void {
  slab.waiting -= size;
  recycle(slab);
}

/** A stream refers to octets of a slab: it is filled to its end, and not used again before {@link unpin}. */
export function pin(slab: Slab): void {
  slab.pins++;
}

/** A stream does not refer to them any more. */
export function unpin(slab: Slab): void {
  slab.pins--;
  recycle(slab);
}

function recycle(slab: Slab): void {
  if (slab.waiting > 0 || slab.pins > 0) return;
  slab.used = 0;
  if (slab !== current && spare.length < MAX_SPARE) spare.push(slab);
}
