/** From this many octets on memory is given back: that costs less time than to have the garbage collector do it. */
const GIVE_BACK_FROM = 256;

/** Octets in a buffer of their own, which is not filled with zeros first: whoever asks writes all of them. */
export function allocate(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** Newer than ES2023: Node 20 has none. */
const transfer: unknown = Reflect.get(ArrayBuffer.prototype, "transfer");

/** Copies of small octets out of one read buffer share blocks, from so many octets to so many: they grow in fours. */
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 16_384;

const NONE = new Uint8Array(0);
let block: Uint8Array = NONE;
let used = 0;
/** The read buffer whose octets the block holds: peers share none. */
let origin: ArrayBufferLike = NONE.buffer;

/**
 * Octets that may be kept: a view would keep its whole read buffer alive, so it is at least a quarter of that, or a
 * copy. An `ArrayBuffer` for each copy costs more than the copy, so small ones share one: octets that are kept keep at
 * most {@link SMALLEST_BLOCK} alive, or four times what came together with them.
 */
export function keepable(octets: Uint8Array): Uint8Array {
  const { buffer, length } = octets;
  if (length * 4 >= buffer.byteLength) return octets;
  if (length * 4 > LARGEST_BLOCK) return new Uint8Array(octets);
  if (origin !== buffer || used + length > block.length) nextBlock(buffer, length);
  const start = used;
  used += length;
  const copy = block.subarray(start, used);
  copy.set(octets);
  return copy;
}

function nextBlock(buffer: ArrayBufferLike, length: number): void {
  const before = origin === buffer ? block.length : 0;
  const size = Math.min(Math.max(SMALLEST_BLOCK, length * 4, before * 4), LARGEST_BLOCK);
  block = allocate(size);
  used = 0;
  origin = buffer;
}

/** Octets that have their buffer for themselves: as they are, or a copy. */
export function exclusive(octets: Uint8Array): Uint8Array {
  return octets.length < octets.buffer.byteLength ? new Uint8Array(octets) : octets;
}

/**
 * Gives memory back at once that nobody refers to any more. The garbage collector, which counts objects rather than
 * octets, lets tens of MiB of read buffers pile up first. Octets that do not have their buffer for themselves are left
 * alone.
 */
export function giveBack({ buffer, length }: Uint8Array): void {
  if (length < GIVE_BACK_FROM || length < buffer.byteLength || typeof transfer !== "function") return;
  Reflect.apply(transfer, buffer, [0]);
}
