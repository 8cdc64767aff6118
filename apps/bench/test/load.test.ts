import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { BroadcastLoad } from "../src/load/broadcast.ts";
import { EchoLoad } from "../src/load/echo.ts";
import { HandshakeLoad } from "../src/load/handshakes.ts";
import { IdleLoad } from "../src/load/idle.ts";
import { LatencyLoad } from "../src/load/latency.ts";
import { broadcast, echo, message } from "../src/scenarios.ts";

// A load that did not notice what a server gets wrong would measure servers that do nothing.

let server: WebSocketServer;
let port: number;
/** What the server does with each message. */
let answer: (socket: WebSocket, data: Buffer, isBinary: boolean) => void;

beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
  await once(server, "listening");
  const address = server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
  server.on("connection", (socket) => {
    socket.on("message", (data: Buffer, isBinary) => answer(socket, data, isBinary));
  });
});

afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const right = (socket: WebSocket, data: Buffer, isBinary: boolean): void =>
  socket.send(data, { binary: isBinary });

/** Does something else at the tenth message. */
function onceWrong(wrong: typeof answer): typeof answer {
  let count = 0;
  return (...message_) => (++count === 10 ? wrong : right)(...message_);
}

describe("echoes", () => {
  const plan = echo(message(100), { connections: 1, inFlight: 4 });

  test.each([
    ["small", plan],
    ["large", echo(message(100_000), { connections: 3 })],
    ["in fragments", echo(message(1000, { fragments: 10 }), { connections: 2, inFlight: 3 })],
    ["compressed", echo(message(1024, { text: true, compressed: true }), { connections: 2 })],
    ["in bursts", { ...plan, bursts: true, inFlight: 100 }],
  ])("%s", async (_, load) => {
    let received = 0;
    answer = (socket, data, isBinary) => {
      received++;
      right(socket, data, isBinary);
    };
    const { count, seconds } = await (await EchoLoad.open(port, load)).run(50);
    expect(count).toBe(received);
    expect(count).toBeGreaterThanOrEqual(load.connections * load.inFlight);
    expect(seconds).toBeGreaterThan(0);
  });

  test("a second run counts for itself", async () => {
    answer = right;
    const load = await EchoLoad.open(port, plan);
    await load.run(30);
    let received = 0;
    server.clients.forEach((socket) => socket.on("message", () => received++));
    expect((await load.run(30)).count).toBe(received);
  });

  test.each<[string, typeof answer, string]>([
    ["other octets", (socket, data) => socket.send(Buffer.alloc(data.length)), "is not what was sent"],
    ["fewer octets", (socket, data) => socket.send(data.subarray(1)), "is not what was sent"],
    ["the end of the connection", (socket) => socket.terminate(), "ECONNRESET|closed a connection"],
  ])("%s instead of an echo are noticed", async (_, wrong, error) => {
    answer = onceWrong(wrong);
    const load = await EchoLoad.open(port, plan);
    await expect(load.run(10_000)).rejects.toThrow(new RegExp(error));
  });

  test("of a floor, only the length counts", async () => {
    answer = (socket, data) => socket.send(Buffer.alloc(data.length));
    const floor = echo(message(100, { echoed: false }), { connections: 1 });
    expect((await (await EchoLoad.open(port, floor)).run(20)).count).toBeGreaterThan(0);
  });

  test("a server that does not compress is noticed", async () => {
    server.options.perMessageDeflate = false;
    const load = EchoLoad.open(port, echo(message(100, { compressed: true })));
    await expect(load).rejects.toThrow("does not compress");
  });
});

describe("broadcasts", () => {
  test("all deliveries are counted", async () => {
    let sent = 0;
    answer = (_, data) => {
      for (const socket of [...server.clients, ...server.clients]) {
        socket.send(data, { binary: true });
        sent++;
      }
    };
    const { count } = await (await BroadcastLoad.open(port, broadcast(7, 2))).run(50);
    expect(count).toBe(sent);
    expect(count % 14).toBe(0);
    expect(count).toBeGreaterThan(0);
  });

  test("wrong content is noticed", async () => {
    answer = () => {
      for (const socket of server.clients) socket.send(Buffer.alloc(100));
    };
    await expect((await BroadcastLoad.open(port, broadcast(3, 1))).run(10_000)).rejects.toThrow(
      "not what was sent",
    );
  });
});

describe("handshakes", () => {
  test.each([true, false])("closing handshake: %s", async (closing) => {
    const codes: number[] = [];
    server.on("connection", (socket) => socket.on("close", (code) => codes.push(code)));
    const { count } = await new HandshakeLoad(port, { kind: "handshakes", atOnce: 3, closing }).run(50);
    expect(count).toBeGreaterThanOrEqual(3);
    await expect.poll(() => codes.length).toBe(count);
    expect(new Set(codes)).toEqual(new Set([closing ? 1000 : 1006]));
  });

  test("a server that does not answer the Close frame is noticed", async () => {
    server.on("connection", (_, request) => request.socket.once("data", () => request.socket.end()));
    const load = new HandshakeLoad(port, { kind: "handshakes", atOnce: 1, closing: true });
    // Whatever ws still writes, the stream ends before its Close frame.
    server.prependListener("connection", (socket) => {
      socket.close = () => {};
    });
    await expect(load.run(10_000)).rejects.toThrow(/did not answer|EPIPE|ECONNRESET/);
  });
});

test("idle connections are opened, used and dropped", async () => {
  answer = right;
  const load = new IdleLoad(port, { kind: "idle", compressed: false });
  await load.open(5);
  expect(server.clients.size).toBe(5);
  let received = 0;
  server.clients.forEach((socket) => socket.on("message", () => received++));
  await load.use(message(70_000), 3);
  expect(received).toBe(15);
  load.begin(message(50));
  load.drop();
  await expect.poll(() => server.clients.size).toBe(0);
  expect(received).toBe(15);
});

describe("latency", () => {
  const plan = { kind: "latency", message: message(20, { text: true }), every: 2 } as const;

  test("each echo has one, in ascending order", async () => {
    let received = 0;
    answer = (socket, data, isBinary) => {
      received++;
      // What is broadcast comes in between, and is no echo.
      socket.send(Buffer.alloc(9), { binary: true });
      right(socket, data, isBinary);
    };
    const latencies = await (await LatencyLoad.open(port, plan)).run(100);
    expect(latencies).toHaveLength(received);
    expect(latencies).toEqual(latencies.toSorted((a, b) => a - b));
    expect(latencies[0]).toBeGreaterThan(0);
  });

  test("an echo that is held back is late by as much, and so are those behind it", async () => {
    let held: (() => void)[] = [];
    const hold = 60;
    answer = (socket, data, isBinary) => {
      if (held.length === 0) setTimeout(() => held.splice(0).forEach((send) => send()), hold);
      held.push(() => right(socket, data, isBinary));
    };
    const latencies = await (await LatencyLoad.open(port, plan)).run(100);
    held = [];
    expect(latencies.length).toBeGreaterThan(2);
    // Timers of Node may fire a millisecond early.
    expect(latencies.at(-1)).toBeGreaterThan((hold - 2) * 1000);
  });
});
