import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explain, violationsOf } from "../src/explain/explain.ts";
import { readFile } from "../src/input/read.ts";

// Made by scripts/capture.mjs: tcpdump on the loopback interface, while plyws and ws talked to each other.
const file = readFileSync(new URL("fixtures/loopback.pcap", import.meta.url));
const found = readFile("loopback.pcap", file);
const directions = found.ok ? found.directions : [];

const LONG = "again and again ".repeat(40);
const byPlyws = ["Hello from plyws 你好", "\0\u0001\ufffd\ufffd", LONG, LONG];
const byWs = ["Hello from ws 你好", "\0\u0001\ufffd\ufffd", LONG, LONG, "in two fragments"];

describe("a capture of tcpdump", () => {
  test("holds both directions of eight connections", () => {
    expect(found).toMatchObject({ ok: true, notes: [] });
    expect(directions.map(({ context }) => context.from)).toEqual(
      Array.from({ length: 8 }, () => ["client", "server"]).flat(),
    );
    expect(directions.every(({ opened, notes }) => opened && notes.length === 0)).toBe(true);
  });

  const rows = directions.map(
    (direction, index) => [index, direction.label.slice(0, -1), direction] as const,
  );
  test.each(rows)("direction %i, %s", (index, _, { octets, context }) => {
    const explanation = explain(octets, context);
    expect(violationsOf(explanation)).toEqual([]);
    expect(explanation.rest).toBeNull();
    expect(explanation.frames.every(({ header }) => header.masked === (context.from === "client"))).toBe(
      true,
    );

    // Connections come in pairs, by plyws and by ws; of both one without compression and then one with it.
    const connection = index >> 1;
    const isWs = connection % 2 === 1;
    const texts = explanation.messages.map(({ content }) => new TextDecoder().decode(content ?? undefined));
    expect(texts).toEqual(isWs ? byWs : byPlyws);
    const compresses = connection % 4 >= 2;
    expect(context.compression !== null).toBe(compresses);
    expect(explanation.messages.some(({ compressed }) => compressed)).toBe(compresses);
    // Whoever answers a Close frame repeats the code, and the reason or not.
    const said = context.from === "client" ? [isWs ? "enough" : "bye"] : [isWs ? "enough" : "bye", ""];
    const closing = explanation.frames.at(-1)?.closing;
    expect(closing?.code).toBe(isWs ? 4000 : 1000);
    expect(said).toContain(closing?.reason);
  });

  test("has messages that refer to those before", () => {
    const taken = directions.filter(({ context }) => context.compression?.noContextTakeover === false);
    expect(taken.length).toBeGreaterThan(0);
    for (const { octets, context } of taken) {
      const [first, second] = explain(octets, context).messages.filter(({ size }) => size === LONG.length);
      expect(second?.payloadSize).toBeLessThan(first?.payloadSize ?? 0);
    }
  });
});
