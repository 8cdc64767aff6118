import { fc, test } from "@fast-check/vitest";
import { ProtocolError } from "@plyws/frame";
import { concat } from "@plyws/testkit";
import { expect } from "vitest";
import type { DeflateEngine } from "../src/index.ts";
import { areEqual, deflated, ENGINES, inflated, json, noise, reference } from "./support.ts";

const engines = fc.constantFrom(...ENGINES.map(([, engine]) => engine));

/** Messages that compress well, badly, and with one another. */
const messages = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.nat(3)).map(([size, seed]) => json(size, seed)),
    fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.nat(3)).map(([size, seed]) => noise(size, seed)),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 40_000 }))
      .map(([period, size]) => Uint8Array.from({ length: size }, (_, i) => period[i % period.length]!)),
  ),
  { minLength: 1, maxLength: 6 },
);

/** Positions in thousandths, where payloads are cut; the same one twice makes an empty piece. */
const cuts = fc.array(fc.nat(1000), { maxLength: 5 });

function pieces(payload: Uint8Array, at: readonly number[]): Uint8Array[] {
  const edges = [0, ...at.map((part) => Math.floor((part * payload.length) / 1000)), payload.length];
  const sorted = edges.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => payload.slice(sorted[index], end));
}

test.prop([engines, engines, fc.integer({ min: 9, max: 15 }), fc.boolean(), messages, cuts])(
  "what one engine deflates, any engine inflates, whatever the window, the context and the cuts",
  (from, to, windowBits, keepContext, sequence, at) => {
    const deflater = from.createDeflater({ windowBits, level: 3 });
    const inflater = to.createInflater({ windowBits });
    for (const message of sequence) {
      const payload = deflated(deflater, message, keepContext);
      expect(areEqual(inflated(inflater, ...pieces(payload, at)), message)).toBe(true);
      if (!keepContext) inflater.reset();
    }
    deflater.close();
    inflater.close();
  },
);

test.prop([engines, fc.integer({ min: 9, max: 15 }), messages])(
  "what is deflated without context is understood alone, by zlib with no larger window",
  (engine, windowBits, sequence) => {
    const deflater = engine.createDeflater({ windowBits, level: 3 });
    for (const message of sequence) {
      expect(areEqual(reference.inflate(deflated(deflater, message), windowBits), message)).toBe(true);
    }
    deflater.close();
  },
);

test.prop([engines, messages, cuts])("what zlib deflates is inflated", (engine, sequence, at) => {
  const inflater = engine.createInflater({ windowBits: 15 });
  for (const message of sequence) {
    expect(areEqual(inflated(inflater, ...pieces(reference.deflate(message), at)), message)).toBe(true);
    inflater.reset();
  }
  inflater.close();
});

/** Octets, cut somewhere, through an engine: what came out, or what was wrong. */
function outcome(engine: DeflateEngine, payload: Uint8Array, at: readonly number[]): Uint8Array | string {
  const inflater = engine.createInflater({ windowBits: 15 });
  try {
    return inflated(inflater, ...pieces(payload, at));
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  } finally {
    inflater.close();
  }
}

const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(messages, fc.uint8Array({ maxLength: 30 }), fc.nat(1000)).map(([[message], damage, where]) => {
    const payload = reference.deflate(message!);
    const at = Math.floor((where * payload.length) / 1000);
    return concat(payload.slice(0, at), damage, payload.slice(at + damage.length));
  }),
);

test.prop([garbage, cuts], { numRuns: 500 })(
  "damaged octets end the same way with every engine and every cut: other octets or the typed error",
  (payload, at) => {
    const results = ENGINES.flatMap(([, engine]) => [
      outcome(engine, payload, []),
      outcome(engine, payload, at),
    ]);
    for (const result of results) expect(result).toEqual(results[0]);
  },
);
