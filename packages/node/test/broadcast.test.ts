import { frame, TEXT } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type BroadcastPolicy, broadcast, prepare, type WebSocketConnection } from "../src/index.ts";
import { collector, DROP, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf, summary } from "./support/payloads.ts";
import { type RawPeer, rawClient } from "./support/raw-peer.ts";

/** A server, connections whose peers read, and one whose peer does not and for which much is waiting. */
async function hall(
  readers = 3,
  options: object = {},
): Promise<{
  sockets: ReadonlySet<WebSocketConnection>;
  peers: RawPeer[];
  deaf: WebSocketConnection;
  deafPeer: RawPeer;
}> {
  const { events, next } = collector();
  const server = await startServer({ ...DROP, ...events }, options);
  const peers: RawPeer[] = [];
  for (let i = 0; i < readers; i++) {
    peers.push(await rawClient(server.url));
    await next();
  }
  const deafPeer = await rawClient(server.url);
  deafPeer.socket.pause();
  const deaf = await next();
  while (deaf.bufferedAmount < 100_000) {
    deaf.send(Buffer.alloc(50_000));
    await new Promise(setImmediate);
  }
  return { sockets: server.connections, peers, deaf, deafPeer };
}

describe("a receiver that does not read", () => {
  test.each<[BroadcastPolicy | undefined, object, string]>([
    [undefined, { sent: 3, buffered: 0, dropped: 1, closed: 0 }, "open"],
    ["drop", { sent: 3, buffered: 0, dropped: 1, closed: 0 }, "open"],
    ["buffer", { sent: 3, buffered: 1, dropped: 0, closed: 0 }, "open"],
    ["disconnect", { sent: 3, buffered: 0, dropped: 1, closed: 0 }, "closing"],
  ])("policy %s: is reported, and the others get it at once", async (policy, report, state) => {
    const { sockets, peers, deaf } = await hall();
    const before = deaf.bufferedAmount;
    expect(broadcast(sockets, "news", policy)).toEqual(report);
    for (const peer of peers) expect((await peer.frames(1))[0]?.payload.toString()).toBe("news");
    expect(deaf.state).toBe(state);
    expect(deaf.bufferedAmount - before).toBe(policy === "buffer" ? 6 : policy === "disconnect" ? 4 : 0);
  });

  test("disconnect: gets 1013, and is closed for the next broadcast", async () => {
    const { sockets, peers, deaf, deafPeer } = await hall(1, { closeTimeout: 500 });
    broadcast(sockets, "a", "disconnect");
    expect(broadcast(sockets, "b", "disconnect")).toEqual({ sent: 1, buffered: 0, dropped: 0, closed: 1 });
    expect((await peers[0]?.frames(2))?.length).toBe(2);
    deafPeer.socket.resume();
    expect(await deaf.closed).toMatchObject({ sent: { code: 1013 }, initiator: "local" });
  });

  test("buffer: is subject to the cap of its connection", async () => {
    const { sockets, deaf } = await hall(1, { maxBufferedAmount: 300_000, overflow: "drop" });
    const large = prepare(binaryOf(60_000));
    const fates = new Set<number>();
    for (let i = 0; i < 20; i++) {
      fates.add(broadcast(sockets, large, "buffer").dropped);
      await new Promise(setImmediate);
    }
    expect([...fates]).toEqual([0, 1]);
    expect(deaf.bufferedAmount).toBeLessThan(400_000);
  });

  test("does not slow down the others: a thousand broadcasts", async () => {
    const { sockets, peers } = await hall(2);
    for (let i = 0; i < 1000; i++) {
      expect(broadcast(sockets, `news ${i}`).dropped).toBe(1);
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    for (const peer of peers) {
      const frames = await peer.frames(1000);
      expect(frames.map(({ payload }) => payload.toString())).toEqual(frames.map((_, i) => `news ${i}`));
    }
  });
});

describe("a prepared message", () => {
  test.each([
    ["a short text", "news €"],
    ["a long text", "é".repeat(40_000)],
    ["octets", binaryOf(1000)],
    ["many octets", binaryOf(200_000)],
    ["nothing", ""],
  ])("%s: goes to servers' and clients' peers, as often as one likes", async (_, data) => {
    const message = prepare(data);
    const { events, next } = collector();
    const server = await startServer({ ...events });
    const client = await openClient(server.url);
    const socket = await next();
    for (const [from, to] of [
      [client, socket],
      [socket, client],
    ] as const) {
      for (let i = 0; i < 3; i++) from.send(message);
      expect(await from.sendAsync(message)).toMatch(/^(sent|buffered)$/);
      for (let i = 0; i < 4; i++) expect(summary((await to.receive()) ?? "")).toEqual(summary(data));
    }
  });

  test("is encoded once: what it was made of may change, and preparing it again gives the same", () => {
    const octets = binaryOf(100);
    const message = prepare(octets);
    const before = Buffer.from(message.frame);
    octets.fill(0);
    expect(before.equals(message.frame)).toBe(true);
    expect(prepare(message)).toBe(message);
    expect(Buffer.from(prepare("x").frame)).toEqual(
      Buffer.from(frame({ opcode: TEXT, payload: Buffer.from("x") })),
    );
  });

  test("of something else is a TypeError", () => {
    // @ts-expect-error no message
    expect(() => prepare(5)).toThrow(TypeError);
    // @ts-expect-error no message
    expect(() => broadcast([], {})).toThrow(TypeError);
  });
});

test("to nobody, and to connections that have ended", async () => {
  expect(broadcast([], "x")).toEqual({ sent: 0, buffered: 0, dropped: 0, closed: 0 });
  const { sockets } = await hall(2);
  const all = [...sockets];
  for (const socket of all) socket.terminate();
  expect(sockets.size).toBe(0);
  expect(broadcast(all, "x")).toEqual({ sent: 0, buffered: 0, dropped: 0, closed: 3 });
});

test("out of a handler, to all including those that end by it", async () => {
  const server = await startServer({
    message: (_socket, data) => broadcast(server.connections, data),
    close: () => broadcast(server.connections, "somebody left"),
  });
  const clients = await Promise.all(Array.from({ length: 3 }, () => openClient(server.url)));
  clients[0]!.send("hello");
  for (const client of clients) expect(await client.receive()).toBe("hello");
  clients[1]!.terminate();
  expect(await clients[0]!.receive()).toBe("somebody left");
  expect(await clients[2]!.receive()).toBe("somebody left");
});
