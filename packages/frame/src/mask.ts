const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * From this many octets on, 32-bit words win over single octets although a view has to be found for them: measured
 * break-even is 45 octets when the view is at hand, 70 when it has to be made, and 90 on Node 20.
 */
const WORDS_FROM = 64;

/** Up to here positions are 32-bit integers, which is fast; what lies beyond 2 GiB goes octet by octet. */
const MAX_INT32 = 0x7fff_ffff;

/** The largest buffer whose view is kept: that of a read of the operating system, so little memory is pinned. */
const KEPT_VIEW_SIZE = 65_536;

// The frames of one chunk share a buffer. Making its view costs as much as unmasking 100 octets, so that of the
// latest buffer is kept; it pins no more than KEPT_VIEW_SIZE octets in the whole process.
let keptWords: Uint32Array = new Uint32Array(0);

/** At least the first `needed` words of a buffer. */
function wordsOf(buffer: ArrayBufferLike, needed: number): Uint32Array {
  // The same buffer does not suffice: a resizable one may have grown since.
  if (keptWords.buffer === buffer && keptWords.length >= needed) return keptWords;
  if (buffer.byteLength > KEPT_VIEW_SIZE) return new Uint32Array(buffer, 0, needed);
  keptWords = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
  return keptWords;
}

/**
 * Masks or unmasks the octets from `start` to `end` (exclusive) **in place**: both are the same operation
 * (RFC 6455 section 5.3).
 *
 * @param key the masking key as a 32-bit integer, its first octet lowest, as {@link FrameHeader.maskingKey} has it
 * @returns the key for the octet after `end`, so that a payload can be unmasked piece by piece as it arrives
 * @throws RangeError when the octets from `start` to `end` are not all within `bytes`; nothing is changed then
 *
 * @example
 * ```ts
 * let key = header.maskingKey;
 * for (const piece of pieces) key = applyMask(piece, 0, piece.length, key);
 * ```
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): number {
  if (!(start >= 0 && start <= end && end <= bytes.length)) throw outOfRange(bytes, start, end);
  const base = bytes.byteOffset;
  if (end - start < WORDS_FROM || base + end > MAX_INT32 || !LITTLE_ENDIAN) {
    return maskOctets(bytes, start, end, key);
  }
  // Words stand at multiples of four octets of the buffer, whatever the offset of `bytes` in it.
  const wordsStart = start + (-(base + start) & 3);
  const wordsEnd = end - ((base + end) & 3);
  const wordKey = maskOctets(bytes, start, wordsStart, key);
  const last = (base + wordsEnd) >>> 2;
  const words = wordsOf(bytes.buffer, last);
  // Not unrolled by hand: it gains nothing on Node 26.
  for (let at = (base + wordsStart) >>> 2; at < last; at++) words[at]! ^= wordKey;
  return maskOctets(bytes, wordsEnd, end, wordKey);
}

function outOfRange(bytes: Uint8Array, start: number, end: number): RangeError {
  return new RangeError(`From ${start} to ${end} is not within the ${bytes.length} octets given`);
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
