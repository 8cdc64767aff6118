import { fc, test } from "@fast-check/vitest";
import { chopped, concat, filled, octets } from "@plyws/testkit";
import { expect } from "vitest";
import { PayloadBuffer } from "../src/payload-buffer.ts";

const KIB = 1024;

/** Sizes around the edges of the blocks, and whatever else. */
const sizes = fc.oneof(
  fc.constantFrom(0, 1, 2, KIB - 1, KIB, KIB + 1, 4 * KIB, 16 * KIB, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1),
  fc.nat({ max: 200 * KIB }),
  fc.nat({ max: 50 }),
);

/** Pieces in buffers that are an eighth larger at most: such may be kept. */
function padded(piece: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(Math.floor((piece.length * 8) / 7));
  buffer.set(piece, buffer.length - piece.length);
  return buffer.subarray(buffer.length - piece.length);
}

test.prop(
  [
    fc.array(fc.record({ size: sizes, owned: fc.boolean() }), { minLength: 1, maxLength: 8 }),
    fc.constantFrom(7, 500, 20_000, 65_536, 1_000_000),
  ],
  { numRuns: 200 },
)("keeps the octets, in order, within its bounds", (frames, pieceSize) => {
  const buffer = new PayloadBuffer();
  const parts: Uint8Array[] = [];
  let arrived = 0;
  frames.forEach(({ size, owned }, index) => {
    const last = index === frames.length - 1;
    const payload = filled(size, index + 1);
    parts.push(payload);
    let rest = size;
    for (const piece of chopped(payload, pieceSize)) {
      buffer.append(owned ? padded(piece) : piece, rest, last, owned);
      rest -= piece.length;
      arrived += piece.length;
      if (buffer.size !== arrived) expect.fail(`${buffer.size} of ${arrived} octets`);
      const share = frames.some((frame) => frame.owned) ? arrived / 7 : 0;
      const bound = Math.max(arrived + share + 64 * KIB, last ? Math.min(4 * arrived, arrived + rest) : 0);
      if (buffer.retainedSize > bound) expect.fail(`retains ${buffer.retainedSize} for ${arrived} octets`);
    }
  });
  const payload = buffer.take();
  expect(Buffer.compare(payload, concat(...parts))).toBe(0);
  expect([payload.byteOffset, payload.buffer.byteLength]).toEqual([0, payload.length]);
  expect([buffer.size, buffer.retainedSize]).toEqual([0, 0]);
});

test.each([
  { title: "an announced length alone", piece: 1, rest: 2 ** 53 - 1, last: true, retained: 4 },
  { title: "a short first piece", piece: 10, rest: 1 << 20, last: true, retained: 40 },
  { title: "a whole last frame", piece: 5000, rest: 5000, last: true, retained: 5000 },
  { title: "a small fragment", piece: 1, rest: 1, last: false, retained: KIB },
  { title: "a fragment of middling size", piece: 5000, rest: 5000, last: false, retained: 5000 },
  { title: "a fragment larger than a block", piece: 65_537, rest: 65_537, last: false, retained: 128 * KIB },
])("$title retains $retained octets", ({ piece, rest, last, retained }) => {
  const buffer = new PayloadBuffer();
  buffer.append(filled(piece, 1), rest, last, false);
  expect(buffer.retainedSize).toBe(retained);
});

test.each([
  { title: "fills its buffer", size: 16_384, bufferSize: 16_384, kept: true },
  { title: "fills seven eighths of its buffer", size: 57_344, bufferSize: 65_536, kept: true },
  { title: "fills a little less", size: 57_343, bufferSize: 65_536, kept: false },
  { title: "is small", size: 16_383, bufferSize: 16_383, kept: false },
])("a piece that is given away and $title is kept: $kept", ({ size, bufferSize, kept }) => {
  const buffer = new PayloadBuffer();
  const piece = new Uint8Array(bufferSize).subarray(0, size);
  buffer.append(piece, 100_000, false, true);
  // Only what is kept sees this.
  piece.fill(1);
  buffer.append(filled(1, 9), 1, false, false);
  expect(buffer.size).toBe(size + 1);
  expect(buffer.take()).toEqual(concat(filled(size, kept ? 1 : 0), filled(1, 9)));
});

test("keeps nothing of what it is not given, and gives away what it hands out", () => {
  const buffer = new PayloadBuffer();
  const piece = filled(70_000, 0x61);
  buffer.append(piece, 70_000, true, false);
  piece.fill(0);
  const taken = buffer.take();
  expect(taken).toEqual(filled(70_000, 0x61));
  buffer.append(octets("xyz"), 3, true, false);
  expect(taken).toEqual(filled(70_000, 0x61));
});

test("hands out a kept piece in memory of its own size", () => {
  const buffer = new PayloadBuffer();
  buffer.append(new Uint8Array(65_536).subarray(0, 60_000), 60_000, false, true);
  expect(buffer.retainedSize).toBe(65_536);
  expect(buffer.take().buffer.byteLength).toBe(60_000);
});

test("copies a piece that is given away to its place when the size of the message is known", () => {
  const buffer = new PayloadBuffer();
  buffer.append(filled(65_536, 1), 100_000, true, true);
  expect(buffer.retainedSize).toBe(100_000);
});

test("hands out nothing of the memory that it gets but what it has written", () => {
  const asked: number[] = [];
  const buffer = new PayloadBuffer((size) => {
    asked.push(size);
    return filled(size, 0xee);
  });
  buffer.append(filled(1000, 1), 5000, true, false);
  buffer.append(filled(4000, 1), 4000, true, false);
  expect(buffer.take()).toEqual(filled(5000, 1));
  buffer.append(filled(1000, 2), 5000, true, false);
  buffer.append(filled(10, 2), 4000, true, false);
  expect(buffer.take()).toEqual(filled(1010, 2));
  expect(asked).toEqual([4000, 5000, 4000, 1010]);
});

test("lets go of everything when it is cleared", () => {
  const buffer = new PayloadBuffer();
  buffer.append(filled(200_000, 1), 200_000, false, false);
  buffer.append(filled(200_000, 1), 200_000, false, true);
  buffer.clear();
  expect([buffer.size, buffer.retainedSize]).toEqual([0, 0]);
  expect(buffer.take()).toEqual(octets(""));
});
