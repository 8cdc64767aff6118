import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { DeflateEngine } from "../src/index.ts";
import { agreed, deflated, ENGINES, type Ends, inflated, json, turns } from "./support.ts";

const MIB = 1024 * 1024;
const KEPT = { serverNoContextTakeover: false, clientNoContextTakeover: false };
const MESSAGE = json(40_000);

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Where the memory of contexts shows: zlib's is no JavaScript's. */
const MEASURES = ["rss", "arrayBuffers"] as const;

async function memory(measure: (typeof MEASURES)[number]): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await turns(1);
    gc();
  }
  return process.memoryUsage()[measure];
}

/** A hundred connections that keep contexts on both sides, with full windows: about 25 MiB. */
function connections(engine: DeflateEngine): Ends[] {
  return Array.from({ length: 100 }, () => {
    const ends = agreed(engine, KEPT);
    ends.server.decodePiece(ends.client.encodeMessage(MESSAGE)!.slice(), true);
    while (ends.server.pending) ends.server.read();
    return ends;
  });
}

/** By how much memory grows from the third round to the last one. */
async function growth(measure: (typeof MEASURES)[number], round: () => void): Promise<number> {
  for (let count = 0; count < 3; count++) round();
  const before = await memory(measure);
  for (let count = 0; count < 8; count++) {
    round();
    await turns(1);
  }
  return (await memory(measure)) - before;
}

const ROWS = ENGINES.map(([name, engine], index) => [name, engine, MEASURES[index]!] as const);

describe.each(ROWS)("with %s", { timeout: 60_000 }, (_, engine, measure) => {
  test("connections that stay take memory, which is seen", async () => {
    const open: Ends[] = [];
    const grown = await growth(measure, () => void open.push(...connections(engine)));
    expect(grown).toBeGreaterThan(100 * MIB);
    for (const { client, server } of open) for (const end of [client, server]) end.dispose();
  });

  test("connections that are disposed of leave none behind", async () => {
    const grown = await growth(measure, () => {
      for (const { client, server } of connections(engine)) for (const end of [client, server]) end.dispose();
    });
    expect(grown).toBeLessThan(25 * MIB);
  });

  test("connections that are forgotten leave none behind once they are collected", async () => {
    const grown = await growth(measure, () => {
      connections(engine);
      gc();
    });
    expect(grown).toBeLessThan(50 * MIB);
  });

  test("contexts are forgotten in the middle of messages and after faults without harm", async () => {
    for (let count = 0; count < 100; count++) {
      const inflater = engine.createInflater({ windowBits: 15 });
      inflater.write(Uint8Array.of(0xf2, 0x48), false);
      inflater.read();
      const faulty = engine.createInflater({ windowBits: 15 });
      expect(() => inflated(faulty, Uint8Array.of(0x07))).toThrow("invalid block type");
      deflated(engine.createDeflater({ windowBits: 15, level: 3 }), MESSAGE, true);
    }
    await memory(measure);
    const inflater = engine.createInflater({ windowBits: 15 });
    const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
    expect(inflated(inflater, deflated(deflater, MESSAGE))).toHaveLength(MESSAGE.length);
  });
});
