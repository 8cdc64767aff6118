import { Buffer, isUtf8 } from "node:buffer";
import { createStringCodec, type TextCodec } from "@plyws/connection";
import type { MessageData } from "./events.ts";

const portable = createStringCodec();

type Latin1Slice = (this: Uint8Array, start: number, end: number) => string;

/** Older than `toString("latin1")`, which needs a Buffer, and not documented: where it is missing we do without. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const latin1Slice = Reflect.get(Buffer.prototype, "latin1Slice") as Latin1Slice | undefined;

/** Up to so many octets a loop that finds ASCII costs less than a view for the `TextDecoder`. */
const SHORT = latin1Slice === undefined ? -1 : 40;

function decode(octets: Uint8Array, start: number, end: number): string | null {
  if (end - start <= SHORT) {
    let all = 0;
    for (let at = start; at < end; at++) all |= octets[at]!;
    if (all < 0x80) return latin1Slice!.call(octets, start, end);
  }
  return portable.decode(octets, start, end);
}

function encodeInto(text: string, dst: Uint8Array, offset: number): number {
  return dst instanceof Buffer ? dst.write(text, offset, "utf8") : portable.encodeInto(text, dst, offset);
}

/** Strings, with what is faster on Node than on other platforms. */
export const stringText: TextCodec<MessageData> = {
  decode,
  encodeInto,
  encode: (text) => Buffer.from(text, "utf8"),
  isUtf8,
};

/** Text as the octets of its UTF-8, in a buffer of their own. */
export const octetText: TextCodec<MessageData> = {
  ...stringText,
  decode(octets, start, end) {
    const utf8 = octets.subarray(start, end);
    return isUtf8(utf8) ? new Uint8Array(utf8) : null;
  },
};
