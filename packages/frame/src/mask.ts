const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * From this many octets on, 32-bit words win over single octets although a view has to be found for them.
 */
const WORDS_FROM = 48;

/** The largest buffer whose view is kept: that of a read of the operating system, so little memory is pinned. */
const KEPT_VIEW_SIZE = 65_536;

// The frames of one chunk share a buffer. Making its view costs as much as unmasking 100 octets, so that of the
// latest buffer is kept; it pins no more than KEPT_VIEW_SIZE octets in the whole process.
let keptWords: Uint32Array = new Uint32Array(0);

function wordsOf(buffer: ArrayBufferLike): Uint32Array {
  if (keptWords.buffer === buffer) return keptWords;
  const words = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
  if (buffer.byteLength <= KEPT_VIEW_SIZE) keptWords = words;
  return words;
}

/**
 * Masks or unmasks the octets from `start` to `end` (exclusive) **in place**: both are the same operation
 * (RFC 6455 section 5.3).
 *
 * @param key the masking key as a 32-bit integer, its first octet lowest, as {@link FrameHeader.maskingKey} has it
 * @returns the key for the octet after `end`, so that a payload can be unmasked piece by piece as it arrives
 *
 * @example
 * ```ts
 * let key = header.maskingKey;
 * for (const piece of pieces) key = applyMask(piece, 0, piece.length, key);
 * ```
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): number {
  const length = end - start;
  if (length >= WORDS_FROM && LITTLE_ENDIAN) {
    const base = bytes.byteOffset;
    const misaligned = (4 - ((base + start) & 3)) & 3;
    const wordsStart = start + misaligned;
    const wordsEnd = wordsStart + ((end - wordsStart) & ~3);
    const wordKey = maskOctets(bytes, start, wordsStart, key);
    const words = wordsOf(bytes.buffer);
    for (let at = (base + wordsStart) >>> 2, last = (base + wordsEnd) >>> 2; at < last; at++)
      words[at]! ^= wordKey;
    return maskOctets(bytes, wordsEnd, end, wordKey);
  }
  return maskOctets(bytes, start, end, key);
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): number {
  const a = key & 0xff;
  const b = (key >>> 8) & 0xff;
  const c = (key >>> 16) & 0xff;
  const d = key >>> 24;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    bytes[at]! ^= a;
    bytes[at + 1]! ^= b;
    bytes[at + 2]! ^= c;
    bytes[at + 3]! ^= d;
  }
  const left = end - at;
  if (left === 0) return key;
  bytes[at]! ^= a;
  if (left > 1) bytes[at + 1]! ^= b;
  if (left > 2) bytes[at + 2]! ^= c;
  const turned = left * 8;
  return (key >>> turned) | (key << (32 - turned));
}
