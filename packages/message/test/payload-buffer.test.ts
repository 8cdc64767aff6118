import { fc, test } from "@fast-check/vitest";
import { chopped, concat, filled, octets } from "@plyws/testkit";
import { expect } from "vitest";
import { PayloadBuffer } from "../src/payload-buffer.ts";

const KIB = 1024;

/** Sizes around the edges of the blocks, and whatever else. */
const sizes = fc.oneof(
  fc.constantFrom(0, 1, 2, KIB - 1, KIB, KIB + 1, 4 * KIB, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1),
  fc.nat({ max: 200 * KIB }),
  fc.nat({ max: 50 }),
);

test.prop([fc.array(sizes, { minLength: 1, maxLength: 8 }), fc.constantFrom(7, 500, 65_536, 1_000_000)], {
  numRuns: 200,
})("keeps the octets, in order, within its bounds", (frames, pieceSize) => {
  const buffer = new PayloadBuffer();
  const parts: Uint8Array[] = [];
  let arrived = 0;
  frames.forEach((size, index) => {
    const last = index === frames.length - 1;
    const payload = filled(size, index + 1);
    parts.push(payload);
    let rest = size;
    for (const piece of chopped(payload, pieceSize)) {
      buffer.append(piece, rest, last);
      rest -= piece.length;
      arrived += piece.length;
      if (buffer.size !== arrived) expect.fail(`${buffer.size} of ${arrived} octets`);
      const bound = Math.max(arrived + 64 * KIB, last ? Math.min(4 * arrived, arrived + rest) : 0);
      if (buffer.retainedSize > bound) expect.fail(`retains ${buffer.retainedSize} for ${arrived} octets`);
    }
  });
  const payload = buffer.take();
  expect(Buffer.compare(payload, concat(...parts))).toBe(0);
  expect([payload.byteOffset, payload.buffer.byteLength]).toEqual([0, payload.length]);
  expect([buffer.size, buffer.retainedSize]).toEqual([0, 0]);
});

test.each([
  { title: "an announced length alone", piece: 1, rest: 2 ** 53 - 1, last: true, retained: 1 },
  { title: "a short first piece", piece: 10, rest: 1 << 20, last: true, retained: 10 },
  { title: "a whole last frame", piece: 5000, rest: 5000, last: true, retained: 5000 },
  { title: "a small fragment", piece: 1, rest: 1, last: false, retained: KIB },
  { title: "a fragment of middling size", piece: 5000, rest: 5000, last: false, retained: 5000 },
  { title: "a fragment larger than a block", piece: 65_537, rest: 65_537, last: false, retained: 128 * KIB },
])("$title retains $retained octets", ({ piece, rest, last, retained }) => {
  const buffer = new PayloadBuffer();
  buffer.append(filled(piece, 1), rest, last);
  expect(buffer.retainedSize).toBe(retained);
});

test("keeps nothing of what it is given, and gives away what it hands out", () => {
  const buffer = new PayloadBuffer();
  const piece = octets("abc");
  buffer.append(piece, 3, true);
  piece.fill(0);
  const taken = buffer.take();
  expect(taken).toEqual(octets("abc"));
  buffer.append(octets("xyz"), 3, true);
  expect(taken).toEqual(octets("abc"));
});

test("lets go of everything when it is cleared", () => {
  const buffer = new PayloadBuffer();
  buffer.append(filled(200_000, 1), 200_000, false);
  buffer.clear();
  expect([buffer.size, buffer.retainedSize]).toEqual([0, 0]);
  expect(buffer.take()).toEqual(octets(""));
});
