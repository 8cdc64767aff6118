import { binary, type ParsedFrame, PING, pong, text } from "@plyws/testkit";
import { describe, expect, test, vi } from "vitest";
import type { CloseRecord, ConnectionLimits, WebSocketConnection, WebSocketEvents } from "../src/index.ts";
import { pass, stopTime, turns } from "./support/clock.ts";
import { connected } from "./support/connected.ts";
import { DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { acceptingHead, masked, type RawPeer, rawServer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

stopTime();

/** A connection in either role, and its raw peer. */
async function connectedAs(
  role: "client" | "server",
  events: WebSocketEvents = DROP,
  options: ConnectionLimits = {},
): Promise<{ socket: WebSocketConnection; peer: RawPeer; to: { mask?: Uint8Array } }> {
  if (role === "server") return { ...(await connected(events, options)), to: masked };
  let peer: RawPeer | null = null;
  const url = await rawServer(async (accepted) => {
    peer = accepted;
    accepted.write(acceptingHead(await accepted.head()));
  });
  const socket = await openClient(url, events, options);
  return { socket, peer: peer!, to: {} };
}

/** The record, if the connection has ended by now. */
async function recordOf(socket: WebSocketConnection): Promise<CloseRecord | null> {
  await turns();
  return await Promise.race([socket.closed, Promise.resolve(null)]);
}

/** The payload of the next frame, which has to be a Ping. */
async function nextPing(peer: RawPeer): Promise<ParsedFrame> {
  const [first] = await peer.frames(1);
  expect(first?.opcode).toBe(PING);
  return first!;
}

describe.each(["server", "client"] as const)("a %s", (role) => {
  test("notices a peer that has vanished, by default after 45 seconds", async () => {
    const faults = watchProcess();
    const { socket, peer } = await connectedAs(role);
    await pass(29);
    expect(peer.take().length).toBe(0);
    await pass(2);
    await nextPing(peer);
    await pass(13);
    expect(await recordOf(socket)).toBeNull();
    await pass(3);
    expect(await recordOf(socket)).toMatchObject({
      code: 1006,
      clean: false,
      initiator: "local",
      received: null,
      error: { message: expect.stringMatching(/^Nothing came from the peer for \d+ s/) },
    });
    expect(faults).toEqual([]);
  });

  test.each([
    [1000, 1000],
    [5000, 20_000],
    [60_000, 3000],
  ])("notices it within other limits: %i and %i ms", async (pingInterval, pongTimeout) => {
    const { socket } = await connectedAs(role, DROP, { pingInterval, pongTimeout });
    await pass((pingInterval + pongTimeout) / 1000 - 1);
    expect(await recordOf(socket)).toBeNull();
    await pass(3);
    expect(await recordOf(socket)).not.toBeNull();
  });

  test("keeps a peer that answers, and knows the round-trip time", async () => {
    const { socket, peer, to } = await connectedAs(role);
    expect(socket.roundTripTime).toBeNull();
    for (let i = 1; i <= 10; i++) {
      // The tick that finds an answer counts for nothing.
      await pass(i === 1 ? 30 : 31);
      const { payload } = await nextPing(peer);
      vi.advanceTimersByTime(10 * i);
      peer.write(pong(payload, to));
      await turns();
      expect(socket.roundTripTime).toBe(10 * i);
    }
    expect(socket.state).toBe("open");
  });

  test("takes any octet for a sign of life, also in the middle of a frame", async () => {
    const { socket, peer, to } = await connectedAs(role);
    const wire = binary(binaryOf(1000), to);
    for (let at = 0; at < 40; at++) {
      await pass(20);
      peer.write(wire.subarray(at, at + 1));
    }
    expect(socket.state).toBe("open");
    expect(peer.take().length).toBe(0);
  });

  test("takes what the peer has read for a sign of life", { timeout: 30_000 }, async () => {
    const { socket, peer } = await connectedAs(role, DROP, { maxBufferedAmount: 2 ** 26 });
    peer.socket.pause();
    socket.send(Buffer.alloc(40_000_000));
    await turns();
    // The raw peer answers no Ping; those that we send are far behind.
    for (let i = 0; i < 20; i++) {
      await pass(20);
      let size = 0;
      peer.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > 1_000_000) peer.socket.pause();
      });
      peer.socket.resume();
      await until("it has read something", () => size > 1_000_000);
      await turns();
    }
    expect(socket.state).toBe("open");
    expect(socket.bufferedAmount).toBeGreaterThan(1_000_000);
    peer.socket.pause();
    await pass(47 + 2);
    expect(await recordOf(socket)).not.toBeNull();
  });

  test("does not blame a peer that it does not read", async () => {
    const { socket, peer, to } = await connectedAs(role);
    socket.pause();
    await pass(600);
    expect(socket.state).toBe("open");
    socket.resume();
    peer.write(text("still here", to));
    await pass(40);
    expect(socket.state).toBe("open");
  });

  test("notices that a peer has gone though it does not read, with messages that nobody reads", async () => {
    const { socket, peer, to } = await connectedAs(role, {});
    peer.write(text("unread", to), text("unread", to));
    await turns();
    peer.reset();
    await turns();
    await pass(31);
    await pass(6);
    expect(await recordOf(socket)).toMatchObject({ code: 1006 });
  });

  test("sends no Pings when they are switched off", async () => {
    const { socket, peer } = await connectedAs(role, DROP, { pingInterval: 0 });
    await pass(600);
    expect(peer.take().length).toBe(0);
    expect(socket.state).toBe("open");
  });

  test("sends Pings that nobody has to answer", async () => {
    const { socket, peer } = await connectedAs(role, DROP, { pongTimeout: 0 });
    await pass(200);
    expect(socket.state).toBe("open");
    await nextPing(peer);
  });
});

test("two of ours keep each other alive for an hour", { timeout: 30_000 }, async () => {
  const server = await startServer(ECHO);
  const client = await openClient(server.url, DROP);
  await pass(3600);
  const [socket] = server.connections;
  expect([client.state, socket?.state]).toEqual(["open", "open"]);
  expect(client.roundTripTime).not.toBeNull();
  expect(socket?.roundTripTime).not.toBeNull();
});
