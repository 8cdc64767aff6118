import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, listen, type WebSocketConnection } from "@plyws/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer, type WebSocket as WsSocket } from "ws";
import { type RoomSocket, Rooms, type SlowPolicy } from "../src/index.ts";
import { PlainSocket, settle } from "./support/plain.ts";
import { until } from "./support/until.ts";

const LIMIT = 1000;

describe("a member for whom more than the limit waits", () => {
  test.each<[SlowPolicy | undefined, object, string[], number[], string[]]>([
    [undefined, { sent: 3, dropped: 1, disconnected: 1 }, ["disconnected"], [1013], ["slow"]],
    ["disconnect", { sent: 3, dropped: 1, disconnected: 1 }, ["disconnected"], [1013], ["slow"]],
    ["drop", { sent: 3, dropped: 2, disconnected: 0 }, ["dropped", "dropped"], [], []],
    ["buffer", { sent: 4, dropped: 1, disconnected: 0 }, ["dropped"], [], []],
  ])("policy %s", async (slow, counters, told, codes, left) => {
    const actions: string[] = [];
    const reasons: string[] = [];
    const rooms = new Rooms<PlainSocket>(
      { maxBufferedAmount: LIMIT, ...(slow === undefined ? {} : { slow }) },
      {
        slow: (_room, _socket, action) => actions.push(action),
        left: (_room, _socket, why) => reasons.push(why),
      },
    );
    const [quick, tardy] = [new PlainSocket(), new PlainSocket()];
    await rooms.join("a", tardy);
    await rooms.join("a", quick);
    tardy.bufferedAmount = LIMIT;
    await rooms.publish("a", "fits");
    expect(tardy.got).toEqual(["fits"]);
    tardy.bufferedAmount = LIMIT + 1;
    await rooms.publish("a", "message");
    expect(quick.got).toEqual(["fits", "message"]);
    // Signals are always left out: but who was disconnected is no member any more.
    if (left.length === 0) rooms.signal("a", "signal", { except: quick });
    expect(rooms.counters).toMatchObject(counters);
    expect([actions, tardy.closes.map(([code]) => code), reasons]).toEqual([told, codes, left]);
  });

  test("what the socket itself drops is told", async () => {
    const actions: string[] = [];
    const rooms = new Rooms({}, { slow: (_room, _socket, action) => actions.push(action) });
    const socket = new PlainSocket();
    socket.answer = () => "dropped";
    await rooms.join("a", socket);
    await rooms.publish("a", "x");
    expect(actions).toEqual(["dropped"]);
    expect([...rooms.sockets("a")]).toEqual([socket]);
  });

  test("one that cannot be closed only leaves", async () => {
    const rooms = new Rooms<RoomSocket>({ maxBufferedAmount: 0 });
    await rooms.join("a", { send() {}, bufferedAmount: 1 });
    await rooms.publish("a", "x");
    expect([...rooms.names]).toEqual([]);
  });

  test("a replay waits for it, and it takes part when it has read", async () => {
    const rooms = new Rooms<PlainSocket>({ maxBufferedAmount: 100_000 });
    for (let i = 0; i < 10; i++) await rooms.publish("a", `${i}`);
    const socket = new PlainSocket();
    socket.answer = () => {
      socket.bufferedAmount += 40_000;
    };
    const joining = rooms.join("a", socket, { after: "" });
    while (socket.got.length < 10) {
      await until("it waits", () => socket.bufferedAmount > 64 * 1024 || socket.got.length === 10);
      await rooms.publish("a", `later ${socket.got.length}`);
      socket.bufferedAmount = 0;
      await settle();
    }
    await until("it has all", () => {
      socket.bufferedAmount = 0;
      return socket.got.length === rooms.counters.published;
    });
    expect((await joining).joined).toBe(true);
    expect(socket.closes).toEqual([]);
    const { messages } = await rooms.history("a");
    expect(socket.got).toEqual(messages.map(({ data }) => data));
  });
});

