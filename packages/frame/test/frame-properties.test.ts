import { fc, test } from "@fast-check/vitest";
import {
  concat,
  cuttings,
  filled,
  frame,
  hex,
  integer,
  parseFrames,
  seededRandom,
  toHex,
} from "@plyws/testkit";
import { describe, expect } from "vitest";
import { decodeFrame, encodeFrame, type Frame, Opcode, ProtocolError } from "../src/index.ts";
import { decodeStream, keyOf, seen } from "./support.ts";

const legal: fc.Arbitrary<Frame> = fc
  .tuple(
    fc.integer({ min: 0, max: 7 }).map((bits) => bits << 4),
    fc.oneof(
      fc.record({
        fin: fc.boolean(),
        opcode: fc.constantFrom(Opcode.Continuation, Opcode.Text, Opcode.Binary),
        payload: fc.uint8Array({ maxLength: 300 }),
      }),
      fc.record({
        fin: fc.constant(true),
        opcode: fc.constantFrom(Opcode.Close, Opcode.Ping, Opcode.Pong),
        payload: fc.uint8Array({ maxLength: 125 }),
      }),
    ),
  )
  .map(([rsv, rest]) => ({ rsv, ...rest, payload: Uint8Array.from(rest.payload) }));
const mask = fc.option(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => Uint8Array.from(octets)),
);

test.prop([legal, mask, fc.nat({ max: 9 })], { numRuns: 400 })(
  "decode undoes encode",
  (given, key, offset) => {
    const before = Uint8Array.from(given.payload);
    const written = encodeFrame(given, key === null ? undefined : keyOf(key));
    expect(Buffer.compare(given.payload, before)).toBe(0);
    expect(toHex(written)).toBe(toHex(frame({ ...given, rsv: given.rsv >> 4, mask: key })));
    expect(parseFrames(written)).toEqual([{ ...given, rsv: given.rsv >> 4, masked: key !== null }]);
    const src = concat(filled(offset, 0xff), written, hex("FF"));
    expect(decodeFrame(src, offset)).toEqual({ frame: given, masked: key !== null, size: written.length });
  },
);

test.prop([fc.array(legal, { maxLength: 3 }), mask], { numRuns: 30 })(
  "a stream of frames, however it is cut",
  (list, key) => {
    const wire = concat(...list.map((given) => encodeFrame(given, key === null ? undefined : keyOf(key))));
    const frames = list.map((given) => seen(given, key !== null));
    for (const { name, chunks } of cuttings(wire)) {
      expect(decodeStream(chunks), name).toEqual({ frames, fault: null });
    }
  },
);

/** null, a frame within the octets, or one ProtocolError; and the input stays as it was. */
function judge(src: Uint8Array): string {
  const before = Uint8Array.from(src);
  let verdict: string;
  try {
    const found = decodeFrame(src, 0, 1000);
    verdict = found === null ? "incomplete" : "frame";
    if (found !== null) expect(found.size).toBeLessThanOrEqual(src.length);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    verdict = error.code;
  }
  if (Buffer.compare(src, before) !== 0) expect(src).toEqual(before);
  return verdict;
}

describe("octets of anybody", () => {
  test.prop([fc.uint8Array({ maxLength: 200 })], { numRuns: 2000 })("random", (octets) => {
    judge(Uint8Array.from(octets));
  });

  test("biased towards headers: every verdict comes up", { timeout: 60_000 }, () => {
    const random = seededRandom(42);
    const pick = (values: readonly number[]) => values[integer(random, 0, values.length - 1)]!;
    const verdicts = new Set<string>();
    for (let round = 0; round < 50_000; round++) {
      const src = Uint8Array.from({ length: integer(random, 0, 40) }, () =>
        pick([0, 0, 0, 1, 0x1f, 0x7e, 0xff]),
      );
      if (src.length > 0) src[0] = pick([0x82, 0x81, 0x89, 0x88, 0x01, 0x09, 0x83, 0xff]);
      if (src.length > 1) src[1] = pick([0, 1, 20, 126, 127, 0x80, 0x81, 0xfe, 0xff]);
      if (src.length > 2) src[2] = pick([0, 0, 0, 0, 0x80, 0x1f]);
      verdicts.add(judge(src));
    }
    expect([...verdicts].toSorted()).toEqual([
      "control-fragmented",
      "control-too-long",
      "frame",
      "incomplete",
      "length-not-minimal",
      "length-top-bit",
      "length-unsafe",
      "message-too-big",
      "reserved-opcode",
    ]);
  });
});
