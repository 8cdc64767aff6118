import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { HandshakeError, refuse, type WebSocketEvents } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, ECHO, startServer } from "./support/endpoints.ts";
import { watchWarnings } from "./support/process-faults.ts";
import { rawServer } from "./support/raw-peer.ts";
import { eventually, NOBODY, QUICK, startReconnecting } from "./support/reconnecting.ts";

const portOf = (url: string): number => Number(new URL(url).port);
/** Without this event nothing is read unless somebody waits for a message, and no Close frame is seen. */
const READS: WebSocketEvents = { message: () => {} };

describe("a server that goes and comes back on its port", () => {
  test.each([1001, 1011, 1012, 1013, 4000])("after the code %d", async (code) => {
    const first = await startServer(ECHO);
    const port = portOf(first.url);
    const messages: unknown[] = [];
    const { client, states } = startReconnecting(first.url, { message: (_, data) => messages.push(data) });
    await client.opened;
    expect(client.send("one")).toBe("sent");
    await eventually("the first echo", () => messages.length === 1);
    await first.close({ code, reason: "again" });
    await eventually("the end of the first connection", () => client.connection === null);
    await startServer(ECHO, { port });
    const socket = await client.opened;
    expect(client.last).toMatchObject({ stage: expect.stringMatching("open|connect") });
    expect(client.send("two")).toBe("sent");
    await eventually("the second echo", () => messages.length === 2);
    expect(messages).toEqual(["one", "two"]);
    expect(socket).toBe(client.connection);
    expect(states.slice(0, 3)).toEqual(["open", "waiting", "connecting"]);
    client.close();
    expect(await client.closed).toMatchObject({ reason: "closed", last: { stage: "open" }, unsent: 0 });
    expect(states.slice(-2)).toEqual(["closing", "closed"]);
  });

  test("without a word: reset, or ended", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const { client } = startReconnecting(server.url);
    for (let i = 0; i < 5; i++) {
      const socket = await next();
      const mine = await client.opened;
      socket.terminate();
      await mine?.closed;
    }
    await client.opened;
    expect(client.last).toMatchObject({ stage: "open", record: { code: 1006, clean: false } });
  });

  test("that was not there in the beginning", async () => {
    const reserved: Server = createServer().listen(0, "127.0.0.1");
    await once(reserved, "listening");
    const address = reserved.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    reserved.close();
    const { client } = startReconnecting(`ws://127.0.0.1:${port}/`);
    await eventually("three retries", () => client.retries >= 3);
    expect(client.last).toMatchObject({ stage: "connect", error: { code: "ECONNREFUSED" } });
    await startServer(ECHO, { port });
    expect(await client.opened).not.toBeNull();
  });
});

describe("reasons not to retry", () => {
  test.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003])("the code %d", async (code) => {
    const server = await startServer({ open: (socket) => socket.close(code, "no") });
    const { client, states } = startReconnecting(server.url, READS);
    const end = { reason: "refused", last: { stage: "open", record: { code, reason: "no" } }, unsent: 0 };
    expect(await client.closed).toMatchObject(end);
    expect(states).toEqual(["open", "closed"]);
    expect([await client.opened, client.connection, client.send("more")]).toEqual([null, null, "closed"]);
  });

  test.each([401, 403, 404, 302])("the status %d", async (status) => {
    const server = await startServer(ECHO, { accept: () => refuse(status) });
    const { client, states } = startReconnecting(server.url);
    expect(await client.closed).toMatchObject({ reason: "refused", last: { error: { status } } });
    expect(states).toEqual(["closed"]);
  });

  test("an answer that is none", async () => {
    const url = await rawServer((peer) => peer.write("SSH-2.0-OpenSSH_9.9\r\n\r\n"));
    const end = await startReconnecting(url).client.closed;
    expect(end).toMatchObject({ reason: "refused", last: { stage: "connect" } });
    expect(end.last?.stage === "connect" && end.last.error).toBeInstanceOf(HandshakeError);
  });

  test("a certificate that is not trusted", async () => {
    const server = await startServer(ECHO, { tls: certificate });
    const { client } = startReconnecting(server.url);
    expect(await client.closed).toMatchObject({
      reason: "refused",
      last: { stage: "connect", error: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } },
    });
    const trusting = startReconnecting(server.url, {}, { tls: { ca: certificate.cert } });
    expect(await trusting.client.opened).not.toBeNull();
  });

  test.each<[what: string, url: string]>([
    ["another scheme", "ftp://127.0.0.1/"],
    ["a fragment", "ws://127.0.0.1/#top"],
    ["an escape that is none", "ws://%zz@127.0.0.1/"],
  ])("a URL with %s", async (_, url) => {
    const { client } = startReconnecting(url);
    expect(await client.closed).toMatchObject({ reason: "refused", last: { stage: "connect" } });
  });

  test("retry has the last word, either way", async () => {
    const ends: [string, boolean][] = [];
    const policy = await startServer({ open: (socket) => socket.close(1008) });
    const retry = (stage: string, byDefault: boolean): boolean => ends.push([stage, byDefault]) < 3;
    const options = { ...QUICK, retry: (end: { stage: string }, own: boolean) => retry(end.stage, own) };
    const end = await startReconnecting(policy.url, READS, options).client.closed;
    expect(end).toMatchObject({ reason: "refused", last: { record: { code: 1008 } } });
    expect(ends).toEqual(Array.from({ length: 3 }, () => ["open", false]));
    ends.length = 0;
    await startReconnecting(NOBODY, {}, options).client.closed;
    expect(ends).toEqual(Array.from({ length: 3 }, () => ["connect", true]));
  });

  test("a retry function that throws changes nothing, and is a warning", async () => {
    const warnings = watchWarnings();
    const options = { ...QUICK, maxRetries: 1, retry: () => expect.fail("retry broke") };
    const { client } = startReconnecting(NOBODY, {}, options);
    expect(await client.closed).toMatchObject({ reason: "exhausted", last: { stage: "connect" } });
    await eventually("two warnings", () => warnings.length === 2);
    expect(String(warnings[0])).toContain("retry broke");
  });
});
