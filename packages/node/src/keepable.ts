/**
 * Octets that may be kept: a view would keep its whole read buffer alive, so it is at least a quarter of that, or a copy.
 */
export function keepable(octets: Uint8Array): Uint8Array {
  return octets.length * 4 < octets.buffer.byteLength ? new Uint8Array(octets) : octets;
}
