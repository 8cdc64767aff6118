import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { CloseRecord } from "../src/index.ts";
import { collector, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { tcpOf, wsClient, wsMessages, wsServer } from "./support/ws.ts";

/** What closes a connection, and what the other side hears of it; `null` for no code, which is heard as 1005. */
const CLOSES: readonly [code: number | null, reason: string][] = [
  [null, ""],
  [1000, ""],
  [1000, "done"],
  [1001, "going away"],
  [1011, "é".repeat(61)],
  [1012, ""],
  [3000, ""],
  [4999, "own"],
];

/** The part of a close record that says who sent what: ws sends code and reason back, we send the code back. */
function clean(initiator: "local" | "remote", code: number | null, reason: string): Partial<CloseRecord> {
  const close = { code: code ?? 1005, reason };
  const sent = initiator === "local" ? close : { ...close, reason: "" };
  return { ...close, clean: true, initiator, sent, received: close, error: null };
}

describe("the ws client against our server", () => {
  test.each(CLOSES)("the client closes with %s %j", async (code, reason) => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await wsClient(server.url);
    const socket = await next();
    const heard = once(client, "close");
    if (code === null) client.close();
    else client.close(code, reason);
    expect(await socket.closed).toMatchObject(clean("remote", code, reason));
    expect(String(await heard)).toBe(`${code ?? 1005},`);
    expect(server.connections.size).toBe(0);
  });

  test.each(CLOSES)("the server closes with %s %j", async (code, reason) => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await wsClient(server.url);
    const socket = await next();
    const heard = once(client, "close");
    socket.close(code ?? 1005, reason);
    expect(String(await heard)).toBe(`${code ?? 1005},${reason}`);
    expect(await socket.closed).toMatchObject(clean("local", code, reason));
  });

  test("both close at once", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await wsClient(server.url);
    const socket = await next();
    const heard = once(client, "close");
    client.close(3001);
    socket.close(3002);
    expect(await socket.closed).toMatchObject({ code: 3001, clean: true, initiator: "local" });
    expect(String(await heard)).toBe("3002,");
  });

  test("pings of ws are answered with their payload, between messages", async () => {
    const server = await startServer();
    const client = await wsClient(server.url);
    const pongs: string[] = [];
    client.on("pong", (data) => pongs.push(data.toString()));
    const payloads = ["", "a", "x".repeat(125)];
    for (const payload of payloads) client.ping(payload);
    const echo = wsMessages(client, 1);
    client.send("after the pings");
    expect(await echo).toEqual(["after the pings"]);
    expect(pongs).toEqual(payloads);
  });

  test("our pings are answered by ws", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await wsClient(server.url);
    const socket = await next();
    const ping = once(client, "ping");
    expect(await socket.ping()).toBeGreaterThan(0);
    expect(String(await ping)).toHaveLength(4);
    socket.close();
    expect(await socket.ping()).toBeNull();
  });

  test("an offer of permessage-deflate is not accepted, and messages are not compressed", async () => {
    const server = await startServer();
    const client = await wsClient(server.url, { perMessageDeflate: true });
    expect(client.extensions).toBe("");
    const echo = wsMessages(client, 1);
    client.send("a".repeat(5000), { compress: true });
    expect(await echo).toEqual(["a".repeat(5000)]);
  });

  test.each([
    [["b", "a"], ["a", "b"], "a"],
    [["x"], ["a"], ""],
    [[], ["a"], ""],
    [["a"], (offered: readonly string[]) => offered[0], "a"],
    [["a"], () => null, ""],
  ])("subprotocols %j offered, %s supported", async (subprotocols, supported, agreed) => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events }, { subprotocols: supported });
    const outcome = wsClient(server.url, { subprotocols }).then(
      (client) => client.protocol,
      (error: Error) => error.message,
    );
    // ws gives up when none of those that it offered is selected, which browsers do not.
    const givesUp = agreed === "" && subprotocols.length > 0;
    expect(await outcome).toBe(givesUp ? "Server sent no subprotocol" : agreed);
    expect((await next()).subprotocol).toBe(agreed);
  });

  test("the peer's socket is reset: 1006 with the error of the stream", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const client = await wsClient(server.url);
    const socket = await next();
    tcpOf(client).resetAndDestroy();
    expect(await socket.closed).toMatchObject({
      code: 1006,
      clean: false,
      initiator: "remote",
      received: null,
      error: { code: "ECONNRESET" },
    });
  });
});

describe("our client against a ws server", () => {
  test.each(CLOSES)("the client closes with %s %j", async (code, reason) => {
    const { url, server } = await wsServer(() => {});
    const connection: Promise<unknown[]> = once(server, "connection");
    const client = await openClient(url);
    const [socket] = await connection;
    if (!(socket instanceof WebSocket)) throw new TypeError("ws gives its own sockets");
    const heard = once(socket, "close");
    client.close(code ?? 1005, reason);
    expect(client.state).toBe("closing");
    expect(await client.closed).toMatchObject(clean("local", code, reason));
    expect(String(await heard)).toBe(`${code ?? 1005},${reason}`);
  });

  test.each(CLOSES)("the server closes with %s %j", async (code, reason) => {
    const { url } = await wsServer((socket) => {
      if (code === null) socket.close();
      else socket.close(code, reason);
    });
    const client = await openClient(url);
    expect(await client.receive()).toBeNull();
    expect(await client.closed).toMatchObject(clean("remote", code, reason));
    expect(client.state).toBe("closed");
    expect(client.send("late")).toBe("closed");
    expect(await client.ping()).toBeNull();
  });

  test("pings of ws are answered, and ours by ws", async () => {
    const heard: string[] = [];
    const { url } = await wsServer((socket) => {
      socket.on("ping", (data) => heard.push(`ping ${String(data)}`));
      socket.on("pong", (data) => {
        heard.push(`pong ${String(data)}`);
        socket.send("done");
      });
      socket.on("message", () => socket.ping("theirs"));
    });
    const client = await openClient(url);
    const pong = client.ping();
    expect(await roundTrip(client, "ping me")).toBe("done");
    expect(await pong).toBeGreaterThan(0);
    expect(heard).toEqual([expect.stringMatching(/^ping /), "pong theirs"]);
  });

  test("subprotocols and header fields reach ws, and its choice reaches us", async () => {
    const { url, server } = await wsServer(() => {}, {
      handleProtocols: (offered) => [...offered].at(-1) ?? false,
    });
    const request = once(server, "connection");
    const client = await openClient(
      `${url}room?id=1`,
      {},
      {
        subprotocols: ["one", "two"],
        headers: { Authorization: "Bearer x", "X-Id": "1" },
        origin: "http://example.com",
      },
    );
    expect(client.subprotocol).toBe("two");
    expect((await request)[1]).toMatchObject({
      url: "/room?id=1",
      headers: { authorization: "Bearer x", "x-id": "1", origin: "http://example.com" },
    });
  });
});
