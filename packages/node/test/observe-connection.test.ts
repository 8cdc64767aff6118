import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ProtocolError } from "@plyws/frame";
import { binary, ping } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, refuse, type WebSocketConnection } from "../src/index.ts";
import { closedPort, rejectionOf } from "./support/client-servers.ts";
import { collector, DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { CHANNELS, countPublications, observe } from "./support/observing.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { masked, rawClient } from "./support/raw-peer.ts";
import { settle, until } from "./support/turns.ts";

const fault = new Error("an event is broken");

describe("plyws:open and plyws:close", () => {
  test("once for every connection, with its record, in both roles", async () => {
    const opens = observe("plyws:open");
    const closes = observe("plyws:close");
    const server = await startServer();
    const clients = [await openClient(server.url), await openClient(server.url, DROP)];
    expect(opens.map(({ socket }) => socket.role)).toEqual(["server", "client", "server", "client"]);
    for (const [index, client] of clients.entries()) client.close(4000 + index, "bye");
    for (const client of clients) await client.closed;
    await until("both ends are told", () => closes.length === 4);
    expect(new Set(closes.map(({ socket }) => socket))).toEqual(new Set(opens.map(({ socket }) => socket)));
    for (const { socket, record, duration } of closes) {
      expect(record).toBe(await socket.closed);
      expect(record).toMatchObject({ clean: true, initiator: socket.role === "client" ? "local" : "remote" });
      expect(duration).toBeGreaterThan(0);
      expect(duration).toBeLessThan(60_000);
    }
    expect(closes.map(({ record }) => `${record.code}`).toSorted()).toEqual(["4000", "4000", "4001", "4001"]);
  });

  test("the message comes before the close event", async () => {
    const closes = observe("plyws:close");
    let known: number | null = null;
    const server = await startServer({
      ...ECHO,
      close: () => {
        known = closes.length;
      },
    });
    (await rawClient(server.url)).reset();
    await until("the event", () => known !== null);
    expect(known).toBe(1);
  });

  test("a violation of the peer is the error of the record, and none of the application", async () => {
    const closes = observe("plyws:close");
    const errors = observe("plyws:error");
    const server = await startServer();
    const peer = await rawClient(server.url);
    peer.write(binary("not masked"));
    peer.socket.end();
    await until("it is told", () => closes.length === 1);
    expect(closes[0]?.record.error).toBeInstanceOf(ProtocolError);
    expect(closes[0]?.record).toMatchObject({ error: { code: "mask-missing" }, sent: { code: 1002 } });
    expect(errors).toEqual([]);
  });

  test("a connection that is terminated in its open event is told in order", async () => {
    const order: string[] = [];
    for (const name of CHANNELS) {
      const note = (): void => void order.push(name);
      subscribe(name, note);
      onTestFinished(() => void unsubscribe(name, note));
    }
    const server = await startServer({ open: (socket) => socket.terminate() });
    const peer = await rawClient(server.url);
    await peer.ended;
    await until("the end is told", () => order.length === 3);
    expect(order).toEqual(["plyws:handshake", "plyws:open", "plyws:close"]);
  });
});

describe("plyws:error", () => {
  test.each([
    [
      "throws",
      () => {
        throw fault;
      },
    ],
    ["rejects", () => Promise.reject(fault)],
  ])("an event that %s, on a server and on a client", async (_, fail) => {
    const errors = observe("plyws:error");
    const closes = observe("plyws:close");
    const sockets = collector();
    const server = await startServer({ ...sockets.events, message: fail, error: () => {} });
    const client = await openClient(server.url, DROP);
    client.send("x");
    await client.closed;
    const failed = await sockets.next();
    expect(errors).toEqual([{ role: "server", error: fault, socket: failed, request: null }]);

    const echo = await startServer();
    const broken = await openClient(echo.url, { message: fail, error: () => {} });
    broken.send("x");
    await broken.closed;
    expect(errors.slice(1)).toEqual([{ role: "client", error: fault, socket: broken, request: null }]);
    const records = closes.filter(({ socket }) => socket === failed || socket === broken);
    expect(records.map(({ record }) => [record.error, record.sent?.code])).toEqual([
      [fault, 1011],
      [fault, 1011],
    ]);
  });

  test("an error event of the connection does not keep it from the channel", async () => {
    watchWarnings();
    const errors = observe("plyws:error");
    const server = await startServer({
      message: () => Promise.reject(fault),
      error: () => {
        throw new Error("another");
      },
    });
    const client = await openClient(server.url, DROP);
    client.send("x");
    await client.closed;
    expect(errors.map(({ error }) => error)).toEqual([fault]);
  });
});

test("without subscribers nothing is published, whatever happens", async () => {
  watchWarnings();
  const published = countPublications();
  const server = await startServer({ ...ECHO, close: () => Promise.reject(fault), error: () => {} });
  const client = await openClient(server.url);
  expect(await roundTrip(client, "x")).toBe("x");
  client.close();
  await client.closed;
  const refusing = await startServer(ECHO, { accept: () => refuse(401) });
  await rejectionOf(connect(refusing.url));
  const failing = await startServer(ECHO, {
    accept: () => {
      throw fault;
    },
  });
  await rejectionOf(connect(failing.url));
  await rejectionOf(connect(`ws://127.0.0.1:${await closedPort()}/`));
  await until("the server knows the end", () => server.connections.size === 0);
  await settle();
  expect(published()).toBe(0);

  // The same is seen by this count when somebody listens.
  const opens = observe("plyws:open");
  await openClient((await startServer()).url);
  expect(opens.length).toBe(2);
  expect(published()).toBe(2);
});

test("messages and control frames publish nothing even when somebody listens", async () => {
  for (const name of CHANNELS) observe(name);
  const server = await startServer();
  const peer = await rawClient(server.url);
  await until("it is open", () => server.connections.size === 1);
  const published = countPublications();
  peer.write(...Array.from({ length: 50 }, () => binary("x", masked)), ping("y", masked));
  await peer.frames(51);
  expect(published()).toBe(0);
});

test("a subscriber that throws hurts no connection: Node makes it an uncaught exception of its own", async () => {
  // Those of the test runner would count it as a failure.
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
  });
  const faults = watchProcess();
  const broken = new Error("a subscriber is broken");
  const fail = (): never => {
    throw broken;
  };
  for (const name of CHANNELS) {
    subscribe(name, fail);
    onTestFinished(() => void unsubscribe(name, fail));
  }
  const sockets: WebSocketConnection[] = [];
  const server = await startServer({ ...ECHO, open: (socket) => void sockets.push(socket) });
  const client = await openClient(server.url);
  expect(await roundTrip(client, "still here")).toBe("still here");
  client.close(4000);
  expect(await client.closed).toMatchObject({ code: 4000, clean: true });
  expect(await sockets[0]?.closed).toMatchObject({ code: 4000, clean: true });
  // Two ends: a handshake, an opening and an end each; those of tests before this one may still be on their way.
  await until("all are reported", () => faults.length >= 6);
  expect(new Set(faults)).toEqual(new Set([broken]));
});
