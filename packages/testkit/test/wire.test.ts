import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { concat, EventRecorder, hex, octets, oneOctet, randomChunks, Wire } from "../src/index.ts";

/** Collects what arrives at both ends, in the order of the steps. */
function watched(wire: Wire): string[] {
  const seen: string[] = [];
  for (const name of ["a", "b"] as const) {
    wire[name].onData = (chunk) => seen.push(`${name} ${new TextDecoder().decode(chunk)}`);
    wire[name].onEnd = () => seen.push(`${name} end`);
  }
  return seen;
}

describe("Wire", () => {
  test("delivers nothing by itself, then one chunk a step, the directions by turns", () => {
    const wire = new Wire(() => 2);
    const seen = watched(wire);
    wire.a.send(octets("1234"));
    wire.b.send(octets("xyz"));
    wire.a.end();
    expect(seen).toEqual([]);
    expect(wire.step()).toBe(true);
    expect(seen).toEqual(["b 12"]);
    wire.run();
    expect(seen).toEqual(["b 12", "a xy", "b 34", "a z", "b end"]);
    expect(wire.step()).toBe(false);
  });

  test("joins what was sent before the step", () => {
    const wire = new Wire();
    const seen = watched(wire);
    wire.b.send(octets("one"));
    wire.b.send(octets("two"));
    wire.run();
    expect(seen).toEqual(["a onetwo"]);
  });

  test("copies what is sent", () => {
    const wire = new Wire();
    const seen = watched(wire);
    const sent = octets("kept");
    wire.a.send(sent);
    sent.fill(0);
    wire.run();
    expect(seen).toEqual(["b kept"]);
  });

  test("lets nobody send after the end", () => {
    const wire = new Wire();
    wire.a.end();
    expect(() => wire.a.send(octets("late"))).toThrow("after the end");
    wire.b.send(octets("the way back is open"));
  });

  test("stops ends that answer each other for ever", () => {
    const wire = new Wire();
    wire.a.onData = (chunk) => wire.a.send(chunk);
    wire.b.onData = (chunk) => wire.b.send(chunk);
    wire.a.send(hex("00"));
    expect(() => wire.run(50)).toThrow("after 50 steps");
  });

  test.prop([fc.array(fc.uint8Array({ maxLength: 40 })), fc.option(fc.integer())])(
    "keeps the octets and their order",
    (parts, seed) => {
      const wire = new Wire(seed === null ? oneOctet : randomChunks(seed));
      const received: Uint8Array[] = [];
      wire.b.onData = (chunk) => received.push(chunk);
      for (const part of parts) wire.a.send(part);
      wire.run();
      expect(concat(...received)).toEqual(concat(...parts));
    },
  );
});

test("EventRecorder keeps copies, in order, until they are taken", () => {
  const recorder = new EventRecorder();
  const payload = hex("01 02");
  recorder.text("a");
  recorder.binary(payload);
  recorder.ping(payload);
  recorder.pong(payload);
  payload.fill(0);
  recorder.closed(1000, "bye", true);
  const expected = [
    { type: "text", data: "a" },
    { type: "binary", data: hex("01 02") },
    { type: "ping", data: hex("01 02") },
    { type: "pong", data: hex("01 02") },
    { type: "closed", code: 1000, reason: "bye", clean: true },
  ];
  expect(recorder.events).toEqual(expected);
  expect(recorder.take()).toEqual(expected);
  expect(recorder.take()).toEqual([]);
});
