/** From this many octets on memory is given back: that costs less time than to have the garbage collector do it. */
const GIVE_BACK_FROM = 256;

/** Newer than ES2023: Node 20 has none. */
const transfer: unknown = Reflect.get(ArrayBuffer.prototype, "transfer");

/**
 * Octets that may be kept: a view would keep its whole read buffer alive, so it is at least a quarter of that, or a copy.
 */
export function keepable(octets: Uint8Array): Uint8Array {
  return octets.length * 4 < octets.buffer.byteLength ? new Uint8Array(octets) : octets;
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
