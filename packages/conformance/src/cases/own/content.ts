import { OPCODE } from "../../wire/frame.ts";
import { concat, hex, noise, seeded, utf8 } from "../../wire/octets.ts";
import { CLEAN, fails, fragments, heard, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase, Event, Step } from "../case.ts";

const MIB = 2 ** 20;
const BOM = "\uFEFF";
const { text, binary } = OPCODE;

interface Row {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
}

/** Characters from everywhere in Unicode, up to about so many octets. */
function characters(seed: number, octets: number): string {
  const next = seeded(seed);
  let written = "";
  for (let size = 0; size < octets; ) {
    const range = [0x80, 0x800, 0xd800, 0x110000][next() % 4] ?? 0x80;
    const point = next() % range;
    const character = point >= 0xd800 && point < 0xe000 ? "" : String.fromCodePoint(point);
    written += character;
    size += utf8(character).length;
  }
  return written;
}

const message = (opcode: number, content: Uint8Array | string, fragment = 0): Row["steps"] => [
  {
    kind: "message",
    opcode,
    payload: typeof content === "string" ? utf8(content) : content,
    fragment,
    compressed: false,
  },
];

const same = (title: string, opcode: number, content: Uint8Array | string, fragment = 0): Row => ({
  title,
  steps: message(opcode, content, fragment),
  events: [opcode === text ? heard.text(content) : heard.binary(content)],
});

const numbered = Array.from({ length: 500 }, (_, i) => `message ${i}`);
const alternating = Array.from({ length: 100 }, (_, i) => ({ odd: i % 2 === 1, content: `${i}`.repeat(i) }));
const ALL_OCTETS = Uint8Array.from({ length: 1024 }, (_, i) => (i * (1 + (i >> 8) * 2)) & 0xff);

const CONTENT: readonly Row[] = [
  same("a binary message with every octet", binary, ALL_OCTETS),
  ...[1, 2, 3, 5, 126, 1000, 65_537].map((length) =>
    same(`${length} octets without a pattern`, binary, noise(length, length)),
  ),
  same("1 MiB without a pattern", binary, noise(1, MIB)),
  same("64 KiB without a pattern, in fragments of 1000 octets", binary, noise(2, 65_536), 1000),
  same("4 KiB without a pattern, in fragments of one octet", binary, noise(3, 4096), 1),
  same("a text of characters from everywhere in Unicode", text, characters(4, 4096)),
  same("256 KiB of such characters", text, characters(5, 262_144)),
  same("such characters, in fragments of 7 octets", text, characters(6, 4096), 7),
  same("a text of digits, which is no number", text, "00123.0e1"),
  same("a text of JSON, which nobody asked to parse", text, ` {"a": 1,\n"a": 2 }\r\n`),
  same(
    "a text with every control character",
    text,
    String.fromCodePoint(...Array.from({ length: 33 }).keys()),
  ),
  same("composed and decomposed characters", text, "é e\u0301 Å A\u030A ﬁ"),
  same("an empty binary message", binary, ""),
  {
    title: "500 texts in one write, which are echoed in order",
    steps: numbered.map((content) => send.text(content)),
    events: numbered.map((content) => heard.text(content)),
  },
  {
    title: "100 texts and binary messages in turn",
    steps: alternating.map(({ odd, content }) => (odd ? send.text(content) : send.binary(content))),
    events: alternating.map(({ odd, content }) => (odd ? heard.text(content) : heard.binary(content))),
  },
];

const MARKED: readonly Row[] = [
  same("a text that begins with a byte order mark", text, `${BOM}text`),
  same("a text of a byte order mark alone", text, BOM),
  same("a text with a byte order mark inside", text, `te${BOM}xt`),
  same("a text that begins with two byte order marks", text, `${BOM}${BOM}text`),
  same("a byte order mark in fragments of one octet", text, `${BOM}text`, 1),
  same("a binary message that begins with a byte order mark", binary, `${BOM}text`),
  {
    title: "two texts that begin with a byte order mark",
    steps: [send.text(`${BOM}one`), send.text(`${BOM}two`)],
    events: [heard.text(`${BOM}one`), heard.text(`${BOM}two`)],
  },
];

const echoed = (id: string, why: string, { title, steps, events }: Row): ConnectionCase =>
  strict({
    id,
    title,
    rule: "RFC 6455 5.6, 6.2",
    why,
    steps,
    outcomes: [ok(events, CLEAN, "the same octets come back, then a clean close")],
    limit: 10_000,
  });

/** Content that hides no shifted, lost or changed octet, as repeated patterns do. */
export const contentCases: readonly ConnectionCase[] = CONTENT.map((row, i) =>
  echoed(`content.${i + 1}`, "an echo has every octet of the message, in its place and no other", row),
);

/** The byte order mark, which decoders like to swallow. */
export const bomCases: readonly ConnectionCase[] = [
  ...MARKED.map((row, i) =>
    echoed(`bom.${i + 1}`, "a byte order mark is a character like any other in a message", row),
  ),
  strict({
    id: "bom.8",
    title: "a text that begins with the byte order mark of UTF-16",
    rule: "RFC 6455 5.6",
    why: "text is UTF-8 and nothing else",
    steps: fragments(text, [concat(hex("ff fe"), utf8("t\0e\0x\0t\0"))]),
    outcomes: [
      ok([], fails(1007), "the connection fails with 1007"),
      nonStrict([], fails(1002), "the connection fails with another code"),
    ],
  }),
];
