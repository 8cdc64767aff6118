import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect } from "@plyws/node";
import { createPng, Program } from "@plyws/testkit/node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { SOURCES, serve, TLS } from "./program.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request with the target as it is: nothing is normalised. */
function ask(url: string, target: string, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, protocol } = new URL(url);
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    const ca = readFileSync(TLS.cert);
    const request = send({ hostname, port, path: target, method, ca, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    request.on("error", reject).end();
  });
}

const octets = (message: string | Uint8Array | null) =>
  typeof message === "string" ? Buffer.from(message) : Buffer.from(message ?? []);

describe("the page", () => {
  let program: Program;
  beforeAll(() => {
    program = new Program(process.execPath, [...SOURCES, "--port", "0"]);
  });
  afterAll(() => program.kill());

  test("is served with everything it refers to", async () => {
    const url = await program.url("page");
    const wanted = ["/"];
    const seen = new Map<string, string>();
    for (let target = wanted.pop(); target !== undefined; target = wanted.pop()) {
      if (seen.has(target)) continue;
      const { status, headers, body } = await ask(url, target);
      expect([target, status]).toEqual([target, 200]);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      seen.set(target, headers["content-type"] ?? "");
      const links = [...body.matchAll(/(?: (?:href|src)=|from )"(?:\.\/)?([^"]+)"/g)];
      wanted.push(...links.map(([, link]) => `/${link}`));
    }
    expect(Object.fromEntries(seen)).toEqual({
      "/": "text/html; charset=utf-8",
      "/theme.css": "text/css; charset=utf-8",
      "/log.css": "text/css; charset=utf-8",
      "/page.css": "text/css; charset=utf-8",
      "/page.js": "text/javascript; charset=utf-8",
      "/chosenfile.js": "text/javascript; charset=utf-8",
      "/closecodes.js": "text/javascript; charset=utf-8",
      "/dom.js": "text/javascript; charset=utf-8",
      "/echoes.js": "text/javascript; charset=utf-8",
      "/language.js": "text/javascript; charset=utf-8",
      "/log.js": "text/javascript; charset=utf-8",
      "/texts.js": "text/javascript; charset=utf-8",
      "/icon.svg": "image/svg+xml",
    });
  });

  test("runs no code but its own, and may talk to any WebSocket server", async () => {
    const { headers } = await ask(await program.url("page"), "/?any=query");
    expect(String(headers["content-security-policy"]).split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob: data:",
      "connect-src ws: wss:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  test.each([
    "/../package.json",
    "/../src/main.ts",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "//etc/passwd",
    "/./index.html",
    "/index.html/",
    "/INDEX.HTML",
    "/index.html%00.js",
    "/__proto__",
    "/constructor",
    "/public/page.js",
    "http://127.0.0.1/page.js",
    "*",
  ])("there is nothing at %s", async (target) => {
    const { status, headers, body } = await ask(await program.url("page"), target);
    expect([status, body]).toEqual([404, "Not found\n"]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is not allowed", async (method) => {
    const { status, headers } = await ask(await program.url("page"), "/", method);
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("HEAD tells the length and sends nothing", async () => {
    const url = await program.url("page");
    const { body } = await ask(url, "/page.js");
    const head = await ask(url, "/page.js", "HEAD");
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(head.headers["content-length"]).toBe(`${Buffer.byteLength(body)}`);
  });
});

describe("the echo", () => {
  test("gives back text as text and octets as octets, from any origin and at any path", async () => {
    const url = await serve().url("socket");
    const socket = await connect(`${url}any/path?query`, { origin: "https://elsewhere.example" });
    const messages = [
      "",
      "Hello 你好 👋",
      "\ufeffa\u0000b",
      new Uint8Array(0),
      createPng(300, 300),
      "x".repeat(1_000_000),
    ];
    // All at once: they come back in order, however many wait.
    for (const message of messages) socket.send(message);
    for (const message of messages) {
      const back = await socket.receive();
      expect(typeof back).toBe(typeof message);
      expect(octets(back).equals(octets(message))).toBe(true);
    }
    socket.close();
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
  });

  test("closes with 1009 above --max-message-size", async () => {
    const url = await serve("--max-message-size", "1KiB").url("socket");
    const socket = await connect(url);
    socket.send(new Uint8Array(1024));
    expect(await socket.receive()).toHaveLength(1024);
    socket.send(new Uint8Array(1025));
    expect(await socket.receive()).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  test("speaks wss and https with a certificate", async () => {
    const program = serve("--tls-cert", TLS.cert, "--tls-key", TLS.key, "--host", "localhost");
    const url = await program.url("socket");
    expect(url).toMatch(/^wss:\/\/localhost:\d+\/$/);
    const socket = await connect(url, { tls: { ca: readFileSync(TLS.cert) } });
    socket.send("secret");
    expect(await socket.receive()).toBe("secret");
    socket.close();
    expect((await ask(await program.url("page"), "/")).status).toBe(200);
  });
});

describe("peers that mean no good", () => {
  test("one that sends and never reads is not read any more, and others are served", async () => {
    const url = await serve().url("socket");
    const greedy = await connect(url, { maxBufferedAmount: 2 ** 30 });
    onTestFinished(() => greedy.terminate());
    greedy.pause();
    const part = new Uint8Array(2 ** 20);
    const total = 200;
    for (let sent = 0; sent < total; sent++) greedy.send(part);
    // What the server has not taken waits here; when that stops to shrink, the server has stopped to read.
    let before = Number.POSITIVE_INFINITY;
    while (greedy.bufferedAmount < before) {
      before = greedy.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    // What is gone is in the buffers of the kernel, and one message or two in the server.
    expect(greedy.bufferedAmount).toBeGreaterThan((total - 40) * part.length);
    expect(greedy.state).toBe("open");

    const other = await connect(url);
    other.send("still there?");
    expect(await other.receive()).toBe("still there?");
    other.close();

    greedy.resume();
    for (let back = 0; back < total; back++) expect(await greedy.receive()).toHaveLength(part.length);
  });

  test("one that does not finish its request is let go after a while", async () => {
    const { hostname, port } = new URL(await serve().url("page"));
    const head = "GET / HTTP/1.1\r\nHost: a\r\n";
    const beginnings = ["", head, `${head}Upgrade: websocket\r\nConnection: Upgrade\r\n`];
    const from = performance.now();
    const ends = beginnings.map((text) => {
      const socket = connectTcp(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      socket.write(text);
      return new Promise((resolve) =>
        socket
          .on("close", resolve)
          .on("error", () => {})
          .resume(),
      );
    });
    await Promise.all(ends);
    expect(performance.now() - from).toBeLessThan(30_000);
  });
});
