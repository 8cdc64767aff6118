import { describe, expect, test } from "vitest";
import {
  type MessageData,
  ReconnectingClient,
  type WebSocketConnection,
  type WebSocketEvents,
} from "../src/index.ts";
import { collector, ECHO, startServer } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { acceptingHead, rawServer } from "./support/raw-peer.ts";
import { eventually, NOBODY, QUICK, startReconnecting } from "./support/reconnecting.ts";

/** Without this event nothing is read unless somebody waits for a message, and no Close frame is seen. */
const READS: WebSocketEvents = { message: () => {} };

describe("what is not the server's doing", () => {
  test("closing the connection, and not the client, leads to the next one", async () => {
    const server = await startServer(ECHO);
    const { client, states } = startReconnecting(server.url);
    const first = await client.opened;
    first?.close(1000);
    expect(await first?.closed).toMatchObject({ code: 1000, initiator: "local", clean: true });
    const second = await client.opened;
    expect(second).not.toBe(first);
    second?.terminate();
    expect(await client.opened).not.toBe(second);
    expect(states).toEqual(["open", "waiting", "connecting", "open", "waiting", "connecting", "open"]);
  });

  const faults: [event: string, events: WebSocketEvents, trigger: boolean][] = [
    ["open", { open: () => expect.fail("broken") }, false],
    ["open, later", { open: () => Promise.reject(new Error("broken")) }, false],
    ["message", { message: () => expect.fail("broken") }, true],
    ["message, later", { message: () => Promise.reject(new Error("broken")) }, true],
    ["close", { ...READS, close: () => expect.fail("broken") }, false],
  ];

  test.each(faults)("a handler that throws ends one connection: %s", async (_, events, trigger) => {
    const processFaults = watchProcess();
    const warnings = watchWarnings();
    const { events: server, next } = collector();
    const { url } = await startServer({ ...ECHO, ...server });
    const { client } = startReconnecting(url, events);
    const first = await next();
    if (trigger) first.send("hello");
    else if (events.close !== undefined) first.close(1012);
    await first.closed;
    await next();
    await eventually("a warning", () => warnings.length > 0);
    expect(String(warnings[0])).toContain("broken");
    expect(client.retries).toBeGreaterThan(0);
    expect(processFaults).toEqual([]);
  });

  test("error tells instead of a warning", async () => {
    const warnings = watchWarnings();
    const { events, next } = collector();
    const { url } = await startServer({ ...ECHO, ...events });
    const errors: Error[] = [];
    startReconnecting(url, {
      message: () => expect.fail("broken"),
      error: (_, error) => errors.push(error),
    });
    const first = await next();
    first.send("hello");
    expect(await first.closed).toMatchObject({ code: 1011 });
    await next();
    expect(errors.map(String)).toEqual([expect.stringContaining("broken")]);
    expect(warnings).toEqual([]);
  });

  test.each<[how: string, stateChange: () => unknown]>([
    ["throws", () => expect.fail("broken")],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ])("a stateChange that %s is a warning each time and changes nothing", async (_, stateChange) => {
    const processFaults = watchProcess();
    const warnings = watchWarnings();
    const server = await startServer(ECHO);
    const { client, states } = startReconnecting(server.url, { stateChange });
    (await client.opened)?.terminate();
    await client.opened;
    client.close();
    await client.closed;
    expect(states).toEqual(["open", "waiting", "connecting", "open", "closing", "closed"]);
    await eventually("six warnings", () => warnings.length === 6);
    expect(processFaults).toEqual([]);
  });

  test("giving up without anybody who watches is a warning, and only then", async () => {
    const warnings = watchWarnings();
    const server = await startServer({ open: (socket) => socket.close(1008) });
    const quiet = [
      new ReconnectingClient(server.url, {}, { ...READS, stateChange: () => {} }),
      new ReconnectingClient(server.url, {}, READS),
      new ReconnectingClient(NOBODY),
    ];
    await quiet[1]!.closed;
    await eventually("the end of the other", () => quiet[0]!.state === "closed");
    quiet[2]!.close();
    expect(warnings).toEqual([]);
    const silent = [
      new ReconnectingClient(server.url, {}, READS),
      new ReconnectingClient("ftp://127.0.0.1/"),
    ];
    await eventually("both ends", () => silent.every(({ state }) => state === "closed"));
    await eventually("both warnings", () => warnings.length === 2);
    expect(warnings.map(String).toSorted()).toEqual([
      expect.stringContaining("gave up: Closed with 1008"),
      expect.stringContaining("gave up: connect takes a URL such as"),
    ]);
    expect(await silent[0]!.closed).toMatchObject({ reason: "refused" });
  });
});

describe("as for connect", () => {
  test("the options", async () => {
    const url = await rawServer(async (peer) => {
      const head = await peer.head();
      expect(head).toContain("X-Own: yes\r\n");
      peer.write(acceptingHead(head, ["Sec-WebSocket-Protocol: b"]));
    });
    const options = {
      ...QUICK,
      subprotocols: ["a", "b"],
      headers: { "X-Own": "yes" },
      text: "octets" as const,
    };
    const { client } = startReconnecting(url, {}, options);
    expect((await client.opened)?.subprotocol).toBe("b");
  });

  test("the events, with their object as this", async () => {
    const server = await startServer(ECHO);
    const told: unknown[] = [];
    const events = {
      own: "this",
      message(_: WebSocketConnection, data: MessageData, isText: boolean) {
        told.push([this.own, data, isText]);
      },
    };
    const { client } = startReconnecting(server.url, events);
    await client.opened;
    client.send("text");
    client.send(Uint8Array.of(1));
    await eventually("both", () => told.length === 2);
    expect(told).toEqual([
      ["this", "text", true],
      ["this", Uint8Array.of(1), false],
    ]);
  });

  test("drain", async () => {
    const server = await startServer(READS);
    const told: unknown[] = [];
    const { client } = startReconnecting(server.url, { drain: (socket) => told.push(socket) });
    const socket = await client.opened;
    expect(client.send("x".repeat(200_000))).toBe("buffered");
    await eventually("drain", () => told.length === 1);
    expect(told).toEqual([socket]);
  });

  test("stream", async () => {
    const server = await startServer(ECHO);
    const texts: string[] = [];
    const { client } = startReconnecting(server.url, {
      stream: async (_, message) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of message) pieces.push(piece);
        texts.push(Buffer.concat(pieces).toString());
      },
    });
    await client.opened;
    client.send("piece by piece");
    await eventually("the message", () => texts.length === 1);
    expect(texts).toEqual(["piece by piece"]);
  });
});
