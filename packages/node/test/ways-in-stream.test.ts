import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { type Duplex, duplexPair, PassThrough } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { chopped, concat, parseFrames, text } from "@plyws/testkit";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type ConnectionRequest, type ServerOptions, WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { ECHO, openClient, roundTrip } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, rawConnect, requestHead } from "./support/raw-peer.ts";
import { answerTo, statusOf } from "./support/serve.ts";
import { settle } from "./support/turns.ts";

/** The client's end of a stream in memory whose other end is handled; what comes out of it. */
function inMemory(server: WebSocketServer): { stream: Duplex; peer: Duplex; received: () => Buffer } {
  const [peer, stream] = duplexPair();
  const chunks: Uint8Array[] = [];
  peer.on("data", (chunk: Uint8Array) => chunks.push(chunk)).on("error", () => {});
  onTestFinished(() => {
    peer.destroy();
    stream.destroy();
  });
  server.handleStream(stream);
  return { stream, peer, received: () => Buffer.concat(chunks) };
}

/** The URL of a server of octets. */
async function urlOf(server: Server, scheme = "ws"): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  return `${scheme}://127.0.0.1:${port}/`;
}

async function tcp(options: ServerOptions = {}): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer(options, ECHO);
  const url = await urlOf(createServer((socket) => server.handleStream(socket)));
  return { url, server };
}

const OPEN = "HTTP/1.1 101 Switching Protocols";

describe("handleStream", () => {
  test("with sockets of a TCP server, without any HTTP server", async () => {
    const { url, server } = await tcp({ subprotocols: ["a"] });
    const client = await openClient(`${url}x?y`, {}, { subprotocols: ["a"] });
    expect(await roundTrip(client, "hello")).toBe("hello");
    const [socket] = server.connections;
    expect(socket).toMatchObject({ url: "/x?y", subprotocol: "a", remoteAddress: "127.0.0.1" });
    client.close();
    expect((await client.closed).clean).toBe(true);
  });

  test("with TLS sockets", async () => {
    const seen: ConnectionRequest[] = [];
    const accept = (request: ConnectionRequest) => {
      seen.push(request);
      return { data: undefined };
    };
    const server = new WebSocketServer({ accept }, ECHO);
    const url = await urlOf(
      createTlsServer(certificate, (socket) => server.handleStream(socket)),
      "wss",
    );
    const client = await openClient(url, {}, { tls: { ca: certificate.cert } });
    expect(await roundTrip(client, "x".repeat(100_000))).toHaveLength(100_000);
    expect(seen).toMatchObject([{ secure: true, remoteAddress: "127.0.0.1", message: null, method: "GET" }]);
    client.terminate();
  });

  test("with a stream in memory, cut anywhere, with frames behind the head", async () => {
    const octets = concat(Buffer.from(requestHead()), text("one", masked), text("two", masked));
    for (const size of [1, 7, 1000]) {
      const { peer, received } = inMemory(new WebSocketServer({}, ECHO));
      for (const chunk of chopped(octets, size)) peer.write(chunk);
      await settle();
      const end = received().indexOf("\r\n\r\n") + 4;
      expect(statusOf(String(received()))).toBe(OPEN);
      expect(
        parseFrames(received().subarray(end)).map(({ payload }) => String(Buffer.from(payload))),
      ).toEqual(["one", "two"]);
    }
  });

  test("with a stream that was paused and has octets already", async () => {
    const [peer, stream] = duplexPair();
    stream.pause();
    peer.write(requestHead());
    await settle();
    new WebSocketServer({}, ECHO).handleStream(stream);
    const [answer] = (await once(peer, "data")).map(String);
    expect(statusOf(answer ?? "")).toBe(OPEN);
    peer.destroy();
    stream.destroy();
  });

  test("with what the caller knows of the peer", async () => {
    const seen: unknown[] = [];
    const server = new WebSocketServer(
      {
        accept: ({ remoteAddress, secure, origin }) => {
          seen.push([remoteAddress, secure, origin]);
          return { data: undefined };
        },
      },
      ECHO,
    );
    for (const scheme of ["https", "http"]) {
      const [peer, stream] = duplexPair();
      server.handleStream(stream, { remoteAddress: "192.0.2.1", secure: true });
      peer.write(requestHead({ Origin: `${scheme}://127.0.0.1` }));
      const [answer] = (await once(peer, "data")).map(String);
      expect(statusOf(answer ?? "")).toBe(scheme === "https" ? OPEN : "HTTP/1.1 403 Forbidden");
      onTestFinished(() => {
        peer.destroy();
        stream.destroy();
      });
    }
    expect(seen).toEqual([["192.0.2.1", true, "https://127.0.0.1"]]);
    expect([...server.connections].map(({ remoteAddress }) => remoteAddress)).toEqual(["192.0.2.1"]);
  });

  test.each([
    ["objects", new PassThrough({ objectMode: true })],
    ["strings", new PassThrough({ encoding: "utf8" })],
  ])("not with a stream of %s", (_, stream) => {
    expect(() => new WebSocketServer({}, ECHO).handleStream(stream)).toThrow(TypeError);
    expect(stream.listenerCount("data")).toBe(0);
  });
});

