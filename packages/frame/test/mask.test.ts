import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fc, test } from "@fast-check/vitest";
import { concat, filled, integer, MASK, masked, seededRandom } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { applyMask } from "../src/index.ts";
import { detach, keyOf } from "./support.ts";

const KEY = keyOf(MASK);

/** Octets that all differ from their neighbours, so that a shift by one cannot hide. */
function payload(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + (i >>> 8)) & 0xff);
}

/** The key for the octet after `length` octets: RFC 6455 section 5.3 starts again every four. */
function turned(mask: Uint8Array, length: number): Uint8Array {
  return mask.map((_, i) => mask[(i + length) % 4]!);
}

/** As `toEqual`, without the cost of its report when there is nothing to report. */
function expectOctets(found: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(found, expected) !== 0) expect(Array.from(found)).toEqual(Array.from(expected));
}

const alignments = Array.from({ length: 8 }, (_, i) => i);
const MARGIN = 8;

describe.each(alignments)("a view at octet %i of its buffer", (alignment) => {
  test("every length from 0 to 300 gives what the slow reference gives, and touches nothing else", () => {
    for (let length = 0; length <= 300; length++) {
      const plain = payload(length);
      const memory = filled(alignment + length + 2 * MARGIN, 0xaa);
      memory.set(plain, alignment + MARGIN);
      const view = memory.subarray(alignment, alignment + length + 2 * MARGIN);
      const next = applyMask(view, MARGIN, MARGIN + length, KEY);
      expectOctets(view, concat(filled(MARGIN, 0xaa), masked(plain, MASK), filled(MARGIN, 0xaa)));
      expectOctets(memory.subarray(0, alignment), filled(alignment, 0xaa));
      expect(next).toBe(keyOf(turned(MASK, length)));
    }
  });

  test("every cut in two goes on with the key that was returned", () => {
    const plain = payload(150);
    const whole = masked(plain, MASK);
    for (let cut = 0; cut <= plain.length; cut++) {
      const memory = concat(filled(alignment, 0), plain);
      const view = memory.subarray(alignment);
      const between = applyMask(view, 0, cut, KEY);
      const next = applyMask(view, cut, view.length, between);
      expectOctets(view, whole);
      expect(next).toBe(keyOf(turned(MASK, plain.length)));
    }
  });
});

test("many pieces, each in memory of its own", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 300; round++) {
    const plain = payload(integer(random, 0, 1000));
    const pieces: Uint8Array[] = [];
    let key = KEY;
    for (let at = 0; at < plain.length; ) {
      const size = integer(random, 0, integer(random, 1, 200));
      const piece = concat(filled(integer(random, 0, 7), 0), plain.slice(at, at + size));
      const start = piece.length - plain.slice(at, at + size).length;
      key = applyMask(piece, start, piece.length, key);
      pieces.push(piece.slice(start));
      at += size;
    }
    expectOctets(concat(...pieces), masked(plain, MASK));
    expect(key).toBe(keyOf(turned(MASK, plain.length)));
  }
});

