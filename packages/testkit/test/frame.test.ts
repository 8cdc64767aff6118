import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  close,
  concat,
  FRAME_VECTORS,
  frame,
  hex,
  MASK,
  maskingKeys,
  parseFrames,
  text,
  toHex,
} from "../src/index.ts";

describe("the builder writes the frames that the RFC prints", () => {
  for (const { title, wire, frames } of FRAME_VECTORS) {
    test(title, () => {
      expect(toHex(concat(...frames.map(frame)))).toBe(toHex(wire));
    });
  }
});

describe("the builder writes what a legal sender must not", () => {
  const rows: [title: string, wire: Uint8Array, expected: string][] = [
    ["a longer length form", text("A", { lengthForm: 16 }), "81 7E 00 01 41"],
    ["the longest length form", text("A", { lengthForm: 64 }), "81 7F 00 00 00 00 00 00 00 01 41"],
    ["the top bit of the length", text("", { announcedLength: 1n << 63n }), "81 7F 80 00 00 00 00 00 00 00"],
    ["reserved bits", frame({ opcode: 1, rsv: 4 }), "C1 00"],
    ["a reserved opcode", frame({ opcode: 15, rsv: 1, fin: false }), "1F 00"],
    ["a length without its payload", text("", { announcedLength: 5n, mask: MASK }), "81 85 37 FA 21 3D"],
    ["a Close code out of range", close(65_535, "x"), "88 03 FF FF 78"],
  ];
  for (const [title, wire, expected] of rows) {
    test(title, () => {
      expect(toHex(wire)).toBe(expected);
    });
  }
});

test("the builder refuses what no octets can say", () => {
  expect(() => frame({ opcode: 16 })).toThrow(RangeError);
  expect(() => frame({ opcode: 1, rsv: 8 })).toThrow(RangeError);
  expect(() => frame({ opcode: 1, mask: hex("00") })).toThrow(RangeError);
  expect(() => text("", { announcedLength: 126n, lengthForm: 7 })).toThrow(RangeError);
  expect(() => text("", { announcedLength: 1n << 64n })).toThrow(RangeError);
  expect(() => hex("8")).toThrow(TypeError);
  expect(() => hex("zz")).toThrow(TypeError);
});

const parts = fc.record({
  opcode: fc.integer({ min: 0, max: 15 }),
  fin: fc.boolean(),
  rsv: fc.integer({ min: 0, max: 7 }),
  mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 })),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ minLength: 65_534, maxLength: 65_538 }),
  ),
});

test.prop([fc.array(parts, { maxLength: 4 })], { numRuns: 40 })(
  "parseFrames reads back what frame wrote",
  (list) => {
    const wire = concat(...list.map(frame));
    expect(parseFrames(wire)).toEqual(
      list.map(({ mask, ...rest }) => ({
        ...rest,
        masked: mask !== null,
        payload: Uint8Array.from(rest.payload),
      })),
    );
    expect(maskingKeys(wire)).toEqual(
      list.flatMap(({ mask }) => (mask === null ? [] : [Uint8Array.from(mask)])),
    );
  },
);

describe("parseFrames judges", () => {
  test("an incomplete frame", () => {
    const wire = concat(text("one"), hex("81 05 48"));
    expect(() => parseFrames(wire)).toThrow("3 octets of an incomplete frame at 5");
    expect(parseFrames(wire, { trailing: "ignore" })).toHaveLength(1);
  });

  test("an incomplete head", () => {
    expect(() => parseFrames(hex("81"))).toThrow("incomplete");
    expect(() => parseFrames(hex("81 7E 01"))).toThrow("incomplete");
    expect(() => parseFrames(hex("81 80 00"))).toThrow("incomplete");
  });

  test("a length that is not minimal", () => {
    expect(() => parseFrames(text("A", { lengthForm: 16 }))).toThrow("minimal");
    expect(() => parseFrames(text("A".repeat(126), { lengthForm: 64 }))).toThrow("minimal");
  });
});
