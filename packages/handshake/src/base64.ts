const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648 section 4, with padding. For the few octets of a key or a digest. */
export function encodeBase64(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 3) {
    const [a = 0, b, c] = octets.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += b === undefined ? "=" : ALPHABET.charAt((bits >> 6) & 63);
    text += c === undefined ? "=" : ALPHABET.charAt(bits & 63);
  }
  return text;
}

/**
 * True for the base64 form of 16 octets, of which there is exactly one: 22 characters and "==". The last character
 * before the padding holds two bits of data and four that have to be zero (RFC 4648 section 3.5).
 */
export function isKey(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("==")) return false;
  for (let i = 0; i < 22; i += 1) if (!ALPHABET.includes(text.charAt(i))) return false;
  return ALPHABET.indexOf(text.charAt(21)) % 16 === 0;
}
