import * as zlib from "node:zlib";
import { octets } from "@plyws/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DeflateEngine, Inflater } from "../src/index.ts";
import { chooseEngine, handleEngine } from "../src/node/engine.ts";
import { zlibEngine } from "../src/node/index.ts";
import { portableEngine } from "../src/portable/index.ts";
import { areEqual, deflated, inflated, json } from "./support.ts";

test("the engine of this Node runs over handles, and is always the same", () => {
  expect(zlibEngine()).toBe(zlibEngine());
  expect(zlibEngine()).not.toBe(portableEngine());
  expect(chooseEngine(zlibEngine())).toBe(zlibEngine());
});

const broken = (): never => {
  throw new TypeError("handle.writeSync is not a function");
};

describe("engines over handles that are not what they were are not used", () => {
  const good = handleEngine();
  const changed = (change: Partial<DeflateEngine>): DeflateEngine => ({ ...good, ...change });
  const inflaters = (change: (inflater: Inflater) => Partial<Inflater>): DeflateEngine =>
    changed({
      createInflater: (options) => {
        const inflater = good.createInflater(options);
        return {
          get pending() {
            return inflater.pending;
          },
          write: (piece, last) => inflater.write(piece, last),
          read: () => inflater.read(),
          reset: () => inflater.reset(),
          close: () => inflater.close(),
          ...change(inflater),
        };
      },
    });
  test.each<[string, DeflateEngine]>([
    ["cannot be created", changed({ createDeflater: broken })],
    ["cannot inflate", inflaters(() => ({ read: broken }))],
    ["inflate to nothing", inflaters(() => ({ pending: false }))],
    ["do not forget a fault", inflaters(() => ({ reset: () => {} }))],
    [
      "do not report a fault",
      inflaters((inflater) => ({
        read: () => {
          try {
            return inflater.read();
          } catch {
            inflater.reset();
            return octets("");
          }
        },
      })),
    ],
    [
      "keep no context",
      changed({
        createDeflater: (options) => {
          const deflater = good.createDeflater(options);
          return {
            deflate: (message) => deflater.deflate(message, false),
            reset: () => deflater.reset(),
            close: () => deflater.close(),
          };
        },
      }),
    ],
    [
      "keep a context that they should forget",
      changed({
        createDeflater: (options) => {
          const deflater = good.createDeflater(options);
          return {
            deflate: (message) => deflater.deflate(message, true),
            reset: () => deflater.reset(),
            close: () => deflater.close(),
          };
        },
      }),
    ],
  ])("when they %s", (_, engine) => {
    expect(chooseEngine(engine)).toBe(portableEngine());
  });
});

type Change = (stream: object) => void;

function changing<Options>(create: (options?: Options) => object, change: Change) {
  return (options?: Options): object => {
    const stream = create(options);
    change(stream);
    return stream;
  };
}

describe("a Node", () => {
  afterEach(() => {
    vi.doUnmock("node:zlib");
    vi.resetModules();
  });

  /** The engine of a Node whose streams are changed before anybody sees them. */
  async function engineOf(change: Change): Promise<{ engine: DeflateEngine; portable: DeflateEngine }> {
    vi.resetModules();
    vi.doMock("node:zlib", () => ({
      ...zlib,
      createDeflateRaw: changing(zlib.createDeflateRaw, change),
      createInflateRaw: changing(zlib.createInflateRaw, change),
    }));
    const node = await import("../src/node/index.ts");
    const portable = await import("../src/portable/index.ts");
    return { engine: node.zlibEngine(), portable: portable.portableEngine() };
  }

  test.each<[string, Change]>([
    ["without handles", (stream) => void Reflect.set(stream, "_handle", undefined)],
    ["with handles of another shape", (stream) => void Reflect.set(stream, "_handle", { write() {} })],
    [
      "without the numbers that handles write",
      (stream) => void Reflect.set(stream, "_writeState", undefined),
    ],
    ["with more of those numbers", (stream) => void Reflect.set(stream, "_writeState", new Uint32Array(3))],
  ])("%s has the portable engine, and messages go round", async (_, change) => {
    const { engine, portable } = await engineOf(change);
    expect(engine).toBe(portable);
    const deflater = engine.createDeflater({ windowBits: 15, level: 3 });
    const inflater = engine.createInflater({ windowBits: 15 });
    for (let time = 0; time < 2; time++) {
      expect(areEqual(inflated(inflater, deflated(deflater, json(1000), true)), json(1000))).toBe(true);
    }
  });

  test("as it is has the other one", async () => {
    const { engine, portable } = await engineOf(() => {});
    expect(engine).not.toBe(portable);
  });
});
