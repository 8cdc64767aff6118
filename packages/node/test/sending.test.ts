import { setTimeout as delay } from "node:timers/promises";
import { close } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { SendStatus, WebSocketConnection } from "../src/index.ts";
import { prepare } from "../src/index.ts";
import { connected } from "./support/connected.ts";
import { DROP } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, type RawPeer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

/** A server's connection to a peer that reads nothing until it is told to. */
async function deaf(options: object = {}): Promise<{ socket: WebSocketConnection; peer: RawPeer }> {
  const both = await connected(DROP, options);
  both.peer.socket.pause();
  return both;
}

/** Sends until more than `size` octets wait for the peer; each message is "0", "1" … and something large. */
async function stuff(socket: WebSocketConnection, size: number): Promise<void> {
  while (socket.bufferedAmount <= size) {
    socket.send(Buffer.alloc(50_000));
    await new Promise(setImmediate);
  }
}

/** Reads everything from now on; the text messages among it. */
function listen(peer: RawPeer): string[] {
  const texts: string[] = [];
  let rest = Buffer.alloc(0);
  peer.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const length = rest[1]! < 126 ? rest[1]! : rest.length < 4 ? Infinity : rest.readUInt16BE(2);
      const size = length + (rest[1]! < 126 ? 2 : 4);
      if (rest.length < 2 || rest.length < size) return;
      if (rest[0] === 0x81) texts.push(rest.toString("utf8", size - length, size));
      rest = rest.subarray(size);
    }
  });
  peer.socket.resume();
  return texts;
}

describe("sendAsync", () => {
  test("resolves at once while little waits, and below the low-water mark else", async () => {
    const { socket, peer } = await deaf();
    expect(await socket.sendAsync("little")).toBe("sent");
    await stuff(socket, 200_000);
    let status: SendStatus | null = null;
    void socket.sendAsync("behind").then((told) => (status = told));
    await delay(50);
    expect(status).toBeNull();
    const texts = listen(peer);
    await until("it has resolved", () => status !== null);
    expect(status).toBe("buffered");
    expect(socket.bufferedAmount).toBeLessThanOrEqual(16_384);
    await until("all is read", () => texts.length === 2);
  });

  test("in a loop holds a few messages, and all arrive", async () => {
    const { socket, peer } = await connected(DROP);
    const texts = listen(peer);
    let most = 0;
    for (let i = 0; i < 2000; i++) {
      await socket.sendAsync(String(i).padEnd(1000));
      most = Math.max(most, socket.bufferedAmount);
    }
    expect(most).toBeLessThan(70_000);
    await until("all have come", () => texts.length === 2000);
    expect(texts.map(Number)).toEqual(texts.map((_, i) => i));
  });

  test.each<[string, (socket: WebSocketConnection, peer: RawPeer) => void]>([
    ["is terminated", (socket) => socket.terminate()],
    ["closes", (socket) => socket.close()],
    ["is closed by the peer", (_, peer) => peer.write(close(1000, "", masked))],
    ["is reset", (_, peer) => peer.reset()],
  ])("does not hang when the connection %s, nor does drained", async (_, end) => {
    const faults = watchProcess();
    const { socket, peer } = await deaf({ overflow: "wait", maxBufferedAmount: 200_000 });
    await stuff(socket, 150_000);
    const promises = [socket.sendAsync(binaryOf(100_000)), socket.drained()];
    const waiting = [socket.sendAsync("waits"), socket.sendAsync("waits")];
    end(socket, peer);
    expect(await Promise.all(promises)).toEqual(["buffered", undefined]);
    expect(await Promise.all(waiting)).toEqual(["closed", "closed"]);
    expect([await socket.sendAsync("x"), socket.send("x")]).toEqual(["closed", "closed"]);
    await socket.drained();
    expect(faults).toEqual([]);
  });

  test("throws for what is no message", async () => {
    const { socket } = await connected(DROP);
    // @ts-expect-error a number is no message
    expect(() => socket.sendAsync(5)).toThrow(TypeError);
  });
});

