import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { prepare } from "../src/index.ts";
import { MessageQueue } from "../src/reconnect/queue.ts";

const MANY = { maxMessages: 1_000_000, maxOctets: 2 ** 30 };

function drain(queue: MessageQueue): unknown[] {
  const messages: unknown[] = [];
  for (let message = queue.peek(); message !== null; message = queue.peek()) {
    messages.push(message);
    queue.shift();
  }
  return messages;
}

describe("the limits", () => {
  test("of messages, also of empty ones", () => {
    const queue = new MessageQueue({ maxMessages: 2, maxOctets: 100 });
    expect(["", "", ""].map((text) => queue.push(text))).toEqual([true, true, false]);
    queue.shift();
    expect(queue.push("again")).toBe(true);
    expect(drain(queue)).toEqual(["", "again"]);
  });

  test("of octets, which are those of UTF-8", () => {
    const queue = new MessageQueue({ maxMessages: 100, maxOctets: 6 });
    expect(["€", "€€", "é", "aa", "a", ""].map((text) => queue.push(text))).toEqual([
      true,
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(drain(queue)).toEqual(["€", "é", "a", ""]);
    expect(queue.push(new Uint8Array(7))).toBe(false);
    expect(queue.push(new Uint8Array(6))).toBe(true);
  });

  test("of nothing at all", () => {
    expect(new MessageQueue({ maxMessages: 0, maxOctets: 100 }).push("")).toBe(false);
    expect(new MessageQueue({ maxMessages: 1, maxOctets: 0 }).push("")).toBe(true);
  });
});

describe("what it holds", () => {
  test("is the message at the time of the call, of every kind", () => {
    const queue = new MessageQueue(MANY);
    const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
    const shared = new SharedArrayBuffer(2);
    const prepared = prepare("ready");
    const given = ["text", new Uint8Array(buffer, 1, 2), new DataView(buffer, 3), buffer, shared, prepared];
    for (const data of given) expect(queue.push(data)).toBe(true);
    new Uint8Array(buffer).fill(9);
    new Uint8Array(shared).fill(9);
    expect(drain(queue)).toEqual([
      "text",
      Uint8Array.of(2, 3),
      Uint8Array.of(4),
      Uint8Array.of(1, 2, 3, 4),
      Uint8Array.of(0, 0),
      prepared,
    ]);
  });

  test.each([null, undefined, 7, {}, [1, 2], Symbol("no")])("is never %o", (data) => {
    const queue = new MessageQueue(MANY);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    expect(() => queue.push(data as string)).toThrow(TypeError);
    expect(queue.length).toBe(0);
  });

  test("is gone after clear, and its room is free", () => {
    const queue = new MessageQueue({ maxMessages: 3, maxOctets: 3 });
    for (const text of ["a", "b", "c"]) queue.push(text);
    queue.shift();
    queue.clear();
    queue.shift();
    expect([queue.length, queue.peek()]).toEqual([0, null]);
    expect(["x", "yz"].map((text) => queue.push(text))).toEqual([true, true]);
  });
});

const step = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 4, unit: "grapheme" }) },
  { weight: 2, arbitrary: fc.constant(null) },
);

test.prop([fc.array(step, { maxLength: 200 }), fc.nat(10), fc.nat(30)])(
  "it behaves as an array that is measured again every time",
  (steps, maxMessages, maxOctets) => {
    const queue = new MessageQueue({ maxMessages, maxOctets });
    const model: string[] = [];
    for (const text of steps) {
      if (text === null) {
        expect(queue.peek()).toBe(model.shift() ?? null);
        queue.shift();
      } else {
        const fits = model.length < maxMessages && Buffer.byteLength(model.join("") + text) <= maxOctets;
        expect(queue.push(text)).toBe(fits);
        if (fits) model.push(text);
      }
      expect(queue.length).toBe(model.length);
    }
    expect(drain(queue)).toEqual(model);
  },
);

/** How long it takes to fill and to empty a queue, in milliseconds. */
function timeOf(count: number): number {
  const start = performance.now();
  const queue = new MessageQueue(MANY);
  for (let i = 0; i < count; i++) queue.push("x");
  while (queue.length > 0) queue.shift();
  return performance.now() - start;
}

test("its time is linear in the number of messages", { timeout: 60_000 }, () => {
  timeOf(50_000);
  const few = Math.min(timeOf(50_000), timeOf(50_000), timeOf(50_000));
  const many = Math.min(timeOf(400_000), timeOf(400_000), timeOf(400_000));
  // 8 times as many; 64 times as long if it were quadratic.
  expect(many).toBeLessThan(Math.max(few, 5) * 32);
});
