import { setTimeout as delay } from "node:timers/promises";
import { binary, close, concat, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { WebSocketConnection } from "../src/index.ts";
import { collector, DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { masked, type RawPeer, rawClient } from "./support/raw-peer.ts";

/** A server's connection without a `message` event, and its raw peer. */
async function pulled(first?: Uint8Array): Promise<{ socket: WebSocketConnection; peer: RawPeer }> {
  const { events, next } = collector();
  const server = await startServer(events);
  const peer = await rawClient(server.url, first);
  return { socket: await next(), peer };
}

const texts = (...messages: string[]): Uint8Array =>
  concat(...messages.map((message) => text(message, masked)));

describe("without a message event", () => {
  test("nothing is read before receive, and nothing is lost", { timeout: 30_000 }, async () => {
    const { events, next } = collector();
    const server = await startServer(events);
    const client = await openClient(server.url, DROP, { maxBufferedAmount: 2 ** 26 });
    const socket = await next();
    const COUNT = 200;
    for (let i = 0; i < COUNT; i++) client.send(Buffer.alloc(100_000, i));
    await delay(200);
    expect(client.bufferedAmount).toBeGreaterThan(5_000_000);
    for (let i = 0; i < COUNT; i++) {
      const message = await socket.receive();
      expect([message?.length, message?.[0], message?.at(-1)]).toEqual([100_000, i, i]);
    }
    expect(client.bufferedAmount).toBe(0);
  });

  test("a wait that is given up takes no message", async () => {
    const { socket, peer } = await pulled();
    const reason = new Error("enough");
    const controller = new AbortController();
    const { signal } = controller;
    const given = [socket.receive({ signal }), socket.receiveStream({ signal })];
    controller.abort(reason);
    expect((await Promise.allSettled(given)).map((result) => "reason" in result && result.reason)).toEqual([
      reason,
      reason,
    ]);
    await expect(socket.receive({ signal })).rejects.toBe(reason);
    peer.write(texts("a", "b"));
    expect(await socket.receive({ signal: new AbortController().signal })).toBe("a");
    const open = new AbortController();
    const next = socket.receive({ signal: open.signal });
    expect(await next).toBe("b");
    // Too late: it was taken.
    open.abort(reason);
    peer.write(close(1000, "", masked));
    peer.socket.end();
    expect(await socket.receive()).toBeNull();
  });

  test("messages that came with the opening handshake wait", async () => {
    const { socket, peer } = await pulled(texts("a", "b"));
    await delay(10);
    expect([await socket.receive(), await socket.receive()]).toEqual(["a", "b"]);
    const third = socket.receive();
    peer.write(texts("c"));
    expect(await third).toBe("c");
  });

  test("several can wait at once, and get messages in order", async () => {
    const { socket, peer } = await pulled();
    const waiting = Array.from({ length: 5 }, () => socket.receive());
    peer.write(texts("1", "2", "3", "4"), close(1000, "", masked));
    peer.socket.end();
    expect(await Promise.all(waiting)).toEqual(["1", "2", "3", "4", null]);
  });

  test("a loop ends with the connection, after the last message", async () => {
    const { socket, peer } = await pulled();
    const seen: unknown[] = [];
    peer.write(texts("a", "b"));
    peer.write(close(4001, "done", masked));
    peer.socket.end();
    for await (const message of socket) seen.push(message);
    expect(seen).toEqual(["a", "b"]);
    expect(await socket.closed).toMatchObject({ code: 4001, clean: true });
    expect(await socket.receive()).toBeNull();
  });

  test("a loop ends with a connection that breaks", async () => {
    const { socket, peer } = await pulled();
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const message of socket) seen.push(message);
    })();
    peer.write(texts("a"));
    await delay(10);
    peer.reset();
    await loop;
    expect(seen).toEqual(["a"]);
    expect(await socket.closed).toMatchObject({ code: 1006 });
  });

  test("leaving a loop closes nothing, and another goes on", async () => {
    const { socket, peer } = await pulled(texts("a", "b", "c"));
    for await (const message of socket) {
      expect(message).toBe("a");
      break;
    }
    expect(socket.state).toBe("open");
    for await (const message of socket) {
      expect(message).toBe("b");
      break;
    }
    expect(await socket.receive()).toBe("c");
    socket.send("still here");
    expect((await peer.frames(1)).length).toBe(1);
  });

  test("close with messages that nobody asked for ends cleanly", async () => {
    const { socket, peer } = await pulled(
      texts("read", ...Array.from({ length: 100 }, (_, i) => `unread ${i}`)),
    );
    expect(await socket.receive()).toBe("read");
    socket.close(4000);
    peer.write(texts("late"));
    await peer.frames(1);
    peer.write(close(4000, "", masked));
    await peer.ended;
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ code: 4000, clean: true, initiator: "local", error: null });
  });

  test("who waits at the close still gets messages that come before the peer's Close frame", async () => {
    const { socket, peer } = await pulled();
    const message = socket.receive();
    socket.close();
    await peer.frames(1);
    peer.write(texts("last"), close(1000, "", masked));
    peer.socket.end();
    expect(await message).toBe("last");
    expect(await socket.receive()).toBeNull();
  });

  test("an error ends the wait", async () => {
    const { socket, peer } = await pulled();
    const message = socket.receive();
    peer.write(text("unmasked"));
    const [answer] = await peer.frames(1);
    expect(Buffer.from(answer?.payload ?? []).readUInt16BE()).toBe(1002);
    peer.socket.end();
    expect(await message).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 1006, error: { code: "mask-missing" } });
  });
});

test("receive takes a message before the message event does", async () => {
  const { events, next } = collector();
  const seen: unknown[] = [];
  const server = await startServer({ ...events, message: (_socket, data) => void seen.push(data) });
  const peer = await rawClient(server.url);
  const socket = await next();
  const received = socket.receive();
  peer.write(texts("a", "b"));
  expect(await received).toBe("a");
  await delay(5);
  expect(seen).toEqual(["b"]);
});

describe("binary messages", () => {
  test("that are kept do not keep a large buffer", async () => {
    const messages: Uint8Array[] = [];
    const server = await startServer({
      message: (_socket, data) => void (typeof data === "string" || messages.push(data)),
    });
    const peer = await rawClient(server.url);
    const sizes = [0, 1, 10, 100, 1000, 10_000, 30_000, 40_000, 60_000, 65_000, 100_000, 1_000_000];
    const sent = sizes.map((size) => binaryOf(size));
    for (const payload of [...sent, ...sent.toReversed()]) peer.write(binary(payload, masked));
    peer.write(close(1000, "", masked));
    await peer.frames(1);
    expect(messages.map(({ length }) => length)).toEqual([...sizes, ...sizes.toReversed()]);
    for (const message of messages) {
      expect(message.constructor).toBe(Uint8Array);
      // Those that came together share a block.
      expect(message.buffer.byteLength).toBeLessThanOrEqual(Math.max(4 * message.length, 16_384));
    }
  });

  test("belong to whoever receives them", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await openClient(server.url);
    await next();
    const payloads = Array.from({ length: 50 }, (_, i) => Buffer.alloc(2000, i));
    for (const payload of payloads) client.send(payload);
    const kept: (string | Uint8Array | null)[] = [];
    while (kept.length < payloads.length) kept.push(await client.receive());
    // Nothing that came later has been written over them.
    expect(kept.every((message, i) => payloads[i]?.equals(Buffer.from(message ?? "")))).toBe(true);
  });
});