describe("when more than maxBufferedAmount waits", () => {
  const CAP = 300_000;

  test("disconnect, the default: 1013", async () => {
    const { socket } = await deaf({ maxBufferedAmount: CAP, closeTimeout: 100 });
    await stuff(socket, CAP);
    expect(socket.send("one more")).toBe("closed");
    expect(await socket.closed).toMatchObject({ sent: { code: 1013 }, initiator: "local" });
  });

  test("drop: what does not fit is not sent, and what was sent before arrives", async () => {
    const { socket, peer } = await deaf({ maxBufferedAmount: CAP, overflow: "drop" });
    await stuff(socket, CAP - 50_000);
    const statuses: SendStatus[] = [];
    for (let i = 0; i < 100; i++) statuses.push(socket.send(String(i).padEnd(1000)));
    const sent = statuses.filter((status) => status === "buffered").length;
    expect(sent).toBeGreaterThan(10);
    expect(statuses.lastIndexOf("buffered")).toBe(sent - 1);
    expect(statuses.slice(sent).every((status) => status === "dropped")).toBe(true);
    expect(await socket.sendAsync("dropped, too")).toBe("dropped");
    const texts = listen(peer);
    await socket.drained();
    expect(socket.send("last")).toBe("sent");
    await until("all have come", () => texts.includes("last"));
    expect(texts.length).toBe(sent + 1);
  });

  test("wait: sendAsync waits for room, in the order of the calls", async () => {
    const { socket, peer } = await deaf({ maxBufferedAmount: CAP, overflow: "wait" });
    await stuff(socket, CAP);
    const before = socket.bufferedAmount;
    const waiting = Array.from({ length: 1000 }, (_, i) => socket.sendAsync(String(i).padEnd(1000)));
    expect(socket.bufferedAmount).toBe(before);
    expect(socket.send("not before those who wait")).toBe("dropped");
    let most = 0;
    const texts = listen(peer);
    while (texts.length < 1000) {
      most = Math.max(most, socket.bufferedAmount);
      await new Promise(setImmediate);
    }
    expect(texts.map(Number)).toEqual(texts.map((_, i) => i));
    expect(most).toBeLessThan(CAP + 60_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["sent", "buffered"]));
  });

  test.each([0, 1, 1000, 20_000])("a cap of %i octets: nobody waits for ever", async (maxBufferedAmount) => {
    const { socket, peer } = await connected(DROP, { maxBufferedAmount, overflow: "wait" });
    const texts = listen(peer);
    await Promise.all(Array.from({ length: 200 }, (_, i) => socket.sendAsync(String(i).padEnd(500))));
    await socket.drained();
    await until("all have come", () => texts.length === 200);
    expect(texts.map(Number)).toEqual(texts.map((_, i) => i));
  });

  test("what was sent in one turn is no sign of a peer that does not read", async () => {
    const { socket, peer } = await connected(DROP, { maxBufferedAmount: 50_000 });
    const texts = listen(peer);
    for (let i = 0; i < 1000; i++) expect(["sent", "buffered"]).toContain(socket.send(String(i).padEnd(500)));
    await until("all have come", () => texts.length === 1000);
  });
});

test("small messages to a peer that does not read cost hardly more memory than they are long", {
  timeout: 60_000,
}, async () => {
  const { socket } = await deaf();
  const news = prepare("x".repeat(20));
  await stuff(socket, 100_000);
  const before = { memory: process.memoryUsage().arrayBuffers, size: socket.bufferedAmount };
  for (let i = 0; i < 100_000; i++) {
    socket.send(news);
    if (i % 2 === 0) await new Promise(setImmediate);
  }
  const size = socket.bufferedAmount - before.size;
  expect(size).toBe(100_000 * 22);
  expect(process.memoryUsage().arrayBuffers - before.memory).toBeLessThan(4 * size);
});
