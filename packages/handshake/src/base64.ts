const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_DIGIT = 64;

/** The value of each character. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let i = 0; i < ALPHABET.length; i += 1) DIGITS[ALPHABET.charCodeAt(i)] = i;

/** RFC 4648 section 4, with padding. For the few octets of a key or a digest. */
export function encodeBase64(octets: Uint8Array): string {
  const { length } = octets;
  let text = "";
  for (let at = 0; at < length; at += 3) {
    const bits = (octets[at]! << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += at + 1 < length ? ALPHABET.charAt((bits >> 6) & 63) : "=";
    text += at + 2 < length ? ALPHABET.charAt(bits & 63) : "=";
  }
  return text;
}

/**
 * True for the base64 form of 16 octets, of which there is exactly one: 22 characters and "==". The last character
 * before the padding holds two bits of data and four that have to be zero (RFC 4648 section 3.5).
 */
export function isKey(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("==")) return false;
  let digit = NO_DIGIT;
  for (let i = 0; i < 22; i += 1) {
    digit = DIGITS[text.charCodeAt(i)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return false;
  }
  return digit % 16 === 0;
}
