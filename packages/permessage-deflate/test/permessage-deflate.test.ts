import { constants, inflateRawSync } from "node:zlib";
import { concat, filled, hex, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { ClientDeflate, type DeflateEngine, type PermessageDeflate, ServerDeflate } from "../src/index.ts";
import { agreed, areEqual, counting, decoded, ENGINES, json, noise } from "./support.ts";

const KEPT = { serverNoContextTakeover: false, clientNoContextTakeover: false };

const encoded = (transform: PermessageDeflate, message: Uint8Array): Uint8Array | undefined =>
  transform.encodeMessage(message)?.slice();

/** A client whose server asked for a window of 8 bits. */
function agreeOnEight(engine: DeflateEngine): PermessageDeflate {
  const client = new ClientDeflate({ engine, serverNoContextTakeover: false });
  const params = [["client_max_window_bits", "8"]] as const;
  return client.agree({ name: "permessage-deflate", params })!;
}

describe.each(ENGINES)("with %s", (_, engine) => {
  test("RSV1 marks compressed messages", () => {
    expect(agreed(engine).client.rsv).toBe(0x40);
  });

  describe("what suits", () => {
    test.each([
      [undefined, 255, false],
      [undefined, 256, true],
      [0, 0, true],
      [1000, 999, false],
      [1000, 1000, true],
      [Number.POSITIVE_INFINITY, 1e9, false],
    ])("with threshold %s: %i octets: %s", (threshold, size, suits) => {
      const { client, server } = agreed(engine, { threshold });
      expect(client.suits(size)).toBe(suits);
      expect(server.suits(size)).toBe(suits);
    });
  });

  describe("a whole message", () => {
    test("is sent as it is when it would not become smaller and no context depends on it", () => {
      const { client } = agreed(engine);
      for (const message of [new Uint8Array(0), octets("x"), noise(1000), noise(100_000)]) {
        expect(client.encodeMessage(message)).toBeNull();
      }
      expect(encoded(client, json(1000))?.length).toBeLessThan(700);
    });

    test("is sent compressed in any case once it is part of a context", () => {
      const { client, server } = agreed(engine, KEPT);
      const message = noise(1000);
      const first = encoded(client, message)!;
      expect(first.length).toBeGreaterThan(message.length);
      const second = encoded(client, message)!;
      expect(second.length).toBeLessThan(50);
      for (const payload of [first, second]) expect(areEqual(decoded(server, payload), message)).toBe(true);
      expect(client.encodeMessage(new Uint8Array(0))).toBeNull();
    });

    test("may be decoded between messages that were not compressed, with and without a context", () => {
      for (const options of [{}, KEPT]) {
        const { client, server } = agreed(engine, options);
        for (const message of [json(500), json(500, 2), json(500)]) {
          expect(areEqual(decoded(server, encoded(client, message)!), message)).toBe(true);
        }
      }
    });
  });

  describe("a message in pieces", () => {
    test.each([
      ["without a context", {}],
      ["with a context", KEPT],
    ])("%s may begin, go on and end with nothing, and others follow it", (__, options) => {
      const { client, server } = agreed(engine, options);
      const nothing = new Uint8Array(0);
      const sequences = [
        [nothing, octets("a"), nothing, octets("b"), nothing],
        [octets("a"), octets("b")],
        [nothing, nothing, octets("ab")],
        [json(300), json(300), json(300)],
        [noise(70_000), nothing],
      ];
      for (const pieces of [...sequences, ...sequences]) {
        const fragments = pieces.map((piece, i) =>
          client.encodePiece(piece, i === pieces.length - 1).slice(),
        );
        expect(areEqual(decoded(server, ...fragments), concat(...pieces))).toBe(true);
        const whole = encoded(client, json(400))!;
        expect(areEqual(decoded(server, whole), json(400))).toBe(true);
      }
    });

    test("refers to its own beginning even where no context is kept", () => {
      const { client } = agreed(engine);
      const [first, second] = [
        client.encodePiece(json(1000), false).length,
        client.encodePiece(json(1000), true).length,
      ];
      expect(second).toBeLessThan(first / 4);
    });

    test("of one connection does not meet those of others that share their contexts", () => {
      const client = new ClientDeflate({ engine });
      const server = new ServerDeflate({ engine });
      const connect = () => {
        const { transform, extension } = server.accept(client.offers)!;
        return { from: transform, to: client.agree(extension)!, parts: [] as Uint8Array[] };
      };
      const pairs = Array.from({ length: 7 }, connect);
      const bystander = connect();
      for (let piece = 0; piece < 4; piece++) {
        for (const [index, { from, to, parts }] of pairs.entries()) {
          to.decodePiece(from.encodePiece(json(500, index), piece === 3).slice(), piece === 3);
          while (to.pending) parts.push(to.read().slice());
          const whole = encoded(bystander.from, json(600))!;
          expect(areEqual(decoded(bystander.to, whole), json(600))).toBe(true);
        }
      }
      for (const [index, { parts }] of pairs.entries()) {
        const message = json(500, index);
        expect(areEqual(concat(...parts), concat(message, message, message, message))).toBe(true);
      }
    });
  });

  describe("the shared form", () => {
    test("is the same object for connections that compress alike", () => {
      const server = new ServerDeflate({ engine });
      const accept = (...params: [string, string | true][]) =>
        server.accept([{ name: "permessage-deflate", params }])!.transform;
      const [plain, again, small] = [accept(), accept(), accept(["server_max_window_bits", "10"])];
      expect(plain.sharedForm).not.toBeNull();
      expect(plain.sharedForm).toBe(again.sharedForm);
      expect(small.sharedForm).not.toBe(plain.sharedForm);
      const message = json(5000);
      expect(encoded(plain, message)).toEqual(encoded(again, message));
    });

    test("is none with a context, and is another one for another level or engine", () => {
      expect(agreed(engine, KEPT).server.sharedForm).toBeNull();
      expect(agreed(engine, { serverNoContextTakeover: false }).server.sharedForm).toBeNull();
      expect(agreed(engine, { serverNoContextTakeover: false }).client.sharedForm).not.toBeNull();
      const { sharedForm } = agreed(engine).server;
      expect(agreed(engine).server.sharedForm).toBe(sharedForm);
      expect(agreed(engine, { level: 9 }).server.sharedForm).not.toBe(sharedForm);
      expect(agreed(counting(engine).engine).server.sharedForm).not.toBe(sharedForm);
    });
  });

  describe("a window of 8 bits, which a server asks for and the engine cannot keep to", () => {
    test("has messages sent as they are", () => {
      const client = agreeOnEight(engine);
      expect(client.parameters.clientMaxWindowBits).toBe(8);
      expect(client.suits(100_000)).toBe(false);
      expect(client.encodeMessage(json(1000))).toBeNull();
    });

    test("has messages in pieces sent in blocks without compression, which any inflater understands", () => {
      const client = agreeOnEight(engine);
      for (const size of [1, 65_534, 65_535, 65_536, 200_000]) {
        const fragments = [
          client.encodePiece(json(size), false).slice(),
          client.encodePiece(octets("end"), true).slice(),
        ];
        const inflater = engine.createInflater({ windowBits: 8 });
        inflater.write(concat(...fragments), true);
        const parts: Uint8Array[] = [];
        while (inflater.pending) parts.push(inflater.read().slice());
        expect(areEqual(concat(...parts), concat(json(size), octets("end")))).toBe(true);
        inflater.close();
      }
      client.dispose();
    });

    test("has the messages of the server compressed all the same", () => {
      expect(decoded(agreeOnEight(engine), hex("F2 48 CD C9 C9 07 00"))).toEqual(octets("Hello"));
    });
  });

  describe("disposing", () => {
    const message = json(2000);
    const payload = filled(100_000, 1);
    /** What a connection may be in the middle of. */
    const MOMENTS: readonly (readonly [
      string,
      (ends: { client: PermessageDeflate; server: PermessageDeflate }) => void,
    ])[] = [
      ["before anything", () => {}],
      ["after messages", ({ client, server }) => void decoded(server, encoded(client, message)!)],
      ["in the middle of a message that is sent", ({ client }) => void client.encodePiece(message, false)],
      [
        "in the middle of a message that is received",
        ({ client, server }) => {
          server.decodePiece(encoded(client, message)!.subarray(0, 10), false);
          while (server.pending) server.read();
        },
      ],
      [
        "while there is something to read",
        ({ client, server }) => {
          server.decodePiece(encoded(client, payload)!, true);
          server.read();
          expect(server.pending).toBe(true);
        },
      ],
      [
        "after a fault",
        ({ server }) => {
          server.decodePiece(hex("07"), true);
          expect(() => server.read()).toThrow("invalid block type");
        },
      ],
    ];

    describe.each([
      ["without a context", {}, 2],
      ["with a context", KEPT, 0],
    ])("%s", (__, options, shared) => {
      test.each(MOMENTS)("%s lets go of everything, once and again", (___, get) => {
        const { engine: counted, open } = counting(engine);
        const ends = agreed(counted, options);
        get(ends);
        for (let time = 0; time < 2; time++) {
          ends.client.dispose();
          ends.server.dispose();
          expect(ends.server.pending).toBe(false);
          expect(ends.server.read()).toHaveLength(0);
        }
        expect(open()).toBeLessThanOrEqual(shared);
        // What is shared is as good as new for others.
        const next = agreed(counted, options);
        expect(areEqual(decoded(next.server, encoded(next.client, message)!), message)).toBe(true);
      });
    });

    test("gives what is shared back clean, and few of them are kept", () => {
      const { engine: counted, open } = counting(engine);
      const client = new ClientDeflate({ engine: counted });
      const server = new ServerDeflate({ engine: counted });
      const pairs = Array.from({ length: 20 }, () => {
        const { transform, extension } = server.accept(client.offers)!;
        return { server: transform, client: client.agree(extension)! };
      });
      expect(open()).toBe(0);
      for (const pair of pairs) {
        pair.server.decodePiece(pair.client.encodePiece(message, false).slice(), false);
        pair.server.read();
      }
      expect(open()).toBe(40);
      for (const pair of pairs) for (const end of [pair.server, pair.client]) end.dispose();
      expect(open()).toBe(8);
      // What others get now refers to nothing that was before: a new inflater knows it all.
      const next = encoded(client.agree(server.accept(client.offers)!.extension)!, message)!;
      const whole = concat(next, Uint8Array.of(0, 0, 0xff, 0xff));
      expect(areEqual(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }), message)).toBe(true);
    });

    test("an idle connection holds nothing, and whole messages of many need one context each way", () => {
      const { engine: counted, open } = counting(engine);
      const client = new ClientDeflate({ engine: counted });
      const server = new ServerDeflate({ engine: counted });
      for (let connection = 0; connection < 50; connection++) {
        const { transform, extension } = server.accept(client.offers)!;
        decoded(transform, encoded(client.agree(extension)!, message)!);
      }
      expect(open()).toBe(2);
    });
  });
});
