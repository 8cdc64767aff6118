import { EventEmitter, once } from "node:events";
import { duplexPair, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { BINARY, binary, CONTINUATION, PING, PONG, ping, TEXT, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import { defer } from "../src/deferred.ts";
import type { MessageSource } from "../src/index.ts";
import { resolveLimits } from "../src/options.ts";
import { certificate } from "./support/certificate.ts";
import { connected } from "./support/connected.ts";
import { collector, DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf, cut, summary, textOf } from "./support/payloads.ts";
import { masked } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const octets = binaryOf(2_000_000);
const pieces = cut(octets, 37);

async function* generator(): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await delay(0);
    yield piece;
  }
}

/** One buffer for all pieces, as one reads files. */
async function* reusing(): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(60_000);
  for (const piece of pieces) {
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0);
  }
}

const SOURCES: readonly [string, () => MessageSource][] = [
  ["an array", () => pieces],
  ["an iterator", () => pieces.values()],
  ["a generator", generator],
  ["a generator that uses one buffer", reusing],
  ["a Node stream", () => Readable.from(pieces, { objectMode: false })],
  ["a web stream", () => Readable.toWeb(Readable.from(pieces)) as ReadableStream<Uint8Array>],
  ["one large piece", () => [octets]],
];

describe.each(SOURCES)("a message from %s", (_, source) => {
  test("of a server", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...DROP, ...events });
    const client = await openClient(server.url);
    const sent = (await next()).sendStream(source());
    expect(summary((await client.receive()) ?? "")).toEqual(summary(octets));
    expect(["sent", "buffered"]).toContain(await sent);
  });

  test("of a client, over TLS", async () => {
    const server = await startServer(ECHO, { tls: certificate, maxMessageSize: 10_000_000 });
    const client = await openClient(server.url, {}, { tls: { ca: certificate.cert } });
    void client.sendStream(source());
    client.send("after");
    expect(summary((await client.receive()) ?? "")).toEqual(summary(octets));
    expect(await client.receive()).toBe("after");
  });
});

test("over a stream that is no socket", async () => {
  const opening = {
    head: Buffer.alloc(0),
    limits: resolveLimits({ maxMessageSize: 10_000_000 }),
    trace: null,
    place: null,
    url: "",
    subprotocol: "",
    extension: null,
    extensions: "",
    remoteAddress: "",
    data: undefined,
    request: null,
    begin: 0,
  };
  const [ours, theirs] = duplexPair();
  const server = openConnection({ ...opening, stream: ours, role: "server", events: ECHO });
  const client = openConnection({ ...opening, stream: theirs, role: "client", events: {} });
  void client.sendStream(reusing());
  for (let i = 0; i < 100; i++) client.send(`${i}`);
  expect(summary((await client.receive()) ?? "")).toEqual(summary(octets));
  for (let i = 0; i < 100; i++) expect(await client.receive()).toBe(`${i}`);
  client.close();
  expect(await server.closed).toMatchObject({ clean: true });
});

describe("a text in pieces", () => {
  const whole = textOf(50_000);
  test.each<[string, MessageSource, string]>([
    ["cut in the middle of surrogate pairs", whole.split(""), whole],
    ["of octets cut anywhere", cut(Buffer.from(whole), 999), whole],
    ["of strings and octets", ["a\ud83d", "\ude00", Buffer.from("é"), "z"], "a😀éz"],
    [
      "with lone surrogates before octets and at the end",
      ["a\ud83d", Buffer.from("b"), "c\ud83d"],
      "a\ufffdbc\ufffd",
    ],
    ["empty", [], ""],
    ["with empty pieces", ["", Buffer.alloc(0), "x", ""], "x"],
  ])("%s", async (_, source, expected) => {
    const { events, next } = collector();
    const server = await startServer({ ...DROP, ...events });
    const client = await openClient(server.url);
    void (await next()).sendStream(source, "text");
    expect(await client.receive()).toBe(expected);
  });
});

