import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { BINARY, frame, integer, ping, seededRandom } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { type WebSocketConnection, WebSocketServer } from "../src/index.ts";
import { collector, DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, type RawPeer, rawClient } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

/** A server's connection to a peer that reads nothing until it is told to. */
async function withDeafPeer(
  options = {},
): Promise<{ socket: WebSocketConnection; peer: RawPeer; drained: () => number }> {
  const { events, next } = collector();
  let drains = 0;
  const server = await startServer({ ...DROP, ...events, drain: () => void drains++ }, options);
  const peer = await rawClient(server.url);
  peer.socket.pause();
  return { socket: await next(), peer, drained: () => drains };
}

/** Messages of all sizes around the copy limit of the outbox, the same for the same seed. */
function* messagesOf(seed: number, total: number): Generator<Buffer> {
  const random = seededRandom(seed);
  const source = binaryOf(200_000);
  for (let sent = 0; sent < total; ) {
    const size = integer(random, 0, 2 ** integer(random, 3, 17));
    const from = integer(random, 0, source.length - size);
    yield source.subarray(from, from + size);
    sent += size;
  }
}

describe("what a slow reader gets", () => {
  test("is what was sent: 50 MB over ten sockets that read at different speeds", {
    timeout: 60_000,
  }, async () => {
    const SOCKETS = 10;
    const TOTAL = 5_000_000;
    const { events, next } = collector();
    const wake = new WeakMap<WebSocketConnection, () => void>();
    const server = await startServer({ ...DROP, ...events, drain: (socket) => wake.get(socket)?.() });
    await Promise.all(
      Array.from({ length: SOCKETS }, async (_, i) => {
        const peer = await rawClient(server.url);
        const socket = await next();
        const received = createHash("sha1");
        let size = 0;
        peer.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
          received.update(chunk);
          size += chunk.length;
          if (i === 0) return;
          peer.socket.pause();
          setTimeout(() => peer.socket.resume(), i);
        });
        const expected = createHash("sha1");
        let buffered = 0;
        for (const payload of messagesOf(i, TOTAL)) {
          expected.update(frame({ opcode: BINARY, payload }));
          if (socket.send(payload) === "sent") continue;
          buffered++;
          await new Promise<void>((resolve) => wake.set(socket, resolve));
        }
        socket.close();
        expected.update(Uint8Array.of(0x88, 2, 3, 232));
        await peer.ended;
        expect(size).toBeGreaterThan(TOTAL);
        expect(buffered).toBeGreaterThan(0);
        expect(received.digest("hex")).toBe(expected.digest("hex"));
      }),
    );
  });
});

describe("the status of send", () => {
  test("is buffered above 64 KiB, and drain follows when the peer has read", async () => {
    const { socket, peer, drained } = await withDeafPeer();
    let total = 0;
    while (socket.bufferedAmount < 300_000) {
      const before = socket.bufferedAmount;
      const status = socket.send(binaryOf(10_000));
      total += 10_004;
      expect(status).toBe(before + 10_004 > 65_536 ? "buffered" : "sent");
      if (status === "buffered") await new Promise(setImmediate);
    }
    const before = drained();
    await delay(50);
    expect(drained()).toBe(before);
    peer.socket.resume();
    await peer.octets(total);
    await until("it drains", () => drained() === before + 1);
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.send("x")).toBe("sent");
  });

  test("drain comes in the same turn when the kernel takes it all, once", async () => {
    const { events, next } = collector();
    const drains: number[] = [];
    const server = await startServer({
      ...DROP,
      ...events,
      drain: (socket) => drains.push(socket.bufferedAmount),
    });
    await rawClient(server.url);
    const socket = await next();
    for (let i = 0; i < 10; i++) socket.send(binaryOf(10_000));
    expect(drains).toEqual([]);
    await until("it drains", () => drains.length > 0);
    expect(drains).toEqual([0]);
  });

  test("drain comes on a server whose streams buffer more than we do", async () => {
    const http = createServer({ highWaterMark: 16_777_216 });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    onTestFinished(() => void http.close());
    const { events, next } = collector();
    let drains = 0;
    new WebSocketServer({}, { ...DROP, ...events, drain: () => void drains++ }).attach(http);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const peer = await rawClient(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    peer.socket.pause();
    const socket = await next();
    while (socket.bufferedAmount < 1_000_000) {
      socket.send(binaryOf(100_000));
      await new Promise(setImmediate);
    }
    drains = 0;
    peer.socket.resume();
    await until("it drains", () => drains > 0);
    expect([drains, socket.bufferedAmount]).toEqual([1, 0]);
  });
});

