import { OPCODE, RSV } from "../../wire/frame.ts";
import { concat, hex } from "../../wire/octets.ts";
import { CLEAN, fails, filled, frame, heard, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase, DeflateCase, Event, Step } from "../case.ts";

const RSV1 = { rsv: RSV.rsv1 };
const HELLO = hex("f2 48 cd c9 c9 07 00");
/** "Hello" again, by reference to the message before. */
const AGAIN = hex("f2 00 11 00 00");
const MIB = 2 ** 20;

/** As little as possible, so that the kit may refer to its earlier messages unless the peer forbids it. */
const DEFLATE: DeflateCase = {
  offer: "permessage-deflate",
  demand: { noTakeover: false, windowBits: 0 },
};
const WITH_TAKEOVER: DeflateCase = { ...DEFLATE, needsTakeover: true };

const compressed = (octets: Uint8Array | string, opcode: number = OPCODE.text): Step =>
  frame(opcode, typeof octets === "string" ? hex(octets) : octets, RSV1);

/** A compressed text in fragments: only the first one has RSV1. */
const inParts = (...parts: readonly Uint8Array[]): Step[] =>
  parts.map((part, i) =>
    frame(i === 0 ? OPCODE.text : OPCODE.continuation, part, {
      fin: i === parts.length - 1,
      rsv: i === 0 ? RSV.rsv1 : 0,
    }),
  );

const octetwise = (octets: Uint8Array): Uint8Array[] => Array.from(octets, (octet) => Uint8Array.of(octet));
const [one, two, three] = [HELLO.slice(0, 2), HELLO.slice(2, 5), HELLO.slice(5)];
const NONE = new Uint8Array();

const LEGAL: readonly [title: string, steps: readonly Step[], events: readonly Event[]][] = [
  ["one block", [compressed(HELLO)], [heard.text("Hello")]],
  [
    "the same twice, the second time by reference",
    [compressed(HELLO), compressed(AGAIN)],
    [heard.text("Hello"), heard.text("Hello")],
  ],
  ["one block in two fragments", inParts(HELLO.slice(0, 3), HELLO.slice(3)), [heard.text("Hello")]],
  ["a block without compression", [compressed("00 05 00 fa ff 48 65 6c 6c 6f 00")], [heard.text("Hello")]],
  ["a block that is marked as the last one", [compressed("f3 48 cd c9 c9 07 00 00")], [heard.text("Hello")]],
  ["two blocks", [compressed("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")], [heard.text("Hello")]],
  ["an empty text of one octet", [compressed("00")], [heard.text()]],
  ["an empty text of an empty block", [compressed("02 00")], [heard.text()]],
  [
    "an empty block before the text",
    [compressed(concat(hex("00 00 00 ff ff"), HELLO))],
    [heard.text("Hello")],
  ],
  ["fragments of one octet", inParts(...octetwise(HELLO)), [heard.text("Hello")]],
  [
    "empty fragments around and among others",
    inParts(NONE, one, NONE, two, three, NONE),
    [heard.text("Hello")],
  ],
  [
    "a Ping, which is never compressed, between two fragments",
    [
      frame(OPCODE.text, HELLO.slice(0, 3), { ...RSV1, fin: false }),
      send.ping("Hello"),
      send.continuation(HELLO.slice(3)),
    ],
    [heard.pong("Hello"), heard.text("Hello")],
  ],
  [
    "a plain text between two compressed ones, the second by reference to the first",
    [compressed(HELLO), send.text("plain"), compressed(AGAIN)],
    [heard.text("Hello"), heard.text("plain"), heard.text("Hello")],
  ],
  ["a plain text alone", [send.text("plain")], [heard.text("plain")]],
  ["a binary message", [compressed(HELLO, OPCODE.binary)], [heard.binary("Hello")]],
  [
    "a text after one whose block is marked as the last one",
    [compressed("f3 48 cd c9 c9 07 00 00"), compressed(HELLO)],
    [heard.text("Hello"), heard.text("Hello")],
  ],
  [
    "a text of which characters are cut by fragments",
    inParts(...octetwise(hex("00 03 00 fc ff e2 82 ac 00"))),
    [heard.text("€")],
  ],
  ["a text with a byte order mark", [compressed("00 03 00 fc ff ef bb bf 00")], [heard.text("\uFEFF")]],
];

const INVALID: readonly [title: string, steps: readonly Step[]][] = [
  ["text that is no UTF-8", [compressed("00 04 00 fb ff ed a0 80 41 00")]],
  ["text that ends inside a character", [compressed("00 02 00 fd ff e2 82 00")]],
  ["a plain text that is no UTF-8", [send.text(hex("ed a0 80"))]],
];

const CORRUPT: readonly [title: string, octets: string][] = [
  ["a block of the type that is reserved", "06 00"],
  ["a reference to what was never sent", "f2 00 11 00 00"],
  ["a block whose length does not fit its complement", "00 05 00 00 00 48 65 6c 6c 6f 00"],
  ["a code that stands for nothing", "1a 03"],
];

/** What deflate allows and what it does not, which the Autobahn suite does not try. */
export const deflateDataCases: readonly ConnectionCase[] = [
  ...LEGAL.map(([title, steps, events], i) =>
    strict({
      id: `pmd.data.${i + 1}`,
      title,
      rule: "RFC 7692 7.2",
      why: "this is legal, and its echo inflates to the same",
      deflate: title.includes("by reference") ? WITH_TAKEOVER : DEFLATE,
      steps,
      outcomes: [ok(events, CLEAN, "the echo, compressed or not, then a clean close")],
    }),
  ),
  ...INVALID.map(([title, steps], i) =>
    strict({
      id: `pmd.utf8.${i + 1}`,
      title: `${title}, with permessage-deflate`,
      rule: "RFC 6455 8.1, RFC 7692 6.2",
      why: "text is checked after it is inflated",
      deflate: DEFLATE,
      steps,
      outcomes: [
        ok([], fails(1007), "the connection fails with 1007"),
        nonStrict([], fails(1002), "the connection fails with another code"),
      ],
    }),
  ),
  ...CORRUPT.map(([title, octets], i) =>
    strict({
      id: `pmd.corrupt.${i + 1}`,
      title: `${title}, then a Ping`,
      rule: "RFC 7692 7.2.2",
      why: "what cannot be inflated fails the connection, usually with 1007, and nothing after it is answered",
      deflate: DEFLATE,
      steps: [compressed(octets), send.ping()],
      outcomes: [
        ok([], fails(1007), "the connection fails with 1007"),
        nonStrict([], fails(1002, 1003, 1006, 1008, 1009, 1011), "the connection fails with another code"),
      ],
    }),
  ),
  strict({
    id: "pmd.bomb.1",
    title: "32 MiB of zeros in 32 KiB",
    rule: "RFC 7692 9, RFC 6455 10.4",
    why: "a limit on messages holds for what they inflate to; the report tells what the peer does",
    deflate: DEFLATE,
    steps: [
      {
        kind: "message",
        opcode: OPCODE.binary,
        payload: filled([0], 32 * MIB),
        fragment: 0,
        compressed: true,
      },
    ],
    informational: true,
    outcomes: [
      ok([heard.binary(filled([0], 32 * MIB))], CLEAN, "it is echoed"),
      ok([], fails(1009), "it is refused"),
    ],
    limit: 30_000,
  }),
];
