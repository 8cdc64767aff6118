import { isUtf8 } from "node:buffer";
import { fc, test } from "@fast-check/vitest";
import {
  concat,
  cutAt,
  filled,
  firstInvalidOctet,
  GREEK,
  octets,
  toHex,
  UTF8_CATALOGUE,
} from "@plyws/testkit";
import { describe, expect, vi } from "vitest";
import { type IsUtf8, Utf8Validator } from "../src/index.ts";

/** The index of the first piece that is refused; null when all are accepted and the text is complete. */
function firstRefused(validator: Utf8Validator, pieces: readonly Uint8Array[]): number | null {
  validator.reset();
  const refused = pieces.findIndex((piece) => !validator.write(piece));
  if (refused !== -1) return refused;
  return validator.complete ? null : pieces.length;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decodes(data: Uint8Array): boolean {
  try {
    return decoder.decode(data).length <= data.length;
  } catch {
    return false;
  }
}

const singly = (data: Uint8Array) => Array.from(data, (octet) => Uint8Array.of(octet));

/** What must come out when the octets arrive in two pieces. */
function refusedOfTwo(invalidAt: number | null, cut: number, length: number): number | null {
  if (invalidAt === null) return null;
  if (invalidAt === length) return 2;
  return invalidAt < cut ? 0 : 1;
}

describe.each([
  { check: "without a native check", validator: new Utf8Validator() },
  { check: "with that of Node", validator: new Utf8Validator(isUtf8) },
])("$check", ({ validator }) => {
  describe.each(UTF8_CATALOGUE)("$id, $title", ({ octets: sequence, valid, invalidAt }) => {
    test("is judged at the exact octet", () => {
      expect(firstRefused(validator, singly(sequence))).toBe(invalidAt);
    });

    test("is judged whole, and at every cut", () => {
      expect(firstRefused(validator, [sequence])).toBe(
        invalidAt === null ? null : invalidAt === sequence.length ? 1 : 0,
      );
      expect(decodes(sequence)).toBe(valid);
      for (let cut = 0; cut <= sequence.length; cut++) {
        const due = refusedOfTwo(invalidAt, cut, sequence.length);
        expect(firstRefused(validator, cutAt(sequence, cut)), `cut at ${cut}`).toBe(due);
      }
    });

    test("is judged in the middle of a long text, at every cut", () => {
      const before = concat(GREEK, filled(40, 0x61));
      const long = concat(before, sequence, filled(40, 0x62));
      const wrongAt = firstInvalidOctet(long);
      expect(wrongAt === null).toBe(valid);
      for (let cut = 0; cut <= long.length; cut++) {
        const due = refusedOfTwo(wrongAt, cut, long.length);
        expect(firstRefused(validator, cutAt(long, cut)), `cut at ${cut}`).toBe(due);
      }
    });

    test("is judged at the end of long texts of every alignment", () => {
      for (let padding = 28; padding < 36; padding++) {
        const long = concat(filled(padding, 0x61), sequence);
        const due = invalidAt === null ? null : invalidAt === sequence.length ? 1 : 0;
        expect(firstRefused(validator, [long]), `after ${padding} octets`).toBe(due);
      }
    });
  });

  test("every code point is text, every surrogate is not", () => {
    for (let plane = 0; plane <= 16; plane++) {
      let all = "";
      for (let low = 0; low <= 0xffff; low++) {
        if (plane > 0 || low < 0xd800 || low > 0xdfff) all += String.fromCodePoint(plane * 0x1_0000 + low);
      }
      expect(firstRefused(validator, [octets(all)])).toBeNull();
    }
    for (let surrogate = 0xd800; surrogate <= 0xdfff; surrogate++) {
      const sequence = [0xed, 0x80 | ((surrogate >> 6) & 0x3f), 0x80 | (surrogate & 0x3f)];
      expect(firstRefused(validator, singly(octets(sequence)))).toBe(1);
    }
  });

  test("every pair of octets, alone and after a long text", () => {
    const long = filled(32, 0x61);
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        const pair = Uint8Array.of(first, second);
        const due = firstInvalidOctet(pair);
        if (firstRefused(validator, singly(pair)) !== due) expect.fail(`${toHex(pair)} is wrong at ${due}`);
        const after = firstRefused(validator, [concat(long, pair)]);
        if (after !== (due === null ? null : due === 2 ? 1 : 0)) expect.fail(`${toHex(pair)} after a text`);
      }
    }
  });

  const almostText = fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((part) => octets(part)) },
        { weight: 3, arbitrary: fc.constant(filled(35, 0x7a)) },
        { weight: 1, arbitrary: fc.constantFrom(...UTF8_CATALOGUE.map((row) => row.octets)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }) },
      ),
      { maxLength: 8 },
    )
    .map((parts) => concat(...parts));

  test.prop([almostText, fc.array(fc.nat(), { maxLength: 6 })], { numRuns: 1000 })(
    "any octets, cut anywhere, are judged as TextDecoder and the slow reference do",
    (data, cuts) => {
      const sorted = cuts.map((cut) => cut % (data.length + 1)).toSorted((a, b) => a - b);
      const edges = [0, ...sorted, data.length];
      const pieces = edges.slice(1).map((end, i) => data.subarray(edges[i], end));
      const refused = firstRefused(validator, pieces);
      expect(refused === null).toBe(decodes(data));
      const invalidAt = firstInvalidOctet(data);
      const due =
        invalidAt === null || invalidAt === data.length
          ? invalidAt && pieces.length
          : edges.slice(1).findIndex((end) => invalidAt < end);
      expect(refused).toBe(data.length === 0 ? null : due);
    },
  );
});

test("the native check is asked about whole code points only, and only for long pieces", () => {
  const asked: string[] = [];
  const native = vi.fn<IsUtf8>((data) => {
    asked.push(decoder.decode(data));
    return true;
  });
  const validator = new Utf8Validator(native);
  const euros = octets("€".repeat(30));
  expect(validator.write(euros.subarray(0, 31))).toBe(true);
  expect(asked).toEqual([]);
  expect(validator.write(euros.subarray(31, 82))).toBe(true);
  expect(asked).toEqual(["€".repeat(16)]);
  expect(validator.complete).toBe(false);
  expect(validator.write(euros.subarray(82))).toBe(true);
  expect(validator.complete).toBe(true);
  expect(native).toHaveBeenCalledOnce();
});

test("a reset forgets the code point that was begun", () => {
  const validator = new Utf8Validator();
  validator.write(Uint8Array.of(0xf4));
  expect(validator.complete).toBe(false);
  validator.reset();
  expect(validator.complete).toBe(true);
  expect(validator.write(Uint8Array.of(0xf1, 0x90, 0x80, 0x80))).toBe(true);
});
