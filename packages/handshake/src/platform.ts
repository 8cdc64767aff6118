// What is used of the platform: in every runtime, but in no library of types that this package compiles with.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const crypto: { getRandomValues(octets: Uint8Array): unknown };

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Octets of the cryptographic random generator. */
export function randomOctets(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  crypto.getRandomValues(octets);
  return octets;
}
