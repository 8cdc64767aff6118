import { concat, filled, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { areEqual, deflated, ENGINES, inflated, json, noise, reference } from "./support.ts";

const KIB = 1024;
const WINDOWS = [9, 10, 11, 12, 13, 14, 15];

/** Every size at which something changes: nothing, the room for output, and more than once that. */
const MESSAGES: readonly (readonly [string, Uint8Array])[] = [
  ["one octet", octets("x")],
  ["text", octets("Ἐν ἀρχῇ ἦν ὁ λόγος")],
  ["64 octets of JSON", json(64)],
  ["16 KiB of JSON", json(16 * KIB)],
  ["1 MiB of JSON", json(KIB * KIB)],
  ["300 KiB of zeros", filled(300 * KIB, 0)],
  ["noise for less than the room", noise(65_000)],
  ["noise for about the room", noise(65_526)],
  ["noise for more than the room", noise(70_000)],
  ["noise for much more than the room", noise(500_000)],
];

describe.each(ENGINES)("with %s", (_, engine) => {
  describe.each(MESSAGES)("%s", (__, message) => {
    test.each([true, false])("comes back three times, keeping context: %s", (keepContext) => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
      const inflater = engine.createInflater({ windowBits: 15 });
      for (let time = 0; time < 3; time++) {
        expect(areEqual(inflated(inflater, deflated(deflater, message, keepContext)), message)).toBe(true);
        if (!keepContext) inflater.reset();
      }
      deflater.close();
      inflater.close();
    });

    test("is understood by zlib, and understands it", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
      const inflater = engine.createInflater({ windowBits: 15 });
      expect(areEqual(reference.inflate(deflated(deflater, message)), message)).toBe(true);
      expect(areEqual(inflated(inflater, reference.deflate(message)), message)).toBe(true);
      deflater.close();
      inflater.close();
    });

    test.each(WINDOWS)("keeps to a window of %i bits", (windowBits) => {
      const deflater = engine.createDeflater({ windowBits, level: 9 });
      const inflater = engine.createInflater({ windowBits });
      // What repeats at a distance that is beyond all of these windows but the largest.
      const far = concat(message, noise(20_000), message);
      for (const whole of [message, far]) {
        expect(areEqual(inflated(inflater, deflated(deflater, whole, true)), whole)).toBe(true);
      }
      deflater.close();
      inflater.close();
    });
  });

  describe("the context", () => {
    const message = json(KIB);

    test("makes the second message smaller when it is kept, and changes nothing when it is not", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
      const first = deflated(deflater, message, true);
      const second = deflated(deflater, message, false);
      const third = deflated(deflater, message, false);
      expect(second.length).toBeLessThan(first.length / 4);
      expect(areEqual(third, first)).toBe(true);
      deflater.close();
    });

    test("is forgotten with a reset, on both sides", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
      const inflater = engine.createInflater({ windowBits: 15 });
      const first = deflated(deflater, message, true);
      deflater.reset();
      const second = deflated(deflater, message, true);
      expect(areEqual(first, second)).toBe(true);
      const third = deflated(deflater, message, true);
      inflated(inflater, second);
      inflater.reset();
      expect(() => inflated(inflater, third)).toThrow("too far back");
      inflater.reset();
      expect(areEqual(inflated(inflater, first, third.subarray(0, 0)), message)).toBe(true);
      deflater.close();
      inflater.close();
    });

    test("is not that of another deflater or inflater, however calls alternate", () => {
      const deflaters = [1, 2, 3].map(() => engine.createDeflater({ windowBits: 15, level: 3 }));
      const inflaters = [1, 2, 3].map(() => engine.createInflater({ windowBits: 15 }));
      for (let round = 0; round < 3; round++) {
        for (const [index, deflater] of deflaters.entries()) {
          const own = json(KIB, index);
          expect(areEqual(inflated(inflaters[index]!, deflated(deflater, own, true)), own)).toBe(true);
        }
      }
      for (const context of [...deflaters, ...inflaters]) context.close();
    });
  });

  describe("reading", () => {
    test("gives at most 64 KiB at a time, however much there is", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 9 });
      const inflater = engine.createInflater({ windowBits: 15 });
      const size = 4 * KIB * KIB;
      const payload = deflated(deflater, filled(size, 0));
      expect(payload.length).toBeLessThan(size / 900);
      inflater.write(payload, true);
      const sizes: number[] = [];
      while (inflater.pending) sizes.push(inflater.read().length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
      expect(sizes.reduce((sum, one) => sum + one)).toBe(size);
      deflater.close();
      inflater.close();
    });

    test("gives nothing when nothing was written", () => {
      const inflater = engine.createInflater({ windowBits: 15 });
      expect(inflater.pending).toBe(false);
      expect(inflater.read()).toHaveLength(0);
      inflater.close();
    });

    test("can be given up in the middle with a reset", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
      const inflater = engine.createInflater({ windowBits: 15 });
      inflater.write(deflated(deflater, filled(200_000, 1)), true);
      inflater.read();
      expect(inflater.pending).toBe(true);
      inflater.reset();
      expect(inflater.pending).toBe(false);
      expect(inflated(inflater, deflated(deflater, octets("after")))).toEqual(octets("after"));
      deflater.close();
      inflater.close();
    });
  });

  test("what is closed may be closed again, is not pending, and does nothing else", () => {
    const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
    const inflater = engine.createInflater({ windowBits: 15 });
    inflater.write(octets("x"), false);
    for (const context of [deflater, inflater, deflater, inflater]) context.close();
    expect(inflater.pending).toBe(false);
    expect(() => deflater.deflate(octets("x"), true)).toThrow("closed");
    expect(() => deflater.reset()).toThrow("closed");
    expect(() => inflater.reset()).toThrow("closed");
    inflater.write(octets("x"), true);
    expect(() => inflater.read()).toThrow("closed");
  });

  test("what is given has no buffer for itself, not even when it is as much as there is room for", () => {
    const inflater = engine.createInflater({ windowBits: 15 });
    inflater.write(reference.deflate(filled(65_536, 0)), true);
    const output = inflater.read();
    expect(output).toHaveLength(65_536);
    expect(output.buffer.byteLength).toBeGreaterThan(65_536);
    inflater.close();
  });

  test("octets that are transferred while they are in use are the caller's fault, and do not end the process", () => {
    const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
    const inflater = engine.createInflater({ windowBits: 15 });
    const payload = new Uint8Array(reference.deflate(concat(filled(70_000, 0), noise(100))));
    inflater.write(payload, true);
    inflater.read();
    structuredClone(payload.buffer, { transfer: [payload.buffer] });
    expect(() => inflater.read()).toThrow(RangeError);
    inflater.reset();
    expect(inflated(inflater, deflated(deflater, octets("after")))).toEqual(octets("after"));
    deflater.close();
    inflater.close();
  });

  test("octets are taken where they are in their buffer", () => {
    const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
    const inflater = engine.createInflater({ windowBits: 15 });
    const buffer = concat(filled(100, 0xff), json(KIB), filled(100, 0xff));
    const payload = deflated(deflater, buffer.subarray(100, -100));
    const embedded = concat(filled(7, 0xff), payload, filled(9, 0xff)).subarray(7, -9);
    expect(areEqual(inflated(inflater, embedded), json(KIB))).toBe(true);
    deflater.close();
    inflater.close();
  });
});
