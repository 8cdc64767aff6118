import { fc, test } from "@fast-check/vitest";
import { Opcode } from "@plyws/frame";
import {
  binary,
  close,
  concat,
  continuation,
  filled,
  frame,
  MASK,
  octets,
  ping,
  pong,
  text,
  UTF8_CATALOGUE,
} from "@plyws/testkit";
import { describe, expect, test as plainTest } from "vitest";
import { formatFrame, type TracedFrame } from "../src/index.ts";
import { FrameScanner } from "../src/observe/frame-scanner.ts";

/** The line of one frame, or of what there is of it at the end of the stream. */
function lineOf(data: Uint8Array, direction: "received" | "sent" = "received"): string {
  const lines: string[] = [];
  const scanner = new FrameScanner(direction, (traced) => lines.push(formatFrame(traced)));
  scanner.receive(data);
  scanner.end();
  return lines.join("\n");
}

const masked = { mask: MASK };

const LINES: readonly [data: Uint8Array, line: string][] = [
  [text("Hello"), '< text fin 5 "Hello"'],
  [text("Hello", masked), '< text fin masked 5 "Hello"'],
  [text(""), "< text fin 0"],
  [text("Hel", { fin: false }), '< text 3 "Hel"'],
  [continuation("lo"), '< continuation fin 2 "lo"'],
  [binary(octets([0, 1, 0xff])), "< binary fin 3 00 01 ff"],
  // Text and binary are told apart even where the octets are the same.
  [binary("Hello"), "< binary fin 5 48 65 6c 6c 6f"],
  [ping(""), "< ping fin 0"],
  [ping(octets([1, 2]), masked), "< ping fin masked 2 01 02"],
  [pong("a"), "< pong fin 1 61"],
  [close(), "< close fin 0"],
  [close(1000), "< close fin 2 1000"],
  [close(4999, "done"), '< close fin 6 4999 "done"'],
  [close(1000, octets([0xff])), "< close fin 3 1000 ff"],
  [frame({ opcode: 8, payload: octets([3]) }), "< close fin 1 03"],
  [text("Hi", { rsv: 4 }), "< text fin rsv1 2 48 69"],
  [text("", { rsv: 7 }), "< text fin rsv1 rsv2 rsv3 0"],
  [text("a".repeat(64)), `< text fin 64 "${"a".repeat(64)}"`],
  [text("a".repeat(65)), `< text fin 65 "${"a".repeat(64)}" …`],
  [binary(filled(70_000, 0)), `< binary fin 70000 ${Array<string>(64).fill("00").join(" ")} …`],
  [close(1000, "a".repeat(123)), `< close fin 125 1000 "${"a".repeat(62)}" …`],
  [frame({ opcode: 2, payload: "", announcedLength: 2n ** 40n }), "< binary fin 1099511627776 …"],
  // A code point that is cut by the end of the preview or of a fragment is left out; one that can never end is not.
  [text(`${"a".repeat(63)}é`), `< text fin 65 "${"a".repeat(63)}" …`],
  [text(octets([0x61, 0xc3]), { fin: false }), '< text 2 "a"'],
  [text(octets([0x61, 0xc3])), "< text fin 2 61 c3"],
  [continuation(octets([0xa9, 0x61])), "< continuation fin 2 a9 61"],
  [text(octets([0xff])), "< text fin 1 ff"],
  [frame({ opcode: 11, payload: "" }), "< no frame: reserved-opcode: 8b 00"],
];

describe("a line says what the frame is", () => {
  plainTest.each(LINES)("%#: %o", (data, line) => {
    expect(lineOf(data)).toBe(line);
    expect(lineOf(data, "sent")).toBe(line.replace("<", ">"));
  });
});

const ESCAPED: readonly [what: string, payload: string, shown: string][] = [
  ["quotation marks and backslashes", 'a"b\\c', String.raw`a\"b\\c`],
  ["line breaks", "a\r\nb\tc", String.raw`a\r\nb\tc`],
  ["an escape sequence of a terminal", "\u{1b}[2J\u{9b}31m", String.raw`\u001b[2J\u{9b}31m`],
  ["NUL and DEL", "\0\u{7f}", String.raw`\u0000\u{7f}`],
  ["line and paragraph separators", "\u2028\u2029", String.raw`\u{2028}\u{2029}`],
  ["changes of direction", "a\u202eb\u2066c\u200f", String.raw`a\u{202e}b\u{2066}c\u{200f}`],
  ["invisible characters", "\ufeffa\u200bb\u00ad", String.raw`\u{feff}a\u{200b}b\u{ad}`],
  ["tags", "a\u{e0041}", String.raw`a\u{e0041}`],
  ["no more than that", "é 漢字 🙂", "é 漢字 🙂"],
];

plainTest.each(ESCAPED)("escapes %s", (_, payload, shown) => {
  expect(lineOf(text(payload))).toBe(`< text fin ${Buffer.byteLength(payload)} "${shown}"`);
  expect(lineOf(close(1000, payload))).toBe(`< close fin ${Buffer.byteLength(payload) + 2} 1000 "${shown}"`);
});

plainTest("a text is a string exactly when its octets are UTF-8", () => {
  const shown = UTF8_CATALOGUE.filter(({ octets: { length } }) => length > 0 && length <= 64);
  expect(shown.length).toBeGreaterThan(100);
  for (const { octets: payload, valid } of shown) {
    expect(lineOf(text(payload)).includes('"')).toBe(valid);
  }
});

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

describe("whatever comes", () => {
  test.prop([fc.string({ unit: "binary", maxLength: 80 })])("a text gives one printable line", (payload) => {
    const line = lineOf(text(payload));
    expect(line).not.toMatch(UNPRINTABLE);
    expect(line.length).toBeLessThan(1000);
  });

  test.prop([fc.uint8Array({ maxLength: 200 })])("any octets give printable lines", (data) => {
    for (const line of lineOf(concat(data, text("x"))).split("\n")) expect(line).not.toMatch(UNPRINTABLE);
  });
});

plainTest("a frame that was made by hand is formatted like one that was found", () => {
  const traced: TracedFrame = {
    direction: "sent",
    error: null,
    fin: true,
    rsv: 0,
    opcode: Opcode.Text,
    masked: false,
    payloadLength: 2,
    preview: octets("hi"),
  };
  expect(formatFrame(traced)).toBe('> text fin 2 "hi"');
});
