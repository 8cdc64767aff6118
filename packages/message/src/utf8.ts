/**
 * Whether octets are valid UTF-8 as a whole. Node's `isUtf8` of `node:buffer` is one.
 */
export type IsUtf8 = (octets: Uint8Array) => boolean;

/** From this many octets on, a native check is worth its call. */
const NATIVE_FROM = 32;

/**
 * Checks UTF-8 that arrives in pieces and fails at the first octet that no valid text can have there
 * (RFC 3629; RFC 6455 section 8.1): overlong forms, surrogates and what lies beyond U+10FFFF included.
 *
 * @example
 * ```ts
 * const validator = new Utf8Validator();
 * validator.write(Uint8Array.of(0xe2, 0x82)); // true: could become "€"
 * validator.complete; // false: but is not complete yet
 * validator.write(Uint8Array.of(0xac)); // true
 * ```
 */
export class Utf8Validator {
  readonly #isUtf8: IsUtf8 | null;
  /** Continuation octets that the current code point still needs. */
  #needed = 0;
  /** What the next continuation octet may be: 0x80 to 0xbf, or less right after some lead octets. */
  #lowest = 0x80;
  #highest = 0xbf;

  /** @param isUtf8 a native check for the inside of long pieces; the result is the same without one. */
  constructor(isUtf8: IsUtf8 | null = null) {
    this.#isUtf8 = isUtf8;
  }

  /** Whether the text so far does not end inside a code point. */
  get complete(): boolean {
    return this.#needed === 0;
  }

  /** Starts over, for the next text. */
  reset(): void {
    this.#needed = 0;
    this.#lowest = 0x80;
    this.#highest = 0xbf;
  }

  /**
   * Checks the next piece. After `false` the validator must be {@link reset}.
   *
   * @returns `false` as soon as the text cannot be valid any more, whatever follows
   */
  write(octets: Uint8Array): boolean {
    if (this.#isUtf8 === null || octets.length < NATIVE_FROM) return this.#scan(octets, 0, octets.length);
    // The native check wants whole code points: what is cut off at either end is scanned here.
    const start = Math.min(this.#needed, octets.length);
    const end = lastBoundary(octets);
    return (
      this.#scan(octets, 0, start) &&
      this.#isUtf8(octets.subarray(start, end)) &&
      this.#scan(octets, end, octets.length)
    );
  }

  #scan(octets: Uint8Array, start: number, end: number): boolean {
    let needed = this.#needed;
    let lowest = this.#lowest;
    let highest = this.#highest;
    for (let at = start; at < end; at++) {
      const octet = octets[at]!;
      if (needed > 0) {
        if (octet < lowest || octet > highest) return false;
        lowest = 0x80;
        highest = 0xbf;
        needed--;
      } else if (octet >= 0x80) {
        needed = continuationsAfter(octet);
        if (needed === 0) return false;
        if (octet === 0xe0)
          lowest = 0xa0; // below: overlong
        else if (octet === 0xed)
          highest = 0x9f; // above: surrogates
        else if (octet === 0xf0)
          lowest = 0x90; // below: overlong
        else if (octet === 0xf4) highest = 0x8f; // above: beyond U+10FFFF
      }
    }
    this.#needed = needed;
    this.#lowest = lowest;
    this.#highest = highest;
    return true;
  }
}

/** How many continuation octets follow a lead octet; 0 when it leads nothing. */
function continuationsAfter(octet: number): number {
  if (octet < 0xc2 || octet > 0xf4) return 0;
  return octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
}

/** Where the code point that the octets break off in begins; their length when they end with a whole one. */
function lastBoundary(octets: Uint8Array): number {
  const { length } = octets;
  for (let back = 1; back <= 3; back++) {
    const octet = octets[length - back]!;
    if (octet >= 0xc0) return continuationsAfter(octet) >= back ? length - back : length;
    if (octet < 0x80) return length;
  }
  return length;
}
