import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { firstInvalidOctet, hex, octets, toHex, UTF8_CATALOGUE } from "../src/index.ts";

function decodes(data: Uint8Array, options?: { stream: boolean }): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(data, options);
    return true;
  } catch {
    return false;
  }
}

/** What the platform says: the shortest prefix that a streaming decoder refuses ends with the octet. */
function firstRefusedOctet(data: Uint8Array): number | null {
  if (decodes(data)) return null;
  for (let length = 1; length <= data.length; length++) {
    if (!decodes(data.subarray(0, length), { stream: true })) return length - 1;
  }
  return data.length;
}

describe("the reference validator agrees with TextDecoder", () => {
  const biased = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef),
    fc.constantFrom(0x80, 0xbf, 0xf0, 0xf4, 0xf5, 0xf7, 0xf8, 0xfc, 0xfe, 0xff),
  );

  test.prop([fc.array(biased, { maxLength: 12 })], { numRuns: 5_000 })("on any octets", (list) => {
    const data = octets(list);
    expect(firstInvalidOctet(data)).toBe(firstRefusedOctet(data));
  });

  test.prop([fc.string({ unit: "binary" })])("on any string", (string) => {
    expect(firstInvalidOctet(octets(string))).toBeNull();
  });

  test("on every sequence of two octets, also with more to come", () => {
    const disagreements: string[] = [];
    for (let pair = 0; pair <= 0xffff; pair++) {
      const data = octets([pair >> 8, pair & 0xff]);
      if (firstInvalidOctet(data) !== firstRefusedOctet(data)) disagreements.push(toHex(data));
    }
    expect(disagreements).toEqual([]);
  });

  test("on every code point, and on none of the surrogates", () => {
    const disagreements: number[] = [];
    for (let codePoint = 0x800; codePoint <= 0xffff; codePoint++) {
      const data = octets([
        0xe0 | (codePoint >> 12),
        0x80 | ((codePoint >> 6) & 0x3f),
        0x80 | (codePoint & 0x3f),
      ]);
      const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
      if ((firstInvalidOctet(data) === null) === surrogate) disagreements.push(codePoint);
    }
    expect(disagreements).toEqual([]);
  });
});

describe("the catalogue", () => {
  test("has 63 valid and 69 invalid sequences, each with its own number", () => {
    expect(UTF8_CATALOGUE.filter(({ valid }) => valid)).toHaveLength(63);
    expect(UTF8_CATALOGUE.filter(({ valid }) => !valid)).toHaveLength(69);
    expect(new Set(UTF8_CATALOGUE.map(({ id }) => id)).size).toBe(132);
  });

  test("has as many sequences in each section as the Autobahn suite", () => {
    const counts = new Map<number, number>();
    for (const { id } of UTF8_CATALOGUE) {
      const section = Number(id.split(".")[1]);
      counts.set(section, (counts.get(section) ?? 0) + 1);
    }
    expect([...counts.keys()]).toEqual(Array.from({ length: 19 }, (_, i) => i + 5));
    expect([...counts.values()]).toEqual([5, 11, 4, 2, 4, 3, 5, 8, 5, 10, 1, 3, 5, 5, 5, 7, 8, 34, 7]);
  });

  test("says the same as TextDecoder", () => {
    for (const { id, octets: data, valid, invalidAt } of UTF8_CATALOGUE) {
      expect({ id, valid, invalidAt }).toEqual({
        id,
        valid: decodes(data),
        invalidAt: firstRefusedOctet(data),
      });
    }
  });

  test("knows where a sequence goes wrong", () => {
    expect(firstInvalidOctet(hex("41 F4 90 80 80"))).toBe(2);
    expect(firstInvalidOctet(hex("ED A0 80"))).toBe(1);
    expect(firstInvalidOctet(hex("E2 82"))).toBe(2);
    expect(firstInvalidOctet(hex("C0"))).toBe(0);
  });
});
