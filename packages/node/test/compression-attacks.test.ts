import { constants, deflateRawSync } from "node:zlib";
import { binary, concat, continuation, filled, frame, MASK, PING, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { CloseRecord } from "../src/index.ts";
import { deflated, deflating, deflatingPeer, RSV1 } from "./support/deflating.ts";
import { startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { settle, until } from "./support/turns.ts";

const plain = { mask: MASK };
const compressed = { mask: MASK, rsv: RSV1 };

const CORRUPT = Buffer.from("f248cdc9c9077777", "hex");

/** Refers to a message before it, which there was not. */
const REFERRING = deflateRawSync("the same again", {
  dictionary: Buffer.from("the same again"),
  finishFlush: constants.Z_SYNC_FLUSH,
}).subarray(0, -4);

const violations: [name: string, wire: Uint8Array, code: string, closeCode: number][] = [
  ["data that cannot be inflated", binary(CORRUPT, compressed), "invalid-deflate", 1007],
  ["a reserved kind of block", binary(Buffer.of(0x06), compressed), "invalid-deflate", 1007],
  ["a reference to before the beginning", binary(REFERRING, compressed), "invalid-deflate", 1007],
  [
    "a text that is no UTF-8 when inflated",
    text(deflated(Buffer.of(0x61, 0xff)), compressed),
    "invalid-utf8",
    1007,
  ],
  [
    "a text that ends inside a code point when inflated",
    text(deflated(Buffer.of(0xe2, 0x82)), compressed),
    "invalid-utf8",
    1007,
  ],
  ["RSV1 on a Ping", frame({ opcode: PING, ...compressed }), "reserved-bits", 1002],
  [
    "RSV1 on a continuation frame",
    concat(binary("", { ...compressed, fin: false }), continuation("", compressed)),
    "reserved-bits",
    1002,
  ],
  ["RSV2", binary("", { ...plain, rsv: 0b010 }), "reserved-bits", 1002],
  ["RSV1 and RSV3", binary("", { ...plain, rsv: RSV1 | 0b001 }), "reserved-bits", 1002],
  ["a bomb of 1000 to 1", binary(deflated(Buffer.alloc(50_000_000)), compressed), "message-too-big", 1009],
  [
    "a bomb in fragments",
    concat(
      ...[0, 1, 2, 3].map((n) => {
        const piece = deflated(Buffer.alloc(50_000_000)).subarray(
          n * 10_000,
          n === 3 ? undefined : (n + 1) * 10_000,
        );
        return n === 0
          ? binary(piece, { ...compressed, fin: false })
          : continuation(piece, { ...plain, fin: n === 3 });
      }),
    ),
    "message-too-big",
    1009,
  ],
];

describe.each([
  ["whole", false],
  ["octet by octet", true],
] as const)("what a peer may not send, %s", (_, slowly) => {
  const rows = violations.filter(([, wire]) => !slowly || wire.length < 100);
  test.each(rows)("%s", async (_name, wire, code, closeCode) => {
    const faults = watchProcess();
    const records: CloseRecord[] = [];
    const messages: unknown[] = [];
    const { peer } = await deflating({
      message: (_socket, data) => void messages.push(data),
      close: (_socket, record) => void records.push(record),
    });
    if (slowly) for (const octet of wire) peer.write(Uint8Array.of(octet));
    else peer.write(wire);
    peer.write(text("after", plain));
    peer.socket.end();
    await until("it has ended", () => records.length === 1);
    expect(messages).toEqual([]);
    expect(records).toMatchObject([{ sent: { code: closeCode }, error: { code } }]);
    // Nothing comes late, neither from zlib nor from the stream.
    await settle();
    expect(faults).toEqual([]);
  });
});

test("a bomb costs no more memory than the limit", async () => {
  const closed: CloseRecord[] = [];
  const server = await startServer(
    { message: () => {}, close: (_socket, record) => void closed.push(record) },
    { perMessageDeflate: true },
  );
  const bomb = binary(deflated(Buffer.alloc(200_000_000)), compressed);
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 1);
  for (let count = 0; count < 20; count++) {
    const { peer } = await deflatingPeer(server.url);
    peer.write(bomb);
    await peer.frames(1);
    highest = Math.max(highest, process.memoryUsage().rss);
    peer.socket.destroy();
  }
  clearInterval(watch);
  await until("all are gone", () => closed.length === 20);
  expect(closed.every(({ sent }) => sent?.code === 1009)).toBe(true);
  // Twenty of them would be 4 GB.
  expect(highest - before).toBeLessThan(150_000_000);
});

test("a bomb that is read in pieces is read as fast as it is taken", async () => {
  const size = 100_000_000;
  let most = 0;
  let total = 0;
  let done = false;
  const { peer } = await deflating({
    stream: async (_socket, message) => {
      for await (const piece of message) {
        most = Math.max(most, piece.length);
        total += piece.length;
        // Slow enough for everything to be there that would not wait.
        if (total % 50 === 0) await settle();
      }
      done = true;
    },
  });
  const before = process.memoryUsage();
  peer.write(binary(deflated(Buffer.alloc(size)), compressed));
  await until("half of it is read", () => total > size / 2);
  const during = process.memoryUsage();
  await until("it is read", () => done);
  expect(total).toBe(size);
  expect(most).toBeLessThanOrEqual(65_536);
  expect(during.arrayBuffers - before.arrayBuffers).toBeLessThan(size / 2);
});

test("messages cut at every octet, of every kind of block", async () => {
  const received: string[] = [];
  const server = await startServer(
    { message: (_socket, data) => void received.push(String(data)) },
    { perMessageDeflate: true },
  );
  const stored = Buffer.of(0x00, 0x05, 0x00, 0xfa, 0xff, ...Buffer.from("Hello"), 0x00);
  // RFC 7692 sections 7.2.3.1, 7.2.3.4 and 7.2.3.5; a stored block; an empty stored block inside.
  const payloads = [
    "f248cdc9c90700",
    "f348cdc9c9070000",
    "f24805000000ffffcac9c90700",
    stored.toString("hex"),
  ];
  for (const hex of payloads) {
    const wire = text(Buffer.from(hex, "hex"), compressed);
    for (let at = 1; at < wire.length; at++) {
      const { peer } = await deflatingPeer(server.url);
      const due = received.length + 1;
      peer.write(wire.slice(0, at));
      await new Promise(setImmediate);
      peer.write(wire.slice(at));
      await until(`${hex} cut at ${at}`, () => received.length === due);
      peer.socket.destroy();
    }
  }
  expect(new Set(received)).toEqual(new Set(["Hello"]));
});

test("flipped bits lead to the close codes of the rules, or to other data, and to nothing else", async () => {
  const faults = watchProcess();
  const records: CloseRecord[] = [];
  const server = await startServer(
    { message: () => {}, close: (_socket, record) => void records.push(record) },
    { perMessageDeflate: true },
  );
  const payload = deflated(filled(40, 0x61).join(","));
  for (let bit = 0; bit < payload.length * 8; bit++) {
    const flipped = Buffer.from(payload);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const { peer } = await deflatingPeer(server.url);
    peer.write(binary(flipped, compressed));
    peer.socket.end();
  }
  await until("all have ended", () => records.length === payload.length * 8);
  const codes = new Set(records.map(({ sent, code }) => sent?.code ?? code));
  expect([...codes].every((code) => [1006, 1007, 1009].includes(code))).toBe(true);
  expect(codes.has(1007)).toBe(true);
  await settle();
  expect(faults).toEqual([]);
});
