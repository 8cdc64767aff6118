import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { printable, printableLines, toJsonLine } from "../src/shared/escape.ts";

/** What a terminal obeys or hides, by the numbers of the standards: not by the expression that is tested. */
function isDangerous(code: number): boolean {
  const ranges = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x061c, 0x061c],
    [0x200e, 0x200f],
    [0x2028, 0x202e],
    [0x2066, 0x2069],
    [0xd800, 0xdfff],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
    [0xe0000, 0xe007f],
  ] as const;
  return ranges.some(([first, last]) => code >= first && code <= last);
}

const codesOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

/** Strings of any code units, most of them dangerous ones. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0, max: 0x9f }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0x2000, max: 0x2070 }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0xe0000, max: 0xe0100 }).map((code) => String.fromCodePoint(code)),
  ),
});

describe("printable", () => {
  test.each([
    ["a sequence that clears the screen", "\u001b[2J", "\\u{1b}[2J"],
    ["a sequence of C1", "\u009b2J", "\\u{9b}2J"],
    ["a title", "\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}"],
    ["a return to the beginning of the line", "good\rbad", "good\\rbad"],
    ["a backspace and DEL", "\b\u007f", "\\u{8}\\u{7f}"],
    ["NUL", "\0", "\\u{0}"],
    ["line ends and tabs", "a\r\n\tb", "a\\r\\n\\tb"],
    ["an override of the direction", "user\u202etxt.exe", "user\\u{202e}txt.exe"],
    ["an isolate", "\u2066x\u2069", "\\u{2066}x\\u{2069}"],
    ["separators of lines and paragraphs", "\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["lone surrogates", "\ud800x\udc00", "\\u{d800}x\\u{dc00}"],
    ["a byte order mark", "\ufeffx", "\\u{feff}x"],
    ["tags", "\u{e0041}", "\\u{e0041}"],
    ["what people write", "Grüße, 日本 👨‍👩‍👧 שלום", "Grüße, 日本 👨‍👩‍👧 שלום"],
  ])("shows %s", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  property.prop([nasty])("lets nothing dangerous pass", (text) => {
    expect(codesOf(printable(text)).filter(isDangerous)).toEqual([]);
  });

  property.prop([nasty])("leaves everything else as it is", (text) => {
    const harmless = Array.from(text).filter((character) => !isDangerous(character.codePointAt(0) ?? 0));
    expect(printable(harmless.join(""))).toBe(harmless.join(""));
  });
});

describe("printableLines", () => {
  test("indents further lines, so that they cannot pass for ours", () => {
    expect(printableLines("one\nClosed: 1000\r\nthree", "  ")).toBe("one\n  Closed: 1000\\r\n  three");
  });

  property.prop([nasty])("lets nothing dangerous pass but the ends of lines", (text) => {
    const codes = codesOf(printableLines(text, "  ")).filter(isDangerous);
    expect(codes.filter((code) => code !== 0x0a)).toEqual([]);
    expect(codes.length).toBe(text.split("\n").length - 1);
  });
});

describe("toJsonLine", () => {
  property.prop([nasty])("is one line that is safe to look at, and of the same value", (text) => {
    const line = toJsonLine({ text });
    expect(line.endsWith("\n")).toBe(true);
    expect(codesOf(line.slice(0, -1)).filter(isDangerous)).toEqual([]);
    expect(JSON.parse(line)).toEqual({ text });
  });
});
