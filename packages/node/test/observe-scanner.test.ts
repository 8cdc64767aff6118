import { fc, test } from "@fast-check/vitest";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  concat,
  cuttings,
  filled,
  frame,
  MASK,
  octetByOctet,
  octets,
  PING,
  PONG,
  parseFrames,
  randomCuts,
  TEXT,
  text,
} from "@plyws/testkit";
import { describe, expect, test as plainTest } from "vitest";
import type { Traced } from "../src/index.ts";
import { FrameScanner } from "../src/observe/frame-scanner.ts";

/** What a scanner finds in chunks. */
function scan(chunks: readonly Uint8Array[], ends = true): Traced[] {
  const found: Traced[] = [];
  const scanner = new FrameScanner("received", (traced) => found.push(traced));
  for (const chunk of chunks) scanner.receive(chunk);
  if (ends) scanner.end();
  return found;
}

const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
const anyFrame = fc
  .record({
    opcode: fc.constantFrom(TEXT, BINARY, CONTINUATION),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 130 }),
      fc.constantFrom(filled(63, 1), filled(64, 2), filled(65, 3), filled(70_000, 4)),
    ),
    fin: fc.boolean(),
    rsv: fc.integer({ min: 0, max: 7 }),
    mask: fc.option(key),
  })
  .map(frame);
const anyControl = fc
  .record({
    opcode: fc.constantFrom(CLOSE, PING, PONG),
    payload: fc.uint8Array({ maxLength: 125 }),
    mask: fc.option(key),
  })
  .map(frame);
const stream = fc.array(fc.oneof(anyFrame, anyControl), { maxLength: 12 }).map((frames) => concat(...frames));

/** What should be found, by a parser that shares nothing with the code under test. */
const expected = (data: Uint8Array): unknown[] =>
  parseFrames(data).map(({ fin, rsv, opcode, masked, payload }) => ({
    direction: "received",
    error: null,
    fin,
    rsv: rsv << 4,
    opcode,
    masked,
    payloadLength: payload.length,
    preview: payload.slice(0, 64),
  }));

describe("any frames", () => {
  test.prop([stream, fc.integer({ min: 1 })])("are found however they are cut", (data, seed) => {
    const before = data.slice();
    expect(scan([data])).toEqual(expected(data));
    expect(scan(randomCuts(data, seed))).toEqual(expected(data));
    // Nothing is unmasked in place.
    expect(data).toEqual(before);
  });

  test.prop([stream])("are found octet by octet", (data) => {
    fc.pre(data.length < 10_000);
    expect(scan(octetByOctet(data))).toEqual(expected(data));
  });

  test.prop([fc.array(fc.uint8Array({ maxLength: 50 }))])("any octets at all do no harm", (chunks) => {
    const found = scan(chunks);
    // At most one violation, and nothing after it.
    const lost = found.findIndex(({ error }) => error !== null);
    expect([-1, found.length - 1]).toContain(lost);
  });
});

const BROKEN: readonly [what: string, data: Uint8Array, code: string][] = [
  ["a reserved opcode", frame({ opcode: 3, payload: "x" }), "reserved-opcode"],
  ["a Ping that is a fragment", frame({ opcode: PING, fin: false }), "control-fragmented"],
  ["a Ping that is too long", frame({ opcode: PING, payload: filled(126, 0) }), "control-too-long"],
  ["a length that is not minimal", text("x", { lengthForm: 16 }), "length-not-minimal"],
];

plainTest.each(BROKEN)("%s is told once, whatever follows, however it is cut", (_, data, code) => {
  const whole = concat(text("before"), data, text("after"));
  for (const { chunks } of cuttings(whole)) {
    const found = scan(chunks);
    expect(found).toMatchObject([{ payloadLength: 6 }, { direction: "received", error: { code } }]);
    expect(found.length).toBe(2);
  }
});

describe("a frame of which there is not everything", () => {
  plainTest("is told when its preview is complete, before its end", () => {
    const data = text("x".repeat(1000), { mask: MASK });
    expect(scan([data.subarray(0, 8 + 64)], false)).toMatchObject([{ payloadLength: 1000 }]);
    expect(scan([data.subarray(0, 8 + 63)], false)).toEqual([]);
  });

  plainTest("is told at the end of the stream with what there is of it", () => {
    const data = text("Hello", { mask: MASK });
    expect(scan([data.subarray(0, 9)])).toMatchObject([{ payloadLength: 5, preview: octets("Hel") }]);
    expect(scan([data.subarray(0, 6)])).toMatchObject([{ payloadLength: 5, preview: octets("") }]);
  });

  plainTest("is not told without its header", () => {
    for (const size of [0, 1, 5]) expect(scan([text("Hello", { mask: MASK }).subarray(0, size)])).toEqual([]);
  });
});

plainTest.each([
  ["a Uint8Array", (data: Uint8Array) => data],
  // Whose `slice` is no copy.
  ["a Buffer", (data: Uint8Array) => Buffer.from(data)],
])("of %s the preview is a copy, and nothing is unmasked in place", (_, make) => {
  const data = make(text("Hello", { mask: MASK }));
  const before = new Uint8Array(data);
  const [found] = scan([data]);
  expect(new Uint8Array(data)).toEqual(before);
  data.fill(0);
  expect(found).toMatchObject({ preview: octets("Hello") });
});
