import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { Histogram } from "../src/bench/histogram.ts";
import { messageOf } from "../src/bench/lane.ts";
import { parseTyped } from "../src/connect/typed.ts";
import { allowOnly } from "../src/listen/origins.ts";
import { readUrl } from "../src/shared/client.ts";
import { DUMP_SIZE, hexDump, parseHex, toHex } from "../src/shared/hex.ts";
import { linesOf } from "../src/shared/lines.ts";

describe("octets in hexadecimal", () => {
  test.each([
    ["48 65 6c", [0x48, 0x65, 0x6c]],
    ["48656C", [0x48, 0x65, 0x6c]],
    ["0x48,0x65", [0x48, 0x65]],
    ["48:65", [0x48, 0x65]],
    ["", []],
    ["4", null],
    ["4g", null],
    ["hello", null],
  ])("%j", (text, octets) => {
    expect(parseHex(text)).toEqual(octets === null ? null : Uint8Array.from(octets));
  });

  property.prop([fc.uint8Array(), fc.constantFrom("", " ")])(
    "come back as they were",
    (octets, separator) => {
      expect(parseHex(toHex(octets, separator))).toEqual(octets);
    },
  );

  test("are dumped in lines of sixteen", () => {
    const octets = Uint8Array.from({ length: 18 }, (_, index) => index + 0x58);
    expect(hexDump(octets)).toEqual([
      "00000000  58 59 5a 5b 5c 5d 5e 5f  60 61 62 63 64 65 66 67  |XYZ[\\]^_`abcdefg|",
      "00000010  68 69                                             |hi|",
    ]);
    expect(hexDump(Uint8Array.of(0x1b, 0x7f, 0x9b, 0xff))[0]).toMatch(/\|\.{4}\|$/);
  });

  property.prop([fc.integer({ min: 0, max: 2 * DUMP_SIZE })])("are dumped up to a limit", (size) => {
    const lines = hexDump(new Uint8Array(size));
    const rest = size > DUMP_SIZE ? [`… and ${size - DUMP_SIZE} octets more`] : [];
    expect(lines).toHaveLength(Math.ceil(Math.min(size, DUMP_SIZE) / 16) + rest.length);
    expect(lines.slice(lines.length - rest.length)).toEqual(rest);
  });
});

async function readLines(chunks: readonly Uint8Array[], maxLine?: number): Promise<string[]> {
  const lines: string[] = [];
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  for await (const line of linesOf(stream(), maxLine)) lines.push(line.toString("latin1"));
  return lines;
}

describe("linesOf", () => {
  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\n\nb", ["a", "", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\rb\r\r\n", ["a\rb\r"]],
    ["\n", [""]],
  ])("%j", async (text, lines) => {
    expect(await readLines([Buffer.from(text)])).toEqual(lines);
    // However it is cut.
    expect(await readLines(Array.from(Buffer.from(text), (octet) => Uint8Array.of(octet)))).toEqual(lines);
  });

  const unit = fc.constantFrom("a", "b", "\n", "\r");
  property.prop([fc.array(fc.string({ unit }))])("does not depend on cuts", async (chunks) => {
    const text = chunks.join("");
    expect(await readLines(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(
      await readLines([Buffer.from(text)]),
    );
  });

  test("refuses a line that is too long, ended or not", async () => {
    expect(await readLines([Buffer.from("1234\n1234")], 4)).toEqual(["1234", "1234"]);
    await expect(readLines([Buffer.from("12345\n")], 4)).rejects.toThrow("longer than 4 octets");
    await expect(readLines([Buffer.from("123"), Buffer.from("45")], 4)).rejects.toThrow(
      "longer than 4 octets",
    );
  });
});