const many = (count: number): string => Array.from({ length: count }, (_, at) => `X-${at}: y\r\n`).join("");

const turn = (): Promise<unknown> => new Promise(setImmediate);

const HEADS: readonly (readonly [string, string, string])[] = [
  ["no HTTP", "\0\x01\x02\r\n\r\n", "400 Bad Request"],
  ["a line feed alone", requestHead().replaceAll("\r\n", "\n"), "400 Bad Request"],
  ["a version that is none", requestHead().replace("HTTP/1.1", "HTTP/11"), "400 Bad Request"],
  ["HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "426 Upgrade Required"],
  ["the hello of TLS", "\x16\x03\x01\x02\0\x01\0\x01\r\n\r\n", "400 Bad Request"],
  ["an endless line", "x".repeat(20_000), "431 Request Header Fields Too Large"],
  ["too many lines", `GET / HTTP/1.1\r\n${many(101)}\r\n`, "431 Request Header Fields Too Large"],
  ["an ordinary request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "426 Upgrade Required"],
  ["another method", requestHead().replace("GET", "POST"), "405 Method Not Allowed"],
  ["no host", requestHead({ Host: null }), "400 Bad Request"],
  ["another version", requestHead({ "Sec-WebSocket-Version": "8" }), "426 Upgrade Required"],
  ["the page of another host", requestHead({ Origin: "https://evil.example" }), "403 Forbidden"],
];

describe("a head that handleStream refuses", () => {
  test.each(HEADS)("%s", async (_, head, status) => {
    const { url, server } = await tcp();
    const answer = await answerTo(url, head, "GET / HTTP/1.1\r\n\r\n");
    expect(statusOf(answer)).toBe(`HTTP/1.1 ${status}`);
    expect(answer.match(/^HTTP/gm)).toHaveLength(1);
    expect([server.connections.size, server.counters.refused]).toEqual([0, 1]);
  });

  test.each([
    ["at once", 0],
    ["in the middle of the head", 50],
  ])("the end of the stream, %s", async (_, size) => {
    const faults = watchProcess();
    const { stream, peer } = inMemory(new WebSocketServer({}, ECHO));
    peer.end(requestHead().slice(0, size));
    await once(stream, "close");
    const socket = await rawConnect((await tcp()).url);
    socket.write(requestHead().slice(0, size));
    await settle();
    socket.reset();
    await socket.closed;
    expect(faults).toEqual([]);
  });

  test("a stream that is gone already", async () => {
    const faults = watchProcess();
    const server = new WebSocketServer({}, ECHO);
    const [, stream] = duplexPair();
    stream.destroy(new Error("gone"));
    server.handleStream(stream);
    await settle();
    expect(server.counters.refused).toBe(1);
    expect(faults).toEqual([]);
  });

  test("one that takes more than 10 seconds, however busily it drips", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const silent = inMemory(new WebSocketServer({}, ECHO));
    const dripping = inMemory(new WebSocketServer({}, ECHO));
    for (let second = 0; second < 10; second++) {
      expect([silent, dripping].map(({ received }) => String(received()))).toEqual(["", ""]);
      dripping.peer.write(requestHead()[second] ?? "");
      await turn();
      vi.advanceTimersByTime(1000);
      await turn();
    }
    for (const { received } of [silent, dripping]) {
      expect(statusOf(String(received()))).toBe("HTTP/1.1 408 Request Timeout");
    }
    // Its half of the stream stays open: it is given up two seconds later.
    vi.advanceTimersByTime(2000);
    await turn();
    expect(silent.stream.destroyed).toBe(true);
  });

  test("one that is not there yet when the server closes", async () => {
    const server = new WebSocketServer({}, ECHO);
    const before = inMemory(server);
    before.peer.write("GET / HT");
    await settle();
    expect(await server.close()).toEqual({ finished: 0, unfinished: [] });
    const after = inMemory(server);
    await settle();
    for (const { received } of [before, after]) {
      expect(statusOf(String(received()))).toBe("HTTP/1.1 503 Service Unavailable");
    }
  });
});