describe("what is sent meanwhile", () => {
  test("follows, in order, as it was at the call; a second stream too", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...DROP, ...events });
    const client = await openClient(server.url);
    const socket = await next();
    const octetsOf = Buffer.from("before the change");
    const first = socket.sendStream(generator());
    expect(socket.send("a")).toBe("buffered");
    expect(socket.send(octetsOf)).toBe("buffered");
    octetsOf.fill(0);
    const second = socket.sendStream(["b", "c"], "text");
    const later = socket.sendAsync("d");
    const third = socket.sendStream([], "text");
    expect(socket.bufferedAmount).toBeGreaterThan(18);
    expect(summary((await client.receive()) ?? "")).toEqual(summary(octets));
    const rest = [];
    for (let i = 0; i < 5; i++) rest.push(String(Buffer.from((await client.receive()) ?? "null")));
    expect(rest).toEqual(["a", "before the change", "bc", "d", ""]);
    expect(await Promise.all([first, second, later, third])).not.toContain("closed");
    await socket.drained();
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.send("now")).toBe("sent");
  });

  test("counts for the cap, with what it costs to keep it", async () => {
    const { socket } = await connected(DROP, { maxBufferedAmount: 100_000, overflow: "drop" });
    void socket.sendStream(new ReadableStream());
    let held = 0;
    while (socket.send("x") === "buffered") held++;
    expect(held).toBeGreaterThan(100);
    expect(held).toBeLessThan(2000);
    expect(socket.state).toBe("open");
  });

  test("Pings are answered and sent between the fragments", async () => {
    const { socket, peer } = await connected(DROP);
    const gate = new EventEmitter();
    const sending = socket.sendStream(
      (async function* () {
        yield "a";
        await once(gate, "open");
        yield "b";
      })(),
      "text",
    );
    expect(await peer.frames(1)).toMatchObject([{ opcode: TEXT, fin: false }]);
    peer.write(ping("?", masked));
    void socket.ping();
    expect(new Set((await peer.frames(2)).map(({ opcode }) => opcode))).toEqual(new Set([PING, PONG]));
    gate.emit("open");
    await sending;
    expect((await peer.frames(2)).map(({ fin, payload }) => [fin, String(Buffer.from(payload))])).toEqual([
      [false, "b"],
      [true, ""],
    ]);
  });
});

test("what is sent behind it is buffered, and one drain follows when all of it is out", async () => {
  const drains: number[] = [];
  const { socket, peer } = await connected({
    ...DROP,
    drain: ({ bufferedAmount }) => drains.push(bufferedAmount),
  });
  const gate = defer<void>();
  const sending = socket.sendStream(
    (async function* () {
      // More than may wait, so that it drains in between, too.
      yield Buffer.alloc(1_000_000);
      await gate.promise;
      yield "end";
    })(),
  );
  expect(socket.send("behind it")).toBe("buffered");
  await until(
    "the first piece is out",
    () => socket.counters.octetsSent > 1_000_000 && socket.bufferedAmount < 1000,
  );
  expect(drains).toEqual([]);
  gate.resolve();
  await sending;
  await until("it drains", () => drains.length > 0);
  peer.socket.resume();
  await delay(50);
  expect(drains).toEqual([expect.any(Number)]);
  expect(drains[0]).toBeLessThan(1000);
  expect(socket.send("now")).toBe("sent");
});

test("a message in pieces that goes on as it came has as many frames as it needs", async () => {
  const { peer } = await connected({ stream: (socket, message) => socket.sendStream(message, message.type) });
  peer.write(text("small", masked), binary("", masked), binary(Buffer.alloc(40_000), masked));
  const frames = await peer.frames(5);
  expect(frames.slice(0, 2)).toMatchObject([
    { opcode: TEXT, fin: true, payload: Buffer.from("small") },
    { opcode: BINARY, fin: true, payload: Buffer.alloc(0) },
  ]);
  expect(frames.slice(2).map(({ opcode, fin, payload }) => [opcode, fin, payload.length])).toEqual([
    [BINARY, false, 13_334],
    [CONTINUATION, false, 13_334],
    [CONTINUATION, true, 13_332],
  ]);
});

test("a source without an end is held back by a peer that does not read, and does not block the others", {
  timeout: 30_000,
}, async () => {
  const { socket, peer } = await connected(DROP);
  const other = await connected(ECHO);
  peer.socket.pause();
  let given = 0;
  let most = 0;
  const zeros = Buffer.alloc(20_000);
  const sending = socket.sendStream(
    (function* () {
      for (;;) {
        given += zeros.length;
        most = Math.max(most, socket.bufferedAmount);
        yield zeros;
      }
    })(),
  );
  let before = -1;
  while (given !== before) {
    before = given;
    await delay(100);
  }
  expect(most).toBeLessThan(200_000);
  expect(socket.bufferedAmount).toBeLessThan(200_000);
  other.peer.write(ping("still here", masked));
  expect(await other.peer.frames(1)).toMatchObject([{ opcode: 10 }]);
  peer.socket.resume();
  await until("it goes on", () => given > before + 1_000_000);
  socket.terminate();
  expect(await sending).toBe("closed");
});

test("a source and a peer that never let us wait leave time for others", { timeout: 30_000 }, async () => {
  const { socket, peer } = await connected(DROP);
  peer.socket.removeAllListeners("data").resume();
  let given = 0;
  const zeros = Buffer.alloc(16_000);
  const perTurn: number[] = [];
  void socket.sendStream(
    (function* () {
      while (given < 100_000_000) {
        given += zeros.length;
        yield zeros;
      }
    })(),
  );
  for (let before = 0; before < 100_000_000; before = given) {
    await new Promise(setImmediate);
    perTurn.push(given - before);
  }
  // At most what makes the queue full, and what was on its way.
  expect(Math.max(...perTurn)).toBeLessThan(300_000);
});