interface Hall {
  /** The sockets of the server, in the order in which they opened. */
  readonly sockets: RoomSocket[];
  readonly url: string;
}

async function hallOfPlyws(): Promise<Hall> {
  const sockets: WebSocketConnection[] = [];
  const server = await listen(
    { host: "127.0.0.1", closeTimeout: 100 },
    {
      open: (socket) => void sockets.push(socket),
      message: () => {},
    },
  );
  onTestFinished(() => void server.close({ deadline: 0 }));
  return { sockets, url: server.url };
}

async function hallOfWs(): Promise<Hall> {
  const sockets: WsSocket[] = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { sockets, url: `ws://127.0.0.1:${address.port}/` };
}

describe.each([
  ["@plyws/node", hallOfPlyws],
  ["ws", hallOfWs],
])("real sockets of %s", { timeout: 60_000 }, (_library, open) => {
  test("one peer stops reading: the other gets everything, and the memory for the first is bounded", async () => {
    const hall = await open();
    const limit = 256 * 1024;
    const told: string[] = [];
    const rooms = new Rooms(
      { slow: "drop", maxBufferedAmount: limit },
      { slow: (_room, _s, action) => told.push(action) },
    );
    const deaf = await connect(hall.url);
    onTestFinished(() => deaf.terminate());
    await until("it is open", () => hall.sockets.length === 1);
    const texts: string[] = [];
    const quick = await connect(
      hall.url,
      {},
      { message: (_socket, text) => void texts.push(String(text).slice(0, 6)) },
    );
    onTestFinished(() => quick.terminate());
    await until("it is open", () => hall.sockets.length === 2);
    for (const socket of hall.sockets) await rooms.join("a", socket);
    // `deaf` has no message event and asks for nothing: what it does not read fills the buffers of the kernel.
    const filling = "x".repeat(64 * 1024);
    const most: number[] = [];
    let sent = 0;
    while (told.length < 50) {
      await rooms.publish("a", `${sent}`.padStart(6, "0") + filling);
      sent++;
      most.push(hall.sockets[0]?.bufferedAmount ?? Number.NaN);
      const now = sent;
      await until("the quick one has it", () => texts.length === now);
    }
    expect(texts).toEqual(Array.from({ length: sent }, (_, i) => `${i}`.padStart(6, "0")));
    expect(Math.max(...most)).toBeLessThan(limit + 2 * filling.length);
    expect(rooms.counters.dropped).toBe(50);
  });

  test("a slow one is disconnected, comes back, and gets what it missed", async () => {
    const hall = await open();
    const gone: string[] = [];
    const rooms = new Rooms(
      { maxBufferedAmount: 256 * 1024, encode: ({ id, data }) => `${id} ${String(data)}` },
      { left: (_room, _socket, reason) => gone.push(reason) },
    );
    const slow = await connect(hall.url, { closeTimeout: 100 });
    await until("it is open", () => hall.sockets.length === 1);
    const before = await rooms.publish("a", "before");
    expect(await rooms.join("a", hall.sockets[0]!)).toMatchObject({ joined: true, last: before });
    let sent = 0;
    while (gone.length === 0) {
      await rooms.publish("a", `${sent}`.padEnd(64 * 1024, " "));
      sent++;
      await settle();
    }
    expect(gone).toEqual(["slow"]);
    slow.terminate();
    const got: number[] = [];
    const back = await connect(
      hall.url,
      {},
      {
        message: (_socket, text) => void got.push(Number(String(text).slice(21))),
      },
    );
    onTestFinished(() => back.terminate());
    await until("it is open", () => hall.sockets.length === 2);
    const report = await rooms.join("a", hall.sockets[1]!, { after: before });
    expect(report).toMatchObject({ joined: true, replayed: sent, gap: false });
    await until("it has all", () => got.length === sent);
    expect(got).toEqual(Array.from({ length: sent }, (_, i) => i));
  });
});
