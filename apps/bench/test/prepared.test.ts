import { inflateRawSync } from "node:zlib";
import { decodeFrame, Opcode } from "@plyws/frame";
import { describe, expect, test } from "vitest";
import type { MessagePlan } from "../src/plans.ts";
import { message } from "../src/scenarios.ts";
import { encodeMessage, makePayload } from "../src/wire/frames.ts";
import { PreparedMessages } from "../src/wire/prepared.ts";

/** The frames in some octets, by the package that knows them. */
function framesOf(octets: Buffer): { fin: boolean; rsv: number; opcode: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at < octets.length; ) {
    const decoded = decodeFrame(octets, at, 20_000_000);
    if (decoded === null) throw new Error("A frame is not whole");
    frames.push({ ...decoded.frame, payload: Buffer.from(decoded.frame.payload) });
    at += decoded.size;
  }
  return frames;
}

describe.each<[string, MessagePlan]>([
  ["short texts", message(20, { text: true })],
  ["nothing", message(0)],
  ["medium", message(1024)],
  ["large", message(70_000)],
])("%s", (_, plan) => {
  test("come in order, whatever is taken at a time, and again from the first", () => {
    const prepared = new PreparedMessages(plan, 5);
    const { payloads } = prepared;
    expect(payloads.every(({ length }) => length === plan.size)).toBe(true);
    for (const next of [0, 1, payloads.length - 1, payloads.length, 3 * payloads.length + 2]) {
      const frames = framesOf(prepared.take(next, 5));
      const due = Array.from({ length: 5 }, (__, index) => payloads[(next + index) % payloads.length]!);
      expect(frames.map((frame) => frame.payload.equals(due.shift() ?? Buffer.alloc(0)))).toEqual(
        Array(5).fill(true),
      );
      expect(
        frames.every(({ fin, opcode }) => fin && opcode === (plan.text ? Opcode.Text : Opcode.Binary)),
      ).toBe(true);
    }
  });
});

test("messages differ, so that a wrong order shows", () => {
  const { payloads } = new PreparedMessages(message(20), 1);
  expect(payloads.length).toBe(32);
  expect(new Set(payloads.map((payload) => payload.toString("hex"))).size).toBe(32);
});

test("few large ones are enough", () => {
  expect(new PreparedMessages(message(16_777_216), 1).payloads).toHaveLength(1);
});

test("every message is masked with a key of its own", () => {
  const octets = new PreparedMessages(message(20), 2).take(0, 2);
  expect(octets[1]! & 0x80).toBe(0x80);
  expect(octets.subarray(2, 6)).not.toEqual(octets.subarray(28, 32));
});

test("compressed messages can be inflated each for itself", () => {
  const plan = message(1024, { text: true, compressed: true });
  const prepared = new PreparedMessages(plan, 3);
  for (const [index, { rsv, payload }] of framesOf(prepared.take(31, 3)).entries()) {
    expect(rsv).toBe(0x40);
    expect(payload.length).toBeLessThan(700);
    const inflated = inflateRawSync(Buffer.concat([payload, Buffer.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00)]));
    expect(inflated).toEqual(prepared.payloads[(31 + index) % 32]);
    expect(inflated).toHaveLength(1024);
  }
});

test.each([1, 2, 7, 1024])("a message of %d fragments", (fragments) => {
  const plan = message(1024, { fragments });
  const payload = makePayload(plan, 3);
  const frames = framesOf(encodeMessage(plan, payload));
  expect(frames.map(({ opcode }) => opcode)).toEqual([Opcode.Binary, ...Array(fragments - 1).fill(0)]);
  expect(frames.map(({ fin }) => fin)).toEqual([...Array(fragments - 1).fill(false), true]);
  expect(Buffer.concat(frames.map((frame) => frame.payload))).toEqual(payload);
});
