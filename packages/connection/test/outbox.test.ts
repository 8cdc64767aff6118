import { fc, test } from "@fast-check/vitest";
import { concat, filled, hex, octets } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { OctetQueue } from "../src/index.ts";

function write(queue: OctetQueue, data: Uint8Array, spare = 0): void {
  const at = queue.reserve(data.length + spare);
  expect(queue.bytes.length - at).toBeGreaterThanOrEqual(data.length + spare);
  queue.bytes.set(data, at);
  queue.commit(data.length);
}

describe("OctetQueue", () => {
  test("hands out what was written, once", () => {
    const queue = new OctetQueue();
    expect(queue.take()).toEqual([]);
    write(queue, hex("01 02"), 100);
    write(queue, hex("03"));
    expect(queue.take()).toEqual([hex("01 02 03")]);
    expect(queue.take()).toEqual([]);
  });

  test("hands out attached payloads by reference and in their place", () => {
    const queue = new OctetQueue();
    const attached = octets("attached");
    write(queue, hex("01"));
    queue.attach(attached);
    write(queue, hex("02"));
    const taken = queue.take();
    expect(taken).toEqual([hex("01"), attached, hex("02")]);
    expect(taken[1]).toBe(attached);
  });

  test("what is reserved and not committed is not sent", () => {
    const queue = new OctetQueue();
    queue.reserve(500);
    queue.reserve(10);
    queue.commit(0);
    expect(queue.take()).toEqual([]);
  });

  test("remembers the end, and may be told again", () => {
    const queue = new OctetQueue();
    expect(queue.ended).toBe(false);
    write(queue, hex("01"));
    queue.end();
    queue.end();
    expect(queue.ended).toBe(true);
    expect(queue.take()).toEqual([hex("01")]);
    expect(queue.ended).toBe(true);
  });

  const step = fc.oneof(
    fc.record({ size: fc.nat({ max: 40 }), spare: fc.nat({ max: 40 }) }),
    fc.record({ size: fc.nat({ max: 3000 }), spare: fc.nat({ max: 3000 }) }),
    fc.constantFrom("attach", "take"),
  );

  test.prop([fc.array(step, { maxLength: 40 })])(
    "keeps all octets, in order, and never touches what it gave",
    (steps) => {
      const queue = new OctetQueue();
      const expected: Uint8Array[] = [];
      const taken: { octets: Uint8Array; copy: Uint8Array }[] = [];
      const take = () => taken.push(...queue.take().map((part) => ({ octets: part, copy: part.slice() })));
      steps.forEach((action, index) => {
        const data = filled(typeof action === "object" ? action.size : 5, index + 1);
        if (action === "take") take();
        else {
          expected.push(data);
          if (action === "attach") queue.attach(data);
          else if (typeof action === "object") write(queue, data, action.spare);
        }
      });
      take();
      expect(concat(...taken.map((part) => part.octets))).toEqual(concat(...expected));
      expect(taken.every(({ octets: part, copy }) => Buffer.compare(part, copy) === 0)).toBe(true);
    },
  );
});
