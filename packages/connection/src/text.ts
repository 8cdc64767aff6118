/** How text becomes octets and back: the platform's fastest way, and in what form the application wants to have it. */
export interface TextCodec<Text> {
  /**
   * Decodes and validates the UTF-8 from `start` to `end` (exclusive) in one pass, keeping a leading byte order mark;
   * `null` when it is not valid. The octets are on loan.
   */
  decode(octets: Uint8Array, start: number, end: number): Text | null;
  /** Writes UTF-8 at `offset` of `dst`, which has room for three octets a code unit; returns how many it wrote. */
  encodeInto(text: string, dst: Uint8Array, offset: number): number;
  /** UTF-8 in a buffer of its own. */
  encode(text: string): Uint8Array;
  /** Whether octets are valid UTF-8 as a whole, for long pieces of incomplete messages. */
  readonly isUtf8?: ((octets: Uint8Array) => boolean) | undefined;
}

interface Encoder {
  encode(text: string): Uint8Array;
  encodeInto(text: string, dst: Uint8Array): { written: number };
}
interface Decoder {
  decode(octets: Uint8Array): string;
}

// Every runtime that the packages run in has these globals; the types of none of them are assumed here.
declare const TextEncoder: new () => Encoder;
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;

/** Strings, through the encoder and decoder that every runtime has. */
export function createStringCodec(): TextCodec<string> {
  const encoder = new TextEncoder();
  // Without ignoreBOM a leading byte order mark, which is part of the message, would be lost.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    decode(octets, start, end) {
      try {
        return decoder.decode(octets.subarray(start, end));
      } catch {
        return null;
      }
    },
    encodeInto: (text, dst, offset) => encoder.encodeInto(text, dst.subarray(offset)).written,
    encode: (text) => encoder.encode(text),
  };
}
