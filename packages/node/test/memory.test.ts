import { filled, integer, seededRandom } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { WebSocketEvents } from "../src/index.ts";
import { exclusive, giveBack, keepable } from "../src/memory.ts";
import { certificate } from "./support/certificate.ts";
import { openClient, startServer } from "./support/endpoints.ts";
import { binaryOf, summary } from "./support/payloads.ts";
import { until } from "./support/turns.ts";

const buffer = new Uint8Array(1000);

test.each([
  ["all of a buffer", buffer, true, true],
  ["a quarter of it", buffer.subarray(0, 250), true, false],
  ["less", buffer.subarray(1, 250), false, false],
])("%s may be kept, and has it for itself, as it is or as a copy", (_, octets, kept, alone) => {
  expect([keepable(octets) === octets, exclusive(octets) === octets]).toEqual([kept, alone]);
  expect([keepable(octets), exclusive(octets)]).toEqual([octets, octets]);
  expect(exclusive(octets).buffer.byteLength).toBe(octets.length);
});

test("small copies out of one read buffer share a block that grows with them, those of another do not", () => {
  const chunks = [filled(65_536, 1), filled(65_536, 2)];
  const blocks = chunks.map((chunk) =>
    Array.from({ length: 300 }, (_, i) => keepable(chunk.subarray(i * 100, i * 100 + 100))),
  );
  expect(blocks.map((copies) => Buffer.concat(copies))).toEqual(
    chunks.map((chunk) => Buffer.from(chunk.subarray(0, 30_000))),
  );
  const [ones, twos] = blocks.map((copies) => new Set(copies.map((copy) => copy.buffer)));
  expect([...ones!].filter((block) => twos!.has(block))).toEqual([]);
  expect([...ones!].map(({ byteLength }) => byteLength)).toEqual([1024, 4096, 16_384, 16_384]);
});

test.each([
  ["a small one, after none", 20, 1024],
  ["a larger one, after none", 1000, 4000],
  ["one of middling size", 4096, 16_384],
  ["a large one, alone", 4097, 4097],
])("%s keeps little alive", (_, size, alive) => {
  expect(keepable(filled(65_536, 1).subarray(1, 1 + size)).buffer.byteLength).toBe(alive);
});

const gives = "transfer" in ArrayBuffer.prototype;
if (!gives) console.info(`Skipped: Node ${process.versions.node} cannot give memory back`);

test.skipIf(!gives).each([
  ["a whole buffer", () => new Uint8Array(65_536), 0],
  ["a small one, which is not worth it", () => new Uint8Array(100), 100],
  ["a part of one, of which others may have the rest", () => new Uint8Array(65_536).subarray(1), 65_535],
  ["a part of the pool", () => Buffer.from("x".repeat(2000)), 2000],
])("gives back %s", (_, make, left) => {
  const octets = make();
  giveBack(octets);
  expect(octets.length).toBe(left);
});

/** Takes every second message whole and keeps it, and sends every other one back while it arrives. */
function keepAndRelay(kept: Uint8Array[]): WebSocketEvents {
  return {
    open: async (socket) => {
      for (;;) {
        const whole = await socket.receive();
        if (!(whole instanceof Uint8Array)) return;
        kept.push(whole);
        const stream = await socket.receiveStream();
        if (stream === null) return;
        await socket.sendStream(stream);
      }
    },
  };
}

describe.each([
  ["a socket", false],
  ["TLS", true],
])("over %s", (_, secure) => {
  test.each([1, 2, 3, 4])(
    "what is kept stays as it was while memory is given back (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const payloads = Array.from({ length: 120 }, () =>
        binaryOf(integer(random, 0, 2 ** integer(random, 0, 19))),
      );
      const kept: Uint8Array[] = [];
      const server = await startServer(keepAndRelay(kept), secure ? { tls: certificate } : {});
      const back: Uint8Array[] = [];
      const client = await openClient(
        server.url,
        { message: (_socket, data) => void back.push(Buffer.from(data)) },
        secure ? { tls: { ca: certificate.cert } } : {},
      );
      for (const payload of payloads) await client.sendAsync(payload);
      await until("all have come", () => kept.length + back.length === payloads.length);
      const odd = payloads.filter((__, i) => i % 2 === 0).map(summary);
      const even = payloads.filter((__, i) => i % 2 === 1).map(summary);
      expect([kept.map(summary), back.map(summary)]).toEqual([odd, even]);
    },
  );
});
