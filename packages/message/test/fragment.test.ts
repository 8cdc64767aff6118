import { fc, test } from "@fast-check/vitest";
import { Opcode } from "@plyws/frame";
import { concat, octets } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { fragment, type Message, MessageAssembler } from "../src/index.ts";

const { Text, Binary, Continuation } = Opcode;

test.each([
  [0, 1, [0]],
  [0, 1000, [0]],
  [1, 1, [1]],
  [3, 1, [1, 1, 1]],
  [9, 10, [9]],
  [10, 10, [10]],
  [11, 10, [10, 1]],
  [20, 10, [10, 10]],
  [21, 2 ** 53 - 1, [21]],
])("fragment: %d octets by %d", (size, maxFragmentSize, sizes) => {
  const payload = octets(Array.from({ length: size }, (_, i) => i));
  const frames = [...fragment({ opcode: Text, payload }, maxFragmentSize)];
  expect(frames.map((frame) => frame.payload.length)).toEqual(sizes);
  expect(frames.map(({ opcode }) => opcode)).toEqual(sizes.map((_, i) => (i === 0 ? Text : Continuation)));
  expect(frames.map(({ fin }) => fin)).toEqual(sizes.map((_, i) => i === sizes.length - 1));
  expect(frames.every(({ rsv }) => rsv === 0)).toBe(true);
  expect(concat(...frames.map((frame) => frame.payload))).toEqual(payload);
  expect(
    frames.every((frame) => frame.payload.buffer === payload.buffer),
    "views, no copies",
  ).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])(
  "fragment: refuses a size of %d at the call",
  (size) => {
    expect(() => fragment({ opcode: Binary, payload: octets("abc") }, size)).toThrow(RangeError);
  },
);

describe("assembling is the inverse", () => {
  const messages = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }).map((text): Message => {
      // A lone surrogate becomes U+FFFD here.
      return { opcode: Text, payload: octets(text) };
    }),
    fc.uint8Array({ maxLength: 300 }).map((payload): Message => ({ opcode: Binary, payload })),
  );

  test.prop([fc.array(messages, { maxLength: 5 }), fc.integer({ min: 1, max: 400 })])(
    "for any messages and any size of fragments",
    (sent, maxFragmentSize) => {
      const assembler = new MessageAssembler();
      const received = sent.flatMap((message) =>
        [...fragment(message, maxFragmentSize)].map((frame) => assembler.push(frame)),
      );
      expect(received.filter((message) => message !== null)).toEqual(sent);
      expect(assembler.inProgress).toBe(false);
    },
  );
});
