import type { Context } from "./explain/explain.ts";

/** Octets to begin with, as somebody would paste them. */
export interface Example {
  readonly name: string;
  /** Where it comes from or what it breaks. */
  readonly source: string;
  readonly text: string;
  readonly context: Context;
}

const CLIENT: Context = { from: "client", compression: null };
const SERVER: Context = { from: "server", compression: null };
const COMPRESSED: Context = { from: "server", compression: { noContextTakeover: false, windowBits: 15 } };

/** Frames that the RFCs print, and frames that they forbid. */
export const EXAMPLES: readonly Example[] = [
  {
    name: "A masked text",
    source: "RFC 6455, 5.7",
    text: "81 85 37 fa 21 3d 7f 9f 4d 51 58   # “Hello” from a client",
    context: CLIENT,
  },
  {
    name: "An unmasked text",
    source: "RFC 6455, 5.7",
    text: "81 05 48 65 6c 6c 6f   # “Hello” from a server",
    context: SERVER,
  },
  {
    name: "A text in two fragments",
    source: "RFC 6455, 5.7",
    text: "01 03 48 65 6c   # “Hel”, FIN is 0\n80 02 6c 6f      # “lo”, FIN is 1",
    context: SERVER,
  },
  {
    name: "Ping and its Pong",
    source: "RFC 6455, 5.7",
    text: "89 05 48 65 6c 6c 6f                # Ping\n8a 05 48 65 6c 6c 6f                # Pong",
    context: SERVER,
  },
  {
    name: "256 octets of binary",
    source: "RFC 6455, 5.7",
    text: `82 7e 01 00   # the length is in 16 bits\n${countUp(256)}`,
    context: SERVER,
  },
  {
    name: "Compressed, the context taken over",
    source: "RFC 7692, 7.2.3.2",
    text: "c1 07 f2 48 cd c9 c9 07 00   # “Hello”\nc1 05 f2 00 11 00 00         # again: refers to the one before",
    context: COMPRESSED,
  },
  {
    name: "Compressed, in two fragments",
    source: "RFC 7692, 7.2.3.1",
    text: "41 03 f2 48 cd      # RSV1 on the first one only\n80 04 c9 c9 07 00",
    context: COMPRESSED,
  },
  {
    name: "A Ping inside a message, then Close",
    source: "RFC 6455, 5.4",
    text: [
      "01 06 e4 bd a0 e5 a5 bd   # 你好, FIN is 0",
      "89 00                     # control frames may stand between fragments",
      "80 01 21                  # !",
      "88 05 03 e8 62 79 65      # Close 1000 “bye”",
    ].join("\n"),
    context: SERVER,
  },
  {
    name: "A client that does not mask",
    source: "breaks RFC 6455, 5.1",
    text: "81 05 48 65 6c 6c 6f",
    context: CLIENT,
  },
  {
    name: "A length in too many octets",
    source: "breaks RFC 6455, 5.2",
    text: "82 7e 00 05 01 02 03 04 05   # 5 in 16 bits",
    context: SERVER,
  },
  {
    name: "Text that is not UTF-8",
    source: "breaks RFC 6455, 8.1",
    text: "01 04 ce ba e1 bd   # a code point may go on in the next fragment\n80 06 b9 ed a0 80 6f 6b   # ed a0 would be half a surrogate pair",
    context: SERVER,
  },
  {
    name: "Close with 1006 and a text after it",
    source: "breaks RFC 6455, 7.4 and 5.5.1",
    text: "88 02 03 ee\n81 02 68 69",
    context: SERVER,
  },
  {
    name: "Everything at once",
    source: "breaks many rules",
    text: [
      "f3 00                     # reserved bits and a reserved opcode",
      "09 7e 00 80               # a Ping that is fragmented and too long",
      "61".repeat(128),
      "80 00                     # nothing to continue",
      "01 01 61                  # a message …",
      "81 01 62                  # … and a new one inside of it",
      "88 01 03                  # half a close code",
      "81 05 48 65               # ends too early",
    ].join("\n"),
    context: SERVER,
  },
];

/** 00 01 02 … in lines of 32. */
function countUp(size: number): string {
  const pairs = Array.from({ length: size }, (_, index) => (index % 256).toString(16).padStart(2, "0"));
  return Array.from({ length: size / 32 }, (_, row) => pairs.slice(32 * row, 32 * row + 32).join(" ")).join(
    "\n",
  );
}