describe("a peer that does not read", () => {
  test("is given up when more waits than is allowed", async () => {
    const faults = watchProcess();
    const { socket, peer } = await withDeafPeer({ maxBufferedAmount: 1_000_000, closeTimeout: 200 });
    let most = 0;
    while (socket.send(binaryOf(60_000)) !== "closed") {
      most = Math.max(most, socket.bufferedAmount);
      await new Promise(setImmediate);
    }
    expect(most).toBeGreaterThan(1_000_000);
    expect(most).toBeLessThan(1_100_000);
    const { code, clean, error } = await socket.closed;
    expect([code, clean, error?.message]).toEqual([
      1006,
      false,
      expect.stringContaining("More than 1000000 octets wait"),
    ]);
    peer.socket.resume();
    await peer.ended;
    expect(faults).toEqual([]);
  });

  test("but sends Pings gets no endless queue of Pongs", async () => {
    const { socket, peer } = await withDeafPeer();
    const flood = Buffer.concat(Array.from({ length: 500 }, () => ping(binaryOf(125), masked)));
    let most = 0;
    for (let i = 0; i < 400; i++) {
      if (!peer.socket.write(flood)) await once(peer.socket, "drain");
      most = Math.max(most, socket.bufferedAmount);
    }
    expect(socket.state).toBe("open");
    expect(most).toBeLessThan(300_000);
    // 26 MB of Pings were read; what is answered after all is the latest.
    peer.write(ping("latest", masked));
    const seen = new Promise<void>((resolve) => {
      let tail = Buffer.alloc(0);
      peer.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
        tail = Buffer.concat([tail, chunk]).subarray(-8);
        if (tail.equals(Buffer.from("\x8a\x06latest", "latin1"))) resolve();
      });
    });
    peer.socket.resume();
    await seen;
  });
});

describe("a connection that is paused", () => {
  test("holds the sender back, and loses nothing", { timeout: 30_000 }, async () => {
    const { events, next } = collector();
    const received: number[] = [];
    const server = await startServer(
      {
        ...events,
        message: (_socket, data) => void received.push(typeof data === "string" ? -1 : (data[0] ?? -1)),
      },
      {},
    );
    const client = await openClient(server.url, DROP, { maxBufferedAmount: 2 ** 26 });
    const socket = await next();
    socket.pause();
    const COUNT = 200;
    for (let i = 0; i < COUNT; i++) client.send(Buffer.alloc(100_000, i));
    await delay(200);
    expect(received).toEqual([]);
    expect(client.bufferedAmount).toBeGreaterThan(5_000_000);
    socket.resume();
    await until("all have come", () => received.length === COUNT);
    expect(received).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    expect(client.bufferedAmount).toBe(0);
  });

  test("stops after the message in hand, also in the middle of a chunk", async () => {
    const received: unknown[] = [];
    const { events, next } = collector();
    const server = await startServer({
      ...events,
      message: (socket, data) => {
        received.push(data);
        socket.pause();
      },
    });
    const client = await openClient(server.url);
    const socket = await next();
    for (const data of ["a", "b", "c"]) client.send(data);
    for (const expected of [["a"], ["a", "b"], ["a", "b", "c"]]) {
      await until("the next has come", () => received.length === expected.length);
      await delay(10);
      expect(received).toEqual(expected);
      socket.resume();
    }
  });

  test("sends all the same", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await openClient(server.url);
    const socket = await next();
    socket.pause();
    socket.send("from the paused");
    expect(await client.receive()).toBe("from the paused");
  });
});
