import { applyMask } from "@plyws/frame";
import { filled, integer, seededRandom } from "@plyws/testkit";
import { expect, test, vi } from "vitest";
import { applyMaskFast } from "../src/mask.ts";

const KEY = 0x9d31_07e5 | 0;

/** Octets that all differ from their neighbours, so that a shift by one cannot hide. */
function payload(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + (i >>> 8)) & 0xff);
}

/** The lengths of payloads that begin at `start` and are not masked as the plain function does it. */
function differing(
  plain: Uint8Array,
  start: number,
  lengths: Iterable<number>,
  fast = applyMaskFast,
): number[] {
  const found: number[] = [];
  for (const length of lengths) {
    const [one, other] = [plain.slice(), plain.slice()];
    const keys = [one, other].map(
      (octets, i) => (i === 0 ? fast : applyMask)(octets, start, start + length, KEY) | 0,
    );
    if (Buffer.compare(one, other) !== 0 || keys[0] !== keys[1]) found.push(length);
  }
  return found;
}

function* range(from: number, to: number): Generator<number> {
  for (let number = from; number <= to; number++) yield number;
}

test.each(Array.from({ length: 8 }, (_, i) => i))(
  "does what the plain function does at every length, from octet %i on, and touches nothing else",
  (start) => {
    const plain = payload(1400);
    expect(differing(plain, start, range(0, 1300))).toEqual([]);
  },
);

test("at every length around the size of its memory, and beyond", () => {
  const plain = payload(200_000);
  for (const size of [65_536, 131_072]) expect(differing(plain, 3, range(size - 70, size + 70))).toEqual([]);
});

test("piece by piece, each with the key that the one before returned", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 50; round++) {
    const plain = payload(integer(random, 5000, 100_000));
    const expected = plain.slice();
    applyMask(expected, 0, expected.length, KEY);
    let key = KEY;
    for (let at = 0; at < plain.length; ) {
      const end = Math.min(plain.length, at + integer(random, 1, 5000));
      key = applyMaskFast(plain, at, end, key);
      at = end;
    }
    expect(Buffer.compare(plain, expected)).toBe(0);
  }
});

test("refuses what is not within the octets given, and changes nothing", () => {
  const octets = filled(2000, 1);
  expect(() => applyMaskFast(octets, 1, 2001, KEY)).toThrow(RangeError);
  expect(() => applyMaskFast(octets, -1, 1999, KEY)).toThrow(RangeError);
  expect(octets).toEqual(filled(2000, 1));
});

test("where there is no WebAssembly the plain function does it", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  vi.resetModules();
  const { applyMaskFast: plainly } = await import("../src/mask.ts");
  vi.unstubAllGlobals();
  expect(differing(payload(5000), 5, [4994], plainly)).toEqual([]);
});
