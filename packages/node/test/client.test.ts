import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type ConnectOptions, connect, HandshakeError } from "../src/index.ts";
import { openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { acceptingHead, answering, type RawPeer, rawServer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

describe("connect rejects", () => {
  test("when nobody listens", async () => {
    const server = await startServer();
    const { url } = server;
    await server.close();
    await expect(connect(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test.each<[string, (peer: RawPeer) => Promise<void> | void]>([
    ["says nothing", () => {}],
    ["begins an answer", (peer: RawPeer) => peer.write("HTTP/1.1 101 ")],
    [
      "sends an answer too slowly",
      async (peer: RawPeer) => {
        for (const octet of acceptingHead(await peer.head())) {
          peer.write(octet);
          await delay(5);
        }
      },
    ],
  ])("when the server %s within handshakeTimeout", async (_, serve) => {
    const faults = watchProcess();
    let gone = false;
    const url = await rawServer(async (peer) => {
      peer.socket.once("close", () => {
        gone = true;
      });
      peer.socket.once("end", () => peer.socket.destroy());
      await serve(peer);
    });
    const start = Date.now();
    await expect(connect(url, { handshakeTimeout: 100 })).rejects.toMatchObject({ name: "TimeoutError" });
    expect(Date.now() - start).toBeGreaterThanOrEqual(95);
    expect(Date.now() - start).toBeLessThan(3000);
    await until("the stream is gone", () => gone);
    expect(faults).toEqual([]);
  });

  test("when it is aborted before, while nothing is sent", async () => {
    let connections = 0;
    const url = await rawServer(() => void connections++);
    await expect(connect(url, { signal: AbortSignal.abort(new Error("never mind")) })).rejects.toThrow(
      "never mind",
    );
    await delay(10);
    expect(connections).toBe(0);
  });

  test("when it is aborted meanwhile; afterwards the signal has no meaning", async () => {
    const silent = await rawServer(() => {});
    const controller = new AbortController();
    const opening = connect(silent, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("changed my mind")), 20);
    await expect(opening).rejects.toThrow("changed my mind");

    const server = await startServer();
    const later = new AbortController();
    const client = await openClient(server.url, {}, { signal: later.signal });
    later.abort();
    expect(await roundTrip(client, "x")).toBe("x");
  });

  test.each([
    [
      "401",
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n",
      "unexpected-status",
      401,
    ],
    ["302", "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", "unexpected-status", 302],
    ["200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "unexpected-status", 200],
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "malformed-head", 0],
    ["a lone line feed", "HTTP/1.1 101 Switching Protocols\n\n", "malformed-head", 0],
    ["a head without an end", `HTTP/1.1 101 X\r\nA: ${"x".repeat(20_000)}`, "head-too-large", 0],
    ["too many lines", `HTTP/1.1 101 X\r\n${"A: x\r\n".repeat(200)}\r\n`, "too-many-headers", 0],
  ])("when the answer is %s", async (_, answer, code, status) => {
    const url = await answering(() => answer);
    const error: unknown = await connect(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ code, status });
  });

  test("with the header fields of the answer", async () => {
    const url = await answering(
      () => "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    );
    const error: unknown = await connect(url).catch((reason: unknown) => reason);
    expect(error instanceof HandshakeError && error.headers.get("retry-after")).toBe("7");
  });

  test.each([
    [
      "a wrong accept",
      (head: string) => head.replace(/Accept: .*/, "Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
      "invalid-accept",
    ],
    ["no accept", (head: string) => head.replace(/Sec-WebSocket-Accept: .*\r\n/, ""), "invalid-accept"],
    ["no upgrade", (head: string) => head.replace("Upgrade: websocket\r\n", ""), "missing-upgrade"],
    ["no connection", (head: string) => head.replace("Connection: Upgrade\r\n", ""), "missing-connection"],
    ["HTTP/1.0", (head: string) => head.replace("HTTP/1.1", "HTTP/1.0"), "unsupported-http-version"],
    [
      "a subprotocol",
      (head: string) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: x\r\n\r\n"),
      "subprotocol-not-offered",
    ],
    [
      "an extension",
      (head: string) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
      "extension-not-offered",
    ],
  ])("when the acceptance has %s", async (_, change, code) => {
    const url = await answering((head) => change(acceptingHead(head)));
    await expect(connect(url)).rejects.toMatchObject({ code, status: 101 });
  });

  test.each<[string, string, ConnectOptions]>([
    ["no URL", "not a url", {}],
    ["another scheme", "ftp://127.0.0.1/", {}],
    ["a fragment", "ws://127.0.0.1/#part", {}],
    ["a subprotocol that is no token", "ws://127.0.0.1/", { subprotocols: ["a b"] }],
    ["a subprotocol twice", "ws://127.0.0.1/", { subprotocols: ["a", "a"] }],
    ["a header of the handshake", "ws://127.0.0.1/", { headers: { "Sec-WebSocket-Key": "x" } }],
    ["Host", "ws://127.0.0.1/", { headers: { Host: "x" } }],
    ["a line end in a header", "ws://127.0.0.1/", { headers: { "X-A": "a\r\nX-B: b" } }],
    ["a line end in the origin", "ws://127.0.0.1/", { origin: "http://a\r\nX-B: b" }],
  ])("with a TypeError for %s", async (_, url, options) => {
    await expect(connect(url, options)).rejects.toThrow(TypeError);
  });

  test.each([{ handshakeTimeout: -1 }, { handshakeTimeout: Number.NaN }, { maxMessageSize: -1 }])(
    "with a RangeError for %j",
    async (options) => {
      await expect(connect("ws://127.0.0.1/", options)).rejects.toThrow(RangeError);
    },
  );
});
