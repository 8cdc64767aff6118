import { concat, text } from "@plyws/testkit";
import { expect, test } from "vitest";
import { WebSocketStream } from "../src/index.ts";
import { pause, peerServer } from "./whatwg-support.ts";

const MEBIBYTE = 1_048_576;

test("a write waits for a peer that does not read", { timeout: 30_000 }, async () => {
  let read!: () => void;
  const reading = new Promise<void>((resolve) => {
    read = resolve;
  });
  const url = await peerServer(async (peer) => {
    peer.socket.pause();
    await reading;
    peer.socket.on("data", () => peer.take()).resume();
  });
  const stream = new WebSocketStream(url);
  const { writable } = await stream.opened;
  const writer = writable.getWriter();
  let written = 0;
  const writing = (async () => {
    // More than the kernel holds on both sides.
    for (; written < 32; written++) await writer.write(new Uint8Array(MEBIBYTE));
  })();
  let before = -1;
  while (before !== written) {
    before = written;
    await pause(200);
  }
  expect(written).toBeLessThan(32);
  expect(writer.desiredSize).toBe(0);
  read();
  await writing;
  expect(written).toBe(32);
  stream.close();
});

test("a write that waits ends with abort, and with the connection", { timeout: 30_000 }, async () => {
  const url = await peerServer((peer) => void peer.socket.pause());
  for (const end of ["abort", "connection"] as const) {
    const stream = new WebSocketStream(url, { closeTimeout: 100 });
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    const writes = Promise.allSettled(
      Array.from({ length: 10 }, () => writer.write(new Uint8Array(2 * MEBIBYTE))),
    );
    await pause(200);
    const ending = end === "abort" ? writer.abort(new Error("enough")) : stream.close();
    expect((await writes).at(-1)).toMatchObject({ status: "rejected" });
    await ending;
    await expect(stream.closed).rejects.toMatchObject({ closeCode: 1006 });
  }
});

test("a peer waits for a reader, and nothing is lost", { timeout: 30_000 }, async () => {
  const count = 24;
  const frame = text("x".repeat(MEBIBYTE));
  let taken = 0;
  const url = await peerServer(async (peer) => {
    for (; taken < count; taken++) await new Promise((resolve) => peer.socket.write(frame, resolve));
    peer.socket.end(Uint8Array.of(0x88, 0));
  });
  const stream = new WebSocketStream(url);
  const { readable } = await stream.opened;
  let before = -1;
  while (before !== taken) {
    before = taken;
    await pause(200);
  }
  expect(taken).toBeLessThan(count);
  let octets = 0;
  for await (const message of readable) octets += message.length;
  expect([taken, octets]).toEqual([count, count * MEBIBYTE]);
  expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
});

test("close finds the answer of the peer behind messages that nobody reads", async () => {
  const url = await peerServer(async (peer) => {
    peer.write(concat(...Array.from({ length: 1000 }, () => text("unread"))));
    await peer.frames(1);
    peer.write(text("late"), Uint8Array.of(0x88, 0));
    peer.socket.end();
  });
  const stream = new WebSocketStream(url);
  const { readable } = await stream.opened;
  await pause(50);
  stream.close();
  expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
  // What was there before stays.
  const reader = readable.getReader();
  expect(await reader.read()).toEqual({ done: false, value: "unread" });
  expect((await reader.read()).done).toBe(true);
});