describe("kinds of memory", () => {
  const kinds: [name: string, make: (size: number) => ArrayBufferLike][] = [
    ["an ArrayBuffer", (size) => new ArrayBuffer(size)],
    ["a SharedArrayBuffer", (size) => new SharedArrayBuffer(size)],
    ["a resizable ArrayBuffer", (size) => resizable(size, 2 * size)],
    ["a growable SharedArrayBuffer", growable],
  ];
  // Around the largest buffer whose view is kept, and with a last word that is not whole.
  const sizes = [300, 301, 65_535, 65_536, 65_537, 70_003];

  test.each(kinds.flatMap(([name, make]) => sizes.map((size) => [name, size, make] as const)))(
    "%s of %i octets",
    (_, size, make) => {
      for (const start of [0, 1, 2, 3]) {
        const view = new Uint8Array(make(size));
        view.set(payload(size));
        applyMask(view, start, size, KEY);
        const expected = payload(size);
        expected.set(masked(expected.slice(start), MASK), start);
        expectOctets(view, expected);
      }
    },
  );

  test("a Buffer of Node's pool leaves its neighbours alone", () => {
    const [before, view, after] = [1, 2, 3].map((octet) => Buffer.allocUnsafe(101).fill(octet));
    applyMask(view!, 0, 101, KEY);
    expectOctets(view!, masked(filled(101, 2), MASK));
    expectOctets(concat(before!, after!), concat(filled(101, 1), filled(101, 3)));
  });

  test("a buffer that grew after its first use", () => {
    const buffer = resizable(100, 1000);
    applyMask(new Uint8Array(buffer), 0, 100, KEY);
    buffer.resize(1000);
    const view = new Uint8Array(buffer);
    view.set(payload(1000));
    applyMask(view, 0, 1000, KEY);
    expectOctets(view, masked(payload(1000), MASK));
  });

  test("a buffer that shrank after its first use", () => {
    const buffer = resizable(1000, 1000);
    applyMask(new Uint8Array(buffer), 0, 1000, KEY);
    buffer.resize(200);
    const view = new Uint8Array(buffer);
    view.set(payload(200));
    applyMask(view, 0, 200, KEY);
    expectOctets(view, masked(payload(200), MASK));
    expect(() => applyMask(view, 0, 1000, KEY)).toThrow(RangeError);
  });

  test("two buffers in turn", () => {
    const views = [filled(200, 1), filled(300, 2)];
    for (let round = 0; round < 3; round++) for (const view of views) applyMask(view, 0, view.length, KEY);
    expectOctets(views[0]!, masked(filled(200, 1), MASK));
    expectOctets(views[1]!, masked(filled(300, 2), MASK));
  });

  test("a buffer of more than 64 KiB is not kept alive", async () => {
    const collected = new WeakRef(maskedBuffer(65_537));
    // A WeakRef holds its target until the end of the turn in which it was made.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(collected.deref()).toBeUndefined();
  });

  test("a detached buffer has no octets", () => {
    const view = new Uint8Array(100);
    applyMask(view, 0, 100, KEY);
    detach(view);
    expect(() => applyMask(view, 0, 100, KEY)).toThrow(RangeError);
    expect(applyMask(view, 0, 0, KEY)).toBe(KEY);
  });

  for (const bits of [31, 32]) {
    test(`positions around 2^${bits}`, ({ skip }) => {
      const edge = 2 ** bits;
      // The pages that are not touched take no memory.
      const memory = allocate(edge + 1000);
      if (memory === null) {
        skip("this machine gives no such buffer");
        return;
      }
      for (const view of [memory, memory.subarray(edge - 301)]) {
        const start = view === memory ? edge - 101 : 200;
        view.set(payload(200), start);
        expect(applyMask(view, start, start + 200, KEY)).toBe(KEY);
        const around = view.slice(start - 4, start + 204);
        expectOctets(around, concat(filled(4, 0), masked(payload(200), MASK), filled(4, 0)));
        expectOctets(memory.slice(0, 400), filled(400, 0));
      }
    });
  }
});

function maskedBuffer(size: number): ArrayBuffer {
  const view = new Uint8Array(size);
  applyMask(view, 0, size, KEY);
  return view.buffer;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

// In Node 20, not yet in the library of ECMAScript 2023.
function resizable(size: number, maxByteLength: number): ArrayBuffer & { resize(size: number): void } {
  return Reflect.construct(ArrayBuffer, [size, { maxByteLength }]);
}

function growable(size: number): SharedArrayBuffer {
  return Reflect.construct(SharedArrayBuffer, [size, { maxByteLength: 2 * size }]);
}

function allocate(size: number): Uint8Array | null {
  try {
    return new Uint8Array(size);
  } catch {
    return null;
  }
}

describe("a range that is not within the octets is refused, and nothing is changed", () => {
  test.each([
    ["beyond the end, few octets", 0, 101],
    ["beyond the end, many octets", 10, 200],
    ["before the start", -1, 10],
    ["start above end", 5, 3],
    ["start and end beyond the end", 101, 101],
    ["start is no number", Number.NaN, 10],
    ["end is no number", 0, Number.NaN],
    ["no end", 0, Number.POSITIVE_INFINITY],
  ])("%s", (_, start, end) => {
    const memory = payload(400);
    const view = memory.subarray(100, 200);
    expect(() => applyMask(view, start, end, KEY)).toThrow(RangeError);
    expectOctets(memory, payload(400));
  });
});

const octets = fc.uint8Array({ minLength: 4, maxLength: 4 });

test.prop([fc.uint8Array({ maxLength: 400 }), octets, fc.nat({ max: 7 })], { numRuns: 500 })(
  "any key: masking is the reference's, and masking again undoes it",
  (plain, mask, alignment) => {
    const memory = concat(filled(alignment, 0), plain);
    const view = memory.subarray(alignment);
    applyMask(view, 0, view.length, keyOf(mask));
    expectOctets(view, masked(Uint8Array.from(plain), mask));
    applyMask(view, 0, view.length, keyOf(mask));
    expectOctets(view, plain);
  },
);

test("an unsigned key masks like its signed twin", () => {
  const mask = Uint8Array.of(1, 2, 3, 0xff);
  for (const length of [3, 100]) {
    const view = payload(length);
    const next = applyMask(view, 0, length, 0xff030201);
    expectOctets(view, masked(payload(length), mask));
    expect(next | 0).toBe(keyOf(turned(mask, length)));
  }
});