describe("parseTyped", () => {
  test.each([
    ["hello", { kind: "message", data: "hello" }],
    ["  /close", { kind: "message", data: "  /close" }],
    ["//etc/hosts", { kind: "message", data: "/etc/hosts" }],
    ["", { kind: "nothing" }],
    ["/ping", { kind: "ping" }],
    ["/ping me", { kind: "mistake", message: "/ping takes nothing more." }],
    ["/close", { kind: "close", code: 1000, reason: "" }],
    ["/close 4000", { kind: "close", code: 4000, reason: "" }],
    ["/close 4000 so long ", { kind: "close", code: 4000, reason: "so long" }],
    ["/close bye", { kind: "close", code: 1000, reason: "bye" }],
    ["/close 1005", { kind: "mistake", message: expect.stringContaining("3000 to 4999") }],
    ["/close 99999", { kind: "mistake", message: expect.stringContaining("3000 to 4999") }],
    [`/close 1000 ${"é".repeat(62)}`, { kind: "mistake", message: expect.stringContaining("not 124") }],
    ["/binary 00 ff", { kind: "message", data: Uint8Array.of(0, 255) }],
    ["/binary", { kind: "mistake", message: expect.stringContaining("/binary 48") }],
    ["/binary xyz", { kind: "mistake", message: expect.stringContaining("hexadecimal") }],
    ["/help", { kind: "help" }],
    ["/quit", { kind: "mistake", message: expect.stringContaining("There is no /quit") }],
  ])("%j", (line, typed) => {
    expect(parseTyped(line, false)).toEqual(typed);
  });

  test("takes octets where input is binary, and commands all the same", () => {
    expect(parseTyped("00ff", true)).toEqual({ kind: "message", data: Uint8Array.of(0, 255) });
    expect(parseTyped("hello", true).kind).toBe("mistake");
    expect(parseTyped("/ping", true)).toEqual({ kind: "ping" });
  });
});

test.each([
  ["ws://example.com/a?b", "ws://example.com/a?b"],
  ["example.com:9001/a", "ws://example.com:9001/a"],
  ["localhost", "ws://localhost/"],
  [":9001", "ws://localhost:9001/"],
  ["[::1]:9001", "ws://[::1]:9001/"],
  ["https://example.com", "https://example.com/"],
])("readUrl: %s", (text, expected) => {
  expect(readUrl(text).href).toBe(expected);
});

test.each([
  ["ftp://example.com", "begins with ws:// or wss://, not with ftp:"],
  ["ws://a b", "is no URL"],
])("readUrl: %s is a mistake", (text, message) => {
  expect(() => readUrl(text)).toThrow(message);
});

describe("allowOnly", () => {
  test.each([
    [[], "http://localhost:9001", false],
    [["http://localhost:3000"], "http://localhost:3000", true],
    [["http://localhost:3000"], "http://localhost:3001", false],
    [["http://localhost:3000"], "https://localhost:3000", false],
    [["HTTP://Example.com:80/"], "http://example.com", true],
    [["http://example.com"], "http://example.com.evil.test", false],
    [["http://example.com"], "null", false],
    [["null"], "null", true],
    [["chrome-extension://abc"], "chrome-extension://abc", true],
    [["any"], "http://evil.test", true],
  ])("%j and %s: %s", (origins, origin, allowed) => {
    expect(allowOnly(origins)(origin)).toBe(allowed);
  });

  test.each(["localhost:3000", "http://", "http://a/b", "*"])("%j is no origin", (origin) => {
    expect(() => allowOnly([origin])).toThrow("--origin takes");
  });
});

describe("Histogram", () => {
  const durations = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1 });
  property.prop([durations, fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1)])(
    "is right to one part in 64",
    (values, share) => {
      const histogram = new Histogram();
      for (const value of values) histogram.add(value);
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
      // A microsecond is the finest step.
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact - 0.001);
      expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 0.001);
      expect(histogram.max).toBe(sorted.at(-1));
      expect(histogram.count).toBe(values.length);
    },
  );

  test("is 0 without values", () => {
    expect(new Histogram().quantile(0.5)).toBe(0);
  });
});

property.prop([fc.nat(), fc.integer({ min: 0, max: 40 }), fc.boolean()])(
  "messageOf has its size",
  (number, size, binary) => {
    const message = messageOf(number, size, binary);
    expect(message).toHaveLength(size);
    expect(typeof message).toBe(binary ? "object" : "string");
    if (size > 0) expect(messageOf(number + 1, size, binary)).not.toEqual(message);
  },
);
