const ROOM = 65_536;

/**
 * Room for the output of one run, shared by all streams of an engine. It is no whole buffer, so that nobody takes what is
 * on loan for octets that have a buffer for themselves, to keep or to transfer.
 */
export function createScratch(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ROOM + 1).subarray(0, ROOM);
}

export const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** @throws RangeError when there are fewer octets than a run is told, as when their buffer was transferred meanwhile */
export function checkBounds(octets: Uint8Array, at: number, length: number): void {
  if (at < 0 || at + length > octets.length) throw new RangeError("The octets in use are no longer there");
}
