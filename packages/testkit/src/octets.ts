const encoder = new TextEncoder();

/** The octets written as hexadecimal pairs; white space between pairs is ignored: `hex("81 05 48")`. */
export function hex(pairs: string): Uint8Array {
  const digits = pairs.replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) {
    throw new TypeError(`not pairs of hexadecimal digits: ${pairs}`);
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** The inverse of `hex`, for the names of rows and the messages of failures. */
export function toHex(data: Uint8Array): string {
  return Array.from(data, (octet) => octet.toString(16).padStart(2, "0").toUpperCase()).join(" ");
}

/** A fresh array: UTF-8 for a string, a copy for octets. */
export function octets(data: string | Iterable<number>): Uint8Array {
  return typeof data === "string" ? encoder.encode(data) : Uint8Array.from(data);
}

/** All parts in one fresh array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `length` times the same octet. */
export function filled(length: number, octet: number): Uint8Array {
  return new Uint8Array(length).fill(octet);
}
