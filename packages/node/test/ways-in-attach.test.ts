import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer as WsServer } from "ws";
import { WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { openClient } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { type RawPeer, rawConnect, requestHead } from "./support/raw-peer.ts";
import { answerTo, statusOf } from "./support/serve.ts";
import { settle, until } from "./support/turns.ts";

/** A server that sends its name on every connection. */
const greeter = (name: string): WebSocketServer =>
  new WebSocketServer({}, { open: (socket) => socket.send(name), message: () => {} });

const greetingOf = async (url: string): Promise<unknown> => (await openClient(url)).receive();

const NOT_FOUND = "HTTP/1.1 404 Not Found";

describe("attach to several paths", () => {
  test("of one server", async () => {
    const { http, url } = await startHttp();
    greeter("both").attach(http, { path: ["/a", "/b/c"] });
    for (const path of ["a", "b/c", "a?x=/y"]) expect(await greetingOf(url + path)).toBe("both");
    for (const path of ["/", "/b", "/b/c/", "/A", "/a%20"]) {
      expect(statusOf(await answerTo(url, requestHead({}, path)))).toBe(NOT_FOUND);
    }
  });

  test("also by requests in the absolute form", async () => {
    const { http, url } = await startHttp();
    greeter("a").attach(http, { path: ["/a", "/"] });
    for (const [target, status] of [
      ["http://h.example/a?b", "HTTP/1.1 101 Switching Protocols"],
      ["http://h.example", "HTTP/1.1 101 Switching Protocols"],
      ["http://h.example?/a/b", "HTTP/1.1 101 Switching Protocols"],
      ["http://h.example/b", NOT_FOUND],
    ] as const) {
      const peer = await rawConnect(url);
      peer.write(requestHead({}, target));
      expect([target, statusOf(await peer.head())]).toEqual([target, status]);
      peer.socket.destroy();
    }
  });

  test("a path of its own comes before every path, whoever was first", async () => {
    const { http, url } = await startHttp();
    greeter("rest").attach(http);
    const a = greeter("a").attach(http, { path: "/a" });
    expect([await greetingOf(`${url}a`), await greetingOf(`${url}b`)]).toEqual(["a", "rest"]);
    await a.close({ deadline: 0 });
    expect(await greetingOf(`${url}a`)).toBe("rest");
  });

  test.each([[undefined], ["/a"], [["/b", "/a"]]])("%j only once", async (path) => {
    const { http, url } = await startHttp();
    greeter("first").attach(http, { path });
    expect(() => greeter("second").attach(http, { path })).toThrow("Somebody is attached to");
    const other = greeter("third").attach(http, { path: "/c" });
    expect([await greetingOf(`${url}a`), await greetingOf(`${url}c`)]).toEqual(["first", "third"]);
    await other.close({ deadline: 0 });
    expect(http.listenerCount("upgrade")).toBe(1);
  });

  test.each(["", "a", "*", "/a?b", "/a#b", "http://h/a"])("%j is no path", async (path) => {
    const { http } = await startHttp();
    expect(() => greeter("x").attach(http, { path: ["/fine", path] })).toThrow(TypeError);
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  test("not after close", async () => {
    const { http } = await startHttp();
    const server = greeter("x");
    await server.close();
    expect(() => server.attach(http)).toThrow("This server is closed");
  });
});

describe("beside others", () => {
  test("two dozen servers, two that are no WebSocketServer, and the requests of the HTTP server", async () => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    const { http, url } = await startHttp((request, response) => response.end(`page ${request.url}`));
    const names = Array.from({ length: 24 }, (_, at) => `s${at}`);
    for (const name of names) greeter(name).attach(http, { path: `/${name}` });
    const ws = new WsServer({ noServer: true });
    onTestFinished(() => ws.close());
    http.on("upgrade", (request, stream, head) => {
      if (request.url === "/ws") ws.handleUpgrade(request, stream, head, (socket) => socket.send("ws"));
      else if (request.url === "/raw") stream.end("HTTP/1.1 418 I Am A Teapot\r\n\r\n");
    });
    for (const name of [...names, "ws"]) expect(await greetingOf(url + name)).toBe(name);
    expect(await answerTo(url, requestHead({}, "/raw"))).toBe("HTTP/1.1 418 I Am A Teapot\r\n\r\n");
    expect(await (await fetch(url.replace("ws:", "http:"))).text()).toBe("page /");
    expect([warnings, faults]).toEqual([[], []]);
  });

  test("an earlier request of the same stream gets its answer before", async () => {
    const faults = watchProcess();
    const pending: ServerResponse[] = [];
    const { http, url } = await startHttp((_request, response) => pending.push(response));
    greeter("x").attach(http, { path: "/" });
    const slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const [lines, status] of [
      [{}, "HTTP/1.1 101 Switching Protocols"],
      [{ "Sec-WebSocket-Key": null }, "HTTP/1.1 400 Bad Request"],
    ] as const) {
      const peer = await rawConnect(url);
      peer.write(slow, slow, requestHead(lines));
      await until("both were asked for", () => pending.length === 2);
      await settle();
      for (const response of pending.splice(0)) response.end("late");
      for (let count = 0; count < 2; count++) {
        expect(statusOf(await peer.head())).toBe("HTTP/1.1 200 OK");
        expect(String(await peer.octets(4))).toBe("late");
      }
      expect(statusOf(await peer.head())).toBe(status);
      peer.socket.destroy();
    }
    expect(faults).toEqual([]);
  });

  test.each([
    ["the client", (peer: RawPeer) => peer.reset()],
    ["the server of that request", (_peer: RawPeer, response: ServerResponse) => response.destroy()],
    [
      "that request, which asked for it,",
      (peer: RawPeer, response: ServerResponse) => {
        response.shouldKeepAlive = false;
        response.end();
        peer.socket.end();
      },
    ],
  ])("%s ends the stream before an earlier request is answered: the process lives", async (_, end) => {
    const faults = watchProcess();
    const pending: ServerResponse[] = [];
    const { http, url } = await startHttp((_request, response) => pending.push(response));
    const server = greeter("x").attach(http);
    const peer = await rawConnect(url);
    peer.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", requestHead());
    await until("it was asked for", () => pending.length === 1);
    await settle();
    for (const response of pending) end(peer, response);
    await peer.ended;
    peer.socket.end();
    for (const response of pending) response.end("late");
    await until("no connection is left", () => server.connections.size === 0);
    await settle();
    expect(faults).toEqual([]);
  });

  test("an earlier request that is never answered does not keep the stream for ever", async () => {
    const asked: string[] = [];
    const { http, url } = await startHttp((request) => asked.push(request.url ?? ""));
    new WebSocketServer({ acceptTimeout: 50 }, {}).attach(http);
    const peer = await rawConnect(url);
    peer.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", requestHead());
    await until("it was asked for", () => asked.length === 1);
    await peer.ended;
    expect(String(peer.take())).toBe("");
  });

  test("a request with a method that is no GET, and one with a body", async () => {
    const { http, url } = await startHttp();
    greeter("x").attach(http);
    const post = requestHead().replace("GET", "POST");
    expect(await answerTo(url, post)).toMatch(/^HTTP\/1\.1 405 .*\r\nAllow: GET\r\n/);
    expect(statusOf(await answerTo(url, requestHead({ "Content-Length": "1" }), "x"))).toBe(
      "HTTP/1.1 400 Bad Request",
    );
  });
});

test("attach to a server of HTTP/2 that speaks HTTP/1.1 too", async () => {
  const http2 = createSecureServer({ ...certificate, allowHTTP1: true }, (_request, response) => {
    response.end("page");
  });
  http2.listen(0, "127.0.0.1");
  await once(http2, "listening");
  onTestFinished(() => void http2.close());
  const server = greeter("x").attach(http2, { path: "/ws" });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = http2.address() as AddressInfo;
  const tls = { ca: certificate.cert };
  const client = await openClient(`wss://127.0.0.1:${port}/ws`, {}, { tls });
  expect(await client.receive()).toBe("x");
  await expect(openClient(`wss://127.0.0.1:${port}/`, {}, { tls })).rejects.toMatchObject({ status: 404 });
  await server.close({ deadline: 0 });
});

test("the own port, two attached servers and handleUpgrade share one set of connections", async () => {
  const server = await greeter("x").listen({ host: "127.0.0.1" });
  const attached = await Promise.all([startHttp(), startHttp()]);
  for (const { http } of attached) server.attach(http);
  const byHand = createServer();
  byHand.on("upgrade", (request, stream, head) => server.handleUpgrade(request, stream, head));
  byHand.listen(0, "127.0.0.1");
  await once(byHand, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = byHand.address() as AddressInfo;
  const drop = { message: () => {} };
  for (const url of [server.url, ...attached.map(({ url: own }) => own), `ws://127.0.0.1:${port}/`]) {
    await openClient(url, drop);
  }
  expect(server.connections.size).toBe(4);
  expect(await server.close()).toEqual({ finished: 4, unfinished: [] });
  byHand.close();
  await once(byHand, "close");
});
