import { once } from "node:events";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer as WsServer } from "ws";
import { type WebSocketEvents, WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { DROP, ECHO, openClient, roundTrip } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { binaryOf, summary } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { rawConnect, requestHead } from "./support/raw-peer.ts";

/** A server that sends its name on every connection. */
const greeter = (name: string): WebSocketServer =>
  new WebSocketServer({}, { open: (socket) => socket.send(name), message: () => {} });

/** The same octets by a stream that is no socket, as a tunnel has them. */
function tunnelled(stream: Duplex): Duplex {
  const tunnel = new Duplex({
    allowHalfOpen: true,
    read: () => void stream.resume(),
    write: (chunk, encoding, done) => void stream.write(chunk, encoding, done),
    final: (done) => void stream.end(done),
    destroy: (error, done) => {
      stream.destroy();
      done(error);
    },
  });
  stream.on("data", (chunk) => tunnel.push(chunk) || stream.pause());
  stream.on("end", () => tunnel.push(null)).on("error", (error) => tunnel.destroy(error));
  return tunnel;
}

async function greetingOf(url: string): Promise<unknown> {
  return (await openClient(url)).receive();
}

async function statusOf(url: string, target: string): Promise<string> {
  const peer = await rawConnect(url);
  peer.write(requestHead({}, target));
  const status = (await peer.head()).split("\r\n")[0] ?? "";
  peer.socket.destroy();
  return status;
}

describe("attach", () => {
  test("to every path; other requests go on", async () => {
    const { http, url } = await startHttp();
    expect(new WebSocketServer({}, ECHO).attach(http).url).toBe("");
    expect(await roundTrip(await openClient(`${url}anything?x=1`), "x")).toBe("x");
    expect(await (await fetch(url.replace("ws:", "http:"))).text()).toBe("http");
  });

  test("to one path, with any query; 404 on another", async () => {
    const { http, url } = await startHttp();
    greeter("chat").attach(http, { path: "/chat" });
    expect(await greetingOf(`${url}chat`)).toBe("chat");
    expect(await greetingOf(`${url}chat?room=/other`)).toBe("chat");
    for (const target of ["/", "/chat/", "/Chat", "/other?/chat"]) {
      expect(await statusOf(url, target)).toBe("HTTP/1.1 404 Not Found");
    }
  });

  test("several servers to paths of their own; 404 on another, once", async () => {
    const { http, url } = await startHttp();
    greeter("a").attach(http, { path: "/a" });
    greeter("b").attach(http, { path: "/b" }).attach(http, { path: "/c" });
    expect(await greetingOf(`${url}a`)).toBe("a");
    expect(await greetingOf(`${url}b`)).toBe("b");
    expect(await greetingOf(`${url}c`)).toBe("b");
    const peer = await rawConnect(url);
    peer.write(requestHead({}, "/d"));
    expect(String(await peer.rest()).match(/^HTTP.*$/gm)).toEqual(["HTTP/1.1 404 Not Found"]);
  });

  test("next to ws, which answers another path", async () => {
    const faults = watchProcess();
    const { http, url } = await startHttp();
    greeter("ours").attach(http, { path: "/ours" });
    const other = new WsServer({ noServer: true });
    onTestFinished(() => other.close());
    http.on("upgrade", (request, stream, head) => {
      if (request.url !== "/theirs") return;
      other.handleUpgrade(request, stream, head, (socket) => socket.send("theirs"));
    });
    expect(await greetingOf(`${url}ours`)).toBe("ours");
    expect(await greetingOf(`${url}theirs`)).toBe("theirs");
    // Nobody answers: the stream is left alone, and its reset ends no process.
    const peer = await rawConnect(url);
    peer.write(requestHead({}, "/nobody"));
    await once(peer.socket.setTimeout(50), "timeout");
    peer.reset();
    await peer.closed;
    expect(await greetingOf(`${url}ours`)).toBe("ours");
    expect(faults).toEqual([]);
  });

  test("to an HTTPS server", async () => {
    const https = createHttps(certificate, (_request, response) => response.end("https"));
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    onTestFinished(() => void https.close());
    const server = new WebSocketServer({}, ECHO).attach(https);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { port } = https.address() as AddressInfo;
    const client = await openClient(`wss://localhost:${port}/`, {}, { tls: { ca: certificate.cert } });
    expect(await roundTrip(client, "x")).toBe("x");
    await server.close({ deadline: 0 });
  });

  test("ends with close: the HTTP server goes on, and can be attached to again", async () => {
    const { http, url } = await startHttp();
    const server = greeter("first").attach(http);
    const client = await openClient(url, DROP);
    expect(await server.close({ code: 1012, reason: "restart" })).toEqual({ finished: 1, unfinished: [] });
    expect(await client.closed).toMatchObject({ code: 1012, reason: "restart", clean: true });
    expect(await (await fetch(url.replace("ws:", "http:"))).text()).toBe("http");
    expect(http.listenerCount("upgrade")).toBe(0);
    greeter("second").attach(http);
    expect(await greetingOf(url)).toBe("second");
  });
});

describe("handleUpgrade", () => {
  test("called by hand", async () => {
    const { http, url } = await startHttp();
    const urls: string[] = [];
    const events: WebSocketEvents = { ...ECHO, open: (socket) => urls.push(socket.url) };
    const server = new WebSocketServer({ subprotocols: ["a"] }, events);
    http.on("upgrade", (request, stream, head) => {
      if (request.headers.cookie === "token=1") server.handleUpgrade(request, stream, head);
      else stream.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    });
    const client = await openClient(
      `${url}x`,
      {},
      { headers: { Cookie: "token=1" }, subprotocols: ["b", "a"] },
    );
    expect(await roundTrip(client, "x")).toBe("x");
    expect([client.subprotocol, urls, server.connections.size]).toEqual(["a", ["/x"], 1]);
    await expect(openClient(url)).rejects.toMatchObject({ code: "unexpected-status", status: 401 });
    await server.close({ deadline: 0 });
    await expect(openClient(url, {}, { headers: { Cookie: "token=1" } })).rejects.toMatchObject({
      status: 503,
    });
  });

  test("with a stream that is gone already", async () => {
    const faults = watchProcess();
    const records: unknown[] = [];
    const { http, url } = await startHttp();
    const server = new WebSocketServer({}, { ...ECHO, close: (_socket, record) => records.push(record) });
    const handled = new Promise<void>((resolve) => {
      http.on("upgrade", (request, stream, head) => {
        stream.destroy();
        server.handleUpgrade(request, stream, head);
        resolve();
      });
    });
    await expect(openClient(url)).rejects.toThrow("");
    await handled;
    expect(server.connections.size).toBe(0);
    expect(faults).toEqual([]);
  });

  test("with a stream that is no socket", async () => {
    const { http, url } = await startHttp();
    const server = new WebSocketServer({}, ECHO);
    http.on("upgrade", (request, stream, head) => {
      server.handleUpgrade(request, tunnelled(stream), head);
    });
    const client = await openClient(url);
    const payload = binaryOf(200_000);
    for (let i = 0; i < 20; i++) client.send(payload);
    for (let i = 0; i < 20; i++) expect(summary((await client.receive()) ?? "")).toEqual(summary(payload));
    client.close();
    expect(await client.closed).toMatchObject({ code: 1000, clean: true });
  });
});
