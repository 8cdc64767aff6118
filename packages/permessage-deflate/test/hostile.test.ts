import { ProtocolError } from "@plyws/frame";
import { concat, everyCut, filled, hex, octets } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Inflater } from "../src/index.ts";
import { agreed, areEqual, deflated, ENGINES, inflated, json, noise, reference, turns } from "./support.ts";

/** What would have ended a process during the test: it has to stay empty. */
function watchProcess(): readonly unknown[] {
  const faults: unknown[] = [];
  const note = (fault: unknown): void => {
    faults.push(fault);
  };
  process.on("uncaughtException", note).on("unhandledRejection", note);
  onTestFinished(() => {
    process.off("uncaughtException", note).off("unhandledRejection", note);
  });
  return faults;
}

/** The octets, or the fault that is to be expected of damaged ones. Anything else fails the test. */
function outcome(inflater: Inflater, ...pieces: readonly Uint8Array[]): Uint8Array | ProtocolError {
  try {
    return inflated(inflater, ...pieces);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "invalid-deflate") return error;
    throw error;
  }
}

const SMALL = octets("Hello, hello, hello! Ἐν ἀρχῇ ἦν ὁ λόγος, and hello again.");
const STORED = concat(hex("00 05 00 FA FF"), octets("Hello"), hex("00"));

/** Blocks of every type: fixed codes, own codes, none; and after which octets they may end before their end. */
const PAYLOADS: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
  ["fixed codes", reference.deflate(SMALL), []],
  ["codes of its own", reference.deflate(json(1500)), []],
  ["no compression", STORED, [1]],
  ["several blocks", hex("F2 48 05 00 00 00 FF FF CA C9 C9 07 00"), [4]],
  ["BFINAL", hex("F3 48 CD C9 C9 07 00 00"), [7]],
];

