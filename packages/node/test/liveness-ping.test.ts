import { close, type ParsedFrame, PING, pong, text } from "@plyws/testkit";
import { describe, expect, test, vi } from "vitest";
import { stopTime, turns } from "./support/clock.ts";
import { connected } from "./support/connected.ts";
import { DROP } from "./support/endpoints.ts";
import { masked, type RawPeer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

stopTime();

/** The next frame, which has to be a Ping. */
async function nextPing(peer: RawPeer): Promise<ParsedFrame> {
  const [first] = await peer.frames(1);
  expect(first?.opcode).toBe(PING);
  return first!;
}

describe("ping", () => {
  test("resolves with the round-trip time", async () => {
    const { socket, peer } = await connected(DROP);
    const roundTripTime = socket.ping();
    const { payload } = await nextPing(peer);
    vi.advanceTimersByTime(120);
    peer.write(pong(payload, masked));
    expect(await roundTripTime).toBe(120);
    expect(socket.roundTripTime).toBe(120);
  });

  test("is answered by the Pong to a later one, each with its own time", async () => {
    const { socket, peer } = await connected(DROP);
    const times: Promise<number | null>[] = [];
    for (let i = 0; i < 3; i++) {
      times.push(socket.ping());
      vi.advanceTimersByTime(10);
    }
    const [, second] = await peer.frames(3);
    peer.write(pong(second!.payload, masked));
    expect(await Promise.all(times.slice(0, 2))).toEqual([30, 20]);
    expect(socket.roundTripTime).toBe(20);
    socket.terminate();
    expect(await times[2]).toBeNull();
  });

  test.each<[string, Buffer]>([
    ["empty", Buffer.alloc(0)],
    ["of the right size", Buffer.from([0, 0, 0, 99])],
    ["the largest", Buffer.alloc(125, 1)],
  ])("is not answered by another Pong: %s", async (_, payload) => {
    const { socket, peer } = await connected(DROP);
    const roundTripTime = socket.ping();
    peer.write(pong(payload, masked), text("after", masked));
    await turns();
    expect(socket.roundTripTime).toBeNull();
    socket.close();
    peer.write(close(1000, "", masked));
    peer.socket.end();
    expect(await roundTripTime).toBeNull();
  });

  test("gives null at once when the connection closes or is closed", async () => {
    const { socket, peer } = await connected(DROP);
    socket.close();
    expect(await socket.ping()).toBeNull();
    expect((await peer.frames(1))[0]?.opcode).toBe(8);
    socket.terminate();
    expect(await socket.ping()).toBeNull();
  });

  test("is answered while we close", async () => {
    const { socket, peer } = await connected(DROP);
    const roundTripTime = socket.ping();
    socket.close();
    const [sent] = await peer.frames(2);
    vi.advanceTimersByTime(7);
    peer.write(pong(sent!.payload, masked));
    expect(await roundTripTime).toBe(7);
  });

  test("waits while the connection is paused, and gets its answer afterwards", async () => {
    const { socket, peer } = await connected(DROP);
    socket.pause();
    const roundTripTime = socket.ping();
    const { payload } = await nextPing(peer);
    peer.write(pong(payload, masked));
    expect(await Promise.race([roundTripTime, turns()])).toBeUndefined();
    socket.resume();
    expect(await roundTripTime).toBe(0);
  });
});

test("a flood of Pongs costs nothing", async () => {
  const { socket, peer } = await connected(DROP);
  const waiting = socket.ping();
  const flood = Buffer.concat(
    Array.from({ length: 1000 }, (_, i) => pong(Buffer.from([9, 9, i >> 8, i]), masked)),
  );
  for (let i = 0; i < 50; i++) peer.socket.write(flood);
  peer.write(text("after", masked));
  await until("they are read", () => socket.counters.messagesReceived === 1);
  expect([socket.state, socket.bufferedAmount, socket.roundTripTime]).toEqual(["open", 0, null]);
  socket.terminate();
  expect(await waiting).toBeNull();
});
