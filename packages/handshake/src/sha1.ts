const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/**
 * SHA-1 (RFC 3174) of less than 512 MiB. The handshake needs none of its strength (RFC 6455 section 10.8), but 2 kB
 * less than what the SHA-1 of a library brings along.
 */
export function sha1(octets: Uint8Array): Uint8Array {
  const { length } = octets;
  // RFC 3174 section 4: a bit that is 1, bits that are 0, the length in bits, to a multiple of 64 octets.
  const padded = new Uint8Array((((length + 8) >> 6) + 1) * 64);
  padded.set(octets);
  padded[length] = 0x80;
  const input = new DataView(padded.buffer);
  input.setUint32(padded.length - 4, length * 8);

  const digest = new DataView(new ArrayBuffer(20));
  INITIAL.forEach((word, i) => digest.setInt32(i * 4, word));
  for (let at = 0; at < padded.length; at += 64) digestBlock(input, at, digest);
  return new Uint8Array(digest.buffer);
}

/** RFC 3174 section 6.1. */
function digestBlock(input: DataView, at: number, digest: DataView): void {
  const words = new Int32Array(80);
  let a = digest.getInt32(0);
  let b = digest.getInt32(4);
  let c = digest.getInt32(8);
  let d = digest.getInt32(12);
  let e = digest.getInt32(16);
  for (let t = 0; t < 80; t += 1) {
    const word =
      t < 16
        ? input.getInt32(at + t * 4)
        : rotate(words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!, 1);
    words[t] = word;
    let mixed = b ^ c ^ d;
    if (t < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (t < 40) mixed += 0x6ed9eba1;
    else if (t < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed += 0xca62c1d6;
    const next = (rotate(a, 5) + mixed + e + word) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  [a, b, c, d, e].forEach((word, i) => digest.setInt32(i * 4, digest.getInt32(i * 4) + word));
}
