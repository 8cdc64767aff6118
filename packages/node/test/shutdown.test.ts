import { connect as connectTcp } from "node:net";
import { close, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { listen } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { masked, rawClient, rawConnect, requestHead } from "./support/raw-peer.ts";
import { settle, until } from "./support/turns.ts";

describe("close", () => {
  test("of a server without connections", async () => {
    const server = await startServer();
    const { url } = server;
    expect(await server.close()).toEqual({ finished: 0, unfinished: [] });
    await expect(rawConnect(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await server.close()).toEqual({ finished: 0, unfinished: [] });
  });

  test("tells every peer, and counts those that answered", async () => {
    const server = await startServer();
    const clients = await Promise.all(Array.from({ length: 20 }, () => openClient(server.url, DROP)));
    const open = clients.map(async (client) => client.closed);
    expect(await server.close()).toEqual({ finished: 20, unfinished: [] });
    for (const record of await Promise.all(open)) expect(record).toMatchObject({ code: 1001, clean: true });
    expect(server.connections.size).toBe(0);
  });

  test("delivers what was sent before", async () => {
    const server = await startServer({ open: (socket) => socket.send("last words"), message: () => {} });
    const peer = await rawClient(server.url);
    await until("the connection is there", () => server.connections.size === 1);
    const report = server.close({ code: 4000, reason: "over" });
    const frames = (await peer.frames(2)).map(({ payload }) => Buffer.from(payload).toString("latin1"));
    expect(frames).toEqual(["last words", "\x0f\xa0over"]);
    peer.write(close(4000, "", masked));
    await peer.ended;
    peer.socket.end();
    expect(await report).toEqual({ finished: 1, unfinished: [] });
  });

  test("cuts off who does not answer in time, and says who", async () => {
    const server = await startServer();
    const peer = await rawClient(server.url);
    await openClient(server.url, DROP);
    await until("both are there", () => server.connections.size === 2);
    const start = Date.now();
    const { finished, unfinished } = await server.close({ deadline: 100 });
    expect(Date.now() - start).toBeGreaterThanOrEqual(95);
    expect(Date.now() - start).toBeLessThan(3000);
    expect({ finished, unfinished: unfinished.length }).toEqual({ finished: 1, unfinished: 1 });
    expect(await unfinished[0]?.closed).toMatchObject({ code: 1006, clean: false, sent: { code: 1001 } });
    expect(await peer.frames(1)).toMatchObject([{ opcode: 8 }]);
    await peer.ended;
  });

  test("waits for messages that a peer still sends", async () => {
    const messages: unknown[] = [];
    const server = await startServer({ message: (_socket, data) => messages.push(data) });
    const peer = await rawClient(server.url);
    await until("the connection is there", () => server.connections.size === 1);
    const report = server.close();
    await peer.frames(1);
    peer.write(text("late", masked), close(1001, "", masked));
    await peer.ended;
    peer.socket.end();
    expect(await report).toEqual({ finished: 1, unfinished: [] });
    expect(messages).toEqual(["late"]);
  });

  test("refuses new connections meanwhile, and ends those that are not open yet", async () => {
    const server = await startServer();
    const peer = await rawClient(server.url);
    const silent = await rawConnect(server.url);
    const half = await rawConnect(server.url);
    half.write(requestHead().slice(0, 30));
    await until("the connection is there", () => server.connections.size === 1);
    await settle();
    const report = server.close({ deadline: 300 });
    await expect(openClient(server.url, DROP)).rejects.toMatchObject({
      code: "unexpected-status",
      status: 503,
    });
    expect((await report).unfinished.length).toBe(1);
    await Promise.all([peer.ended, silent.ended, half.ended]);
  });

  test("does not wait for a peer that never began its TLS handshake", async () => {
    const server = await listen({ host: "127.0.0.1", tls: certificate }, ECHO);
    const socket = connectTcp(Number(new URL(server.url).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    await settle();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    expect(await server.close({ deadline: 100 })).toEqual({ finished: 0, unfinished: [] });
    await ended;
  });

  test("holds its deadline though a refused client takes neither the answer nor the end", async () => {
    const server = await listen({ host: "127.0.0.1", maxConnections: 0 }, ECHO);
    const refused = await rawConnect(server.url);
    refused.write(requestHead());
    await refused.head();
    const begin = performance.now();
    await server.close({ deadline: 100 });
    // A refused client has two seconds otherwise.
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  test.each([{ code: 1005.5 }, { code: 1006 }, { code: 99 }, { reason: "x".repeat(124) }])(
    "rejects for %j, and can be called again",
    async (options) => {
      const server = await startServer();
      await openClient(server.url, DROP);
      await until("the connection is there", () => server.connections.size === 1);
      await expect(server.close(options)).rejects.toThrow(RangeError);
      expect(await server.close()).toEqual({ finished: 1, unfinished: [] });
    },
  );
});
