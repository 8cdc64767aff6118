/** The values of zlib that say how much of its output a run has to give. */
export const Z_SYNC_FLUSH = 2;
/** As a sync flush, and what follows does not refer to what was before. */
export const Z_FULL_FLUSH = 3;
/** Inflating stops where a block ends. */
export const Z_BLOCK = 5;
export type Flush = typeof Z_SYNC_FLUSH | typeof Z_FULL_FLUSH | typeof Z_BLOCK;

/** One deflate or inflate stream of zlib, or of a port of it: what both engines consist of. */
export interface ZlibStream {
  /** Runs it once, from `length` octets of input to at most `room` octets of output. */
  run(
    flush: Flush,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array<ArrayBuffer>,
    outputAt: number,
    room: number,
  ): void;
  /** How many octets of input the last run left. */
  readonly inputLeft: number;
  /** How many octets of room the last run left. */
  readonly roomLeft: number;
  /** What the last run found to be wrong. */
  readonly fault: string | null;
  /** Begins a new stream. */
  reset(): void;
  /** Lets go of its memory. May be called again. */
  close(): void;
}

/**
 * How much memory goes into finding repetitions: as much as the window is worth, and not so little that a large message
 * falls into many blocks.
 */
export function memLevelFor(windowBits: number): number {
  return Math.min(8, Math.max(5, windowBits - 7));
}
