import { describe, expect, test } from "vitest";
import { isControl, isOpcode, MAX_CONTROL_PAYLOAD, Opcode } from "../src/index.ts";

test("the opcodes are those of RFC 6455 section 5.2", () => {
  expect(Opcode).toEqual({ Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 });
  expect(MAX_CONTROL_PAYLOAD).toBe(125);
});

const defined = [0, 1, 2, 8, 9, 10];

describe.each(Array.from({ length: 16 }, (_, value) => value))("opcode %i", (value) => {
  test(`is ${defined.includes(value) ? "defined" : "reserved"}`, () => {
    expect(isOpcode(value)).toBe(defined.includes(value));
  });

  // RFC 6455 section 5.5: "identified by opcodes where the most significant bit of the opcode is 1".
  test(`names a ${(value & 8) === 8 ? "control" : "data"} frame`, () => {
    expect(isControl(value)).toBe((value & 8) === 8);
  });
});

test.each([-1, 16, 1.5, 8.5, 256, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY])(
  "%d is no opcode",
  (value) => {
    expect(isOpcode(value)).toBe(false);
  },
);
