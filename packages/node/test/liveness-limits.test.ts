import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { close, ping, text } from "@plyws/testkit";
import { describe, expect, test, vi } from "vitest";
import type { CloseRecord, WebSocketConnection } from "../src/index.ts";
import { pass, stopTime, turns } from "./support/clock.ts";
import { connected } from "./support/connected.ts";
import { DROP, openClient, startServer } from "./support/endpoints.ts";
import { acceptingHead, masked, rawServer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

stopTime();

async function deafClient(closeTimeout?: number): Promise<WebSocketConnection> {
  const url = await rawServer(async (peer) => peer.write(acceptingHead(await peer.head())));
  return await openClient(url, DROP, { closeTimeout });
}
const deafServer = async (closeTimeout?: number): Promise<WebSocketConnection> =>
  (await connected(DROP, { closeTimeout })).socket;

const PASSIVE = { pingInterval: 0 };

describe("idleTimeout", () => {
  test("closes with 1001 when no message goes either way", async () => {
    const server = await startServer(DROP, { ...PASSIVE, idleTimeout: 20_000 });
    const client = await openClient(server.url, DROP);
    await pass(15);
    client.send("from the client");
    await turns();
    await pass(18);
    for (const socket of server.connections) socket.send("from the server");
    await pass(18);
    expect(client.state).toBe("open");
    await pass(4);
    expect(await client.closed).toMatchObject({
      code: 1001,
      reason: "idle",
      clean: true,
      initiator: "remote",
    });
  });

  test("is not put off by Pings, nor by what is no message yet", async () => {
    const { socket, peer } = await connected(DROP, { ...PASSIVE, idleTimeout: 10_000 });
    for (let i = 0; i < 10; i++) {
      await pass(1);
      // The last is followed by the beginning of a message.
      peer.write(ping("x", masked), i === 9 ? Buffer.from([0x81]) : Buffer.alloc(0));
      await turns();
    }
    await pass(2);
    expect(socket.state).toBe("closing");
  });

  test("is put off by the pieces of a message, in both directions", async () => {
    const { socket, peer } = await connected(
      { stream: async (_, message) => void (await message.return()) },
      {
        ...PASSIVE,
        idleTimeout: 10_000,
      },
    );
    peer.write(Buffer.from([0x01, 0x80, 0, 0, 0, 0]));
    for (let i = 0; i < 5; i++) {
      await pass(8);
      peer.write(Buffer.from([0x00, 0x81, 0, 0, 0, 0, 97]));
      await turns();
    }
    const gate = new EventEmitter();
    void socket.sendStream({
      async *[Symbol.asyncIterator]() {
        for (;;) {
          yield "piece";
          await once(gate, "open");
        }
      },
    });
    for (let i = 0; i < 5; i++) {
      await pass(8);
      gate.emit("open");
      await turns();
    }
    expect(socket.state).toBe("open");
    await pass(12);
    expect(socket.state).toBe("closing");
  });
});

describe("maxAge", () => {
  test("closes with 1001, however busy the connection is", async () => {
    const server = await startServer(DROP, { maxAge: 60_000 });
    const client = await openClient(server.url, DROP);
    for (let i = 0; i < 59; i++) {
      await pass(1);
      client.send("x");
    }
    expect(client.state).toBe("open");
    await pass(2);
    expect(await client.closed).toMatchObject({ code: 1001, reason: "maximum age reached", clean: true });
  });

  test("also ends a connection that nobody reads", async () => {
    const { socket, peer } = await connected({}, { maxAge: 10_000 });
    peer.write(text("unread", masked));
    await turns();
    await pass(12);
    expect((await peer.frames(1))[0]?.opcode).toBe(8);
    peer.write(close(1001, "", masked));
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ clean: true });
  });
});

describe("closeTimeout", () => {
  describe.each([
    ["server", deafServer],
    ["client", deafClient],
  ] as const)("of a %s", (_, open) => {
    test.each([
      [undefined, 5000],
      [300, 300],
      [60_000, 60_000],
    ])("%s: a peer that does not answer has %i ms", async (closeTimeout, time) => {
      const socket = await open(closeTimeout);
      let record: CloseRecord | null = null;
      void socket.closed.then((told) => (record = told));
      socket.close(4000, "bye");
      await turns();
      vi.advanceTimersByTime(time - 1);
      await turns();
      expect(record).toBeNull();
      vi.advanceTimersByTime(1);
      await turns();
      expect(record).toMatchObject({
        code: 1006,
        clean: false,
        received: null,
        sent: { code: 4000, reason: "bye" },
        initiator: "local",
        error: null,
      });
    });
  });

  test("holds while the connection is paused with messages that nobody reads", async () => {
    const { socket, peer } = await connected(DROP);
    socket.pause();
    peer.write(text("a", masked), text("b", masked));
    await turns();
    socket.close();
    await turns();
    await pass(6);
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false });
  });

  test("holds for a peer that answers, and then keeps the stream open", async () => {
    const { socket, peer } = await connected(DROP);
    peer.write(close(1000, "", masked));
    await until("it is answered", () => socket.state === "draining");
    await pass(6);
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
  });
});

test("closed is the same record for all who ask, before and after, and never rejects", async () => {
  const { socket, peer } = await connected(DROP);
  const before = [socket.closed, socket.closed];
  peer.reset();
  const [first, second] = await Promise.all(before);
  expect(second).toBe(first);
  expect(await socket.closed).toBe(first);
  expect(first).toMatchObject({ code: 1006, error: { code: "ECONNRESET" } });
  socket.terminate();
  socket.close();
  await delay(1);
  expect(await socket.closed).toBe(first);
});
