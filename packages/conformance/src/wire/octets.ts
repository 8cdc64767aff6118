const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The octets of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The octets of a text whose characters stand for octets. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

/** The text of these octets, a byte order mark included; null when they are no UTF-8. */
export function textOf(octets: Uint8Array): string | null {
  try {
    return decoder.decode(octets);
  } catch {
    return null;
  }
}

/** The octets of hexadecimal digits, blanks between them as one likes. */
export function hex(digits: string): Uint8Array {
  const compact = digits.replaceAll(" ", "");
  return Uint8Array.from({ length: compact.length / 2 }, (_, i) =>
    Number.parseInt(compact.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Two hexadecimal digits for each octet, with blanks between. */
export function toHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The pattern over and over, up to this length. */
export function repeated(pattern: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  if (length === 0) return whole;
  whole.set(pattern.subarray(0, length));
  for (let filled = pattern.length; filled < length; filled *= 2) {
    whole.copyWithin(filled, 0, Math.min(filled, length - filled));
  }
  return whole;
}

/** A generator of numbers from 0 to 2^32-1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Octets without a pattern, the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array {
  const next = seeded(seed);
  return Uint8Array.from({ length }, () => next() & 0xff);
}