describe.each(ENGINES)("with %s", (_, engine) => {
  describe.each(PAYLOADS)("a message of %s", (__, payload, ends) => {
    test("with any bit flipped ends in the typed error or in other octets, and in nothing later", async () => {
      const faults = watchProcess();
      const inflater = engine.createInflater({ windowBits: 15 });
      const whole = inflated(inflater, payload);
      let errors = 0;
      for (let bit = 0; bit < payload.length * 8; bit++) {
        const damaged = payload.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        inflater.reset();
        if (outcome(inflater, damaged) instanceof ProtocolError) errors++;
        // It is as good as new.
        inflater.reset();
        expect(areEqual(inflated(inflater, payload), whole)).toBe(true);
      }
      expect(errors).toBeGreaterThan(0);
      inflater.close();
      await turns();
      expect(faults).toEqual([]);
    });

    test("that ends at any earlier octet ends in the typed error, unless a block ends there", async () => {
      const faults = watchProcess();
      const inflater = engine.createInflater({ windowBits: 15 });
      const whole = inflated(inflater, payload);
      const complete: number[] = [];
      for (const [part] of everyCut(payload)) {
        inflater.reset();
        const result = outcome(inflater, part);
        if (result instanceof ProtocolError) continue;
        // The rare part that is a message of its own: then it is one for zlib, too, and the beginning of the whole.
        expect(areEqual(reference.inflate(part), result)).toBe(true);
        expect(areEqual(whole.subarray(0, result.length), result)).toBe(true);
        complete.push(part.length);
      }
      expect(complete).toEqual(ends);
      inflater.close();
      await turns();
      expect(faults).toEqual([]);
    });

    test("with octets after its end ends in the typed error or in more octets", async () => {
      const faults = watchProcess();
      const inflater = engine.createInflater({ windowBits: 15 });
      for (let octet = 0; octet < 256; octet++) {
        inflater.reset();
        outcome(inflater, concat(payload, Uint8Array.of(octet)));
      }
      inflater.close();
      await turns();
      expect(faults).toEqual([]);
    });
  });

  test("a message that ends in the middle does not reach into the next one", () => {
    const inflater = engine.createInflater({ windowBits: 15 });
    expect(() => inflated(inflater, hex("F2 48"))).toThrow(
      "ends in the middle of a block (RFC 7692 section 7.2.2)",
    );
    // A stored block that announces more than there is would swallow the next message.
    inflater.reset();
    expect(() => inflated(inflater, hex("00 FF 00 00 FF 48"))).toThrow(ProtocolError);
    inflater.reset();
    expect(() => inflated(inflater, new Uint8Array(0))).toThrow(ProtocolError);
    inflater.close();
  });

  test.each([
    ["a reserved type of block", "07"],
    ["a stored block whose lengths differ", "00 05 00 FA FE 48 65 6C 6C 6F 00"],
    ["a distance beyond the beginning", "F2 00 11 00 00"],
    ["too many codes", "FD FF FF FF FF FF FF FF"],
  ])("%s is found in the first read, and again after a reset", (__, payload) => {
    const inflater = engine.createInflater({ windowBits: 15 });
    for (let time = 0; time < 3; time++) {
      inflater.write(hex(payload), true);
      expect(() => inflater.read()).toThrow(ProtocolError);
      inflater.reset();
      expect(inflater.pending).toBe(false);
    }
    expect(inflated(inflater, hex("F2 48 CD C9 C9 07 00"))).toEqual(octets("Hello"));
    inflater.close();
  });

  test("references beyond a smaller window are found", () => {
    const deflater = engine.createDeflater({ windowBits: 15, level: 9 });
    const inflater = engine.createInflater({ windowBits: 9 });
    inflated(inflater, deflated(deflater, noise(300), true));
    inflated(inflater, deflated(deflater, noise(5000, 2), true));
    const payload = deflated(deflater, noise(300), true);
    expect(payload.length).toBeLessThan(20);
    expect(() => inflated(inflater, payload)).toThrow("too far back");
    deflater.close();
    inflater.close();
  });

  describe("a bomb of 1000:1", () => {
    const SIZE = 32 * 1024 * 1024;
    const bomb = (() => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 9 });
      const payload = deflated(deflater, filled(SIZE, 0), true);
      // A second one that consists of references to the first.
      const through = deflated(deflater, filled(SIZE, 0), true);
      deflater.close();
      return { payload, through };
    })();

    test("is one", () => {
      expect(bomb.payload.length).toBeLessThan(SIZE / 950);
      expect(bomb.through.length).toBeLessThan(SIZE / 950);
    });

    test("takes no more memory than what is read of it, whole, in pieces and through the context", async () => {
      const faults = watchProcess();
      const options = { clientNoContextTakeover: false, serverNoContextTakeover: false };
      const { server } = agreed(engine, options);
      for (const payload of [bomb.payload, bomb.through]) {
        const before = process.memoryUsage().arrayBuffers;
        server.decodePiece(payload.slice(0, 1000), false);
        let most = 0;
        while (server.pending) most = Math.max(most, server.read().length);
        server.decodePiece(payload.slice(1000), true);
        let total = 0;
        // The limit of a connection ends it here; the test reads a part, to see that nothing was made ahead.
        for (let reads = 0; reads < 20; reads++) {
          const { length } = server.read();
          most = Math.max(most, length);
          total += length;
        }
        expect(most).toBeLessThanOrEqual(65_536);
        expect(total).toBeGreaterThan(20 * 60_000);
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
        while (server.pending) server.read();
      }
      server.dispose();
      await turns();
      expect(faults).toEqual([]);
    });

    test("followed by damage, given up after some of it, leaves nothing behind", async () => {
      const faults = watchProcess();
      const { server } = agreed(engine);
      server.decodePiece(concat(bomb.payload, hex("07 07 07 07")), true);
      for (let reads = 0; reads < 5; reads++) server.read();
      server.dispose();
      expect(server.pending).toBe(false);
      expect(server.read()).toHaveLength(0);
      await turns(10);
      expect(faults).toEqual([]);
    });

    test("inside a bomb is octets like any others", () => {
      const deflater = engine.createDeflater({ windowBits: 15, level: 9 });
      const nested = deflated(deflater, bomb.payload);
      const inflater = engine.createInflater({ windowBits: 15 });
      expect(areEqual(inflated(inflater, nested), bomb.payload)).toBe(true);
      deflater.close();
      inflater.close();
    });
  });

  test("as many streams as octets, each ended by BFINAL, are read one at a time", () => {
    const inflater = engine.createInflater({ windowBits: 15 });
    const count = 2000;
    inflater.write(concat(...Array.from({ length: count }, () => hex("03 00")), hex("00")), true);
    let reads = 0;
    while (inflater.pending && reads <= 2 * count) {
      expect(inflater.read()).toHaveLength(0);
      reads++;
    }
    expect(inflater.pending).toBe(false);
    inflater.close();
  });
});
