import { text as masked } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { listen, WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { masked as mask, rawConnect, requestHead } from "./support/raw-peer.ts";
import { wsClient } from "./support/ws.ts";

/** What a server writes to a client that sends these octets, up to the end of the stream. */
async function answerTo(url: string, ...octets: string[]): Promise<string> {
  const peer = await rawConnect(url);
  peer.write(...octets);
  return String(await peer.rest());
}

describe("listen", () => {
  test("on a free port, on the given address", async () => {
    const server = await startServer();
    expect(server.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await roundTrip(await openClient(server.url), "x")).toBe("x");
  });

  test("on all addresses when none is given, and names one that can be connected to", async () => {
    const server = await startServer(ECHO, { host: undefined });
    expect(server.url).toMatch(/^ws:\/\/localhost:\d+\/$/);
    expect(await roundTrip(await openClient(server.url), "x")).toBe("x");
  });

  test("rejects when the port is taken, and the first server stays", async () => {
    const first = await startServer();
    const { port } = new URL(first.url);
    await expect(listen({ host: "127.0.0.1", port: Number(port) }, ECHO)).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    expect(await roundTrip(await openClient(first.url), "x")).toBe("x");
  });

  test("rejects the second time, and can be had again after close", async () => {
    const server = new WebSocketServer({}, ECHO);
    expect(server.url).toBe("");
    await server.listen({ host: "127.0.0.1" });
    await expect(server.listen({ host: "127.0.0.1" })).rejects.toThrow("listens already");
    const { url } = server;
    await server.close();
    expect(server.url).toBe(url);
  });

  test("speaks TLS with a certificate", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events }, { tls: certificate });
    expect(server.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/$/);
    const client = await openClient(server.url, {}, { tls: { ca: certificate.cert } });
    for (const data of ["x", "y".repeat(70_000), "z".repeat(500_000)])
      expect(await roundTrip(client, data)).toBe(data);
    expect((await next()).remoteAddress).toBe("127.0.0.1");
    const other = await wsClient(server.url, { ca: certificate.cert });
    expect(other.readyState).toBe(other.OPEN);
  });

  test.each([
    [{ maxMessageSize: -1 }, RangeError],
    [{ maxMessageSize: 1.5 }, RangeError],
    [{ maxBufferedAmount: Number.NaN }, RangeError],
    [{ closeTimeout: 2 ** 31 }, RangeError],
    [{ origin: ["https://example.com/"] }, TypeError],
    [{ origin: ["null"] }, TypeError],
  ])("throws for %j", (options, fault) => {
    expect(() => new WebSocketServer(options, ECHO)).toThrow(fault);
  });
});

describe("what is no upgrade", () => {
  test("a plain HTTP request is answered with 426", async () => {
    const { url } = await startServer();
    const response = await fetch(url.replace("ws:", "http:"));
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect(await response.text()).toBe("This port speaks WebSocket only.\n");
  });

  test.each([
    ["octets that are no HTTP", "\x00\x01\x02\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    ["a head that is too large", `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "HTTP/1.1 431 "],
  ])("%s", async (_, octets, status) => {
    const { url } = await startServer();
    expect((await answerTo(url, octets)).slice(0, status.length)).toBe(status);
  });
});

const refusal = (status: string, body: string, ...lines: string[]): string =>
  [
    `HTTP/1.1 ${status}`,
    ...lines,
    lines.some((line) => line.startsWith("Upgrade")) ? "Connection: Upgrade, close" : "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length + 1}`,
    "",
    `${body}\n`,
  ].join("\r\n");

describe("refusals on the wire", () => {
  test.each([
    [
      "another version",
      { "Sec-WebSocket-Version": "8" },
      refusal(
        "426 Upgrade Required",
        "the Sec-WebSocket-Version header field is not 13 (RFC 6455 section 4.4)",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
      ),
    ],
    [
      "no key",
      { "Sec-WebSocket-Key": null },
      refusal(
        "400 Bad Request",
        "the Sec-WebSocket-Key header field is not 16 octets in base64 (RFC 6455 section 4.1)",
      ),
    ],
    [
      "another protocol to upgrade to",
      { Upgrade: "h2c" },
      refusal(
        "426 Upgrade Required",
        "the Upgrade header field does not name websocket (RFC 6455 section 4.1)",
        "Upgrade: websocket",
      ),
    ],
    [
      "the page of another host",
      { Origin: "https://example.com" },
      refusal("403 Forbidden", "the origin is not allowed (RFC 6455 section 10.2)"),
    ],
    [
      "a body",
      { "Content-Length": "3" },
      refusal("400 Bad Request", "the request announces a body (RFC 9110 section 9.3.1)"),
    ],
    [
      "too many header lines",
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X-${i}`, "x"])),
      refusal(
        "431 Request Header Fields Too Large",
        "the head has more header lines than the limit (RFC 6585 section 5)",
      ),
    ],
  ])("%s", async (_, lines, expected) => {
    const { url } = await startServer();
    expect(await answerTo(url, requestHead(lines))).toBe(expected);
  });

  test("2,000 header lines before Upgrade", async () => {
    const { url } = await startServer();
    const lines = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}`, "x"]));
    const head = requestHead().replace(
      "Upgrade: websocket",
      `${Object.entries(lines)
        .map(([n, v]) => `${n}:${v}`)
        .join("\r\n")}\r\nUpgrade: websocket`,
    );
    expect((await answerTo(url, head)).slice(0, 13)).toBe("HTTP/1.1 431 ");
  });

  test("what follows a refused request is not read as another one", async () => {
    const { url } = await startServer();
    const answer = await answerTo(url, requestHead({ "Sec-WebSocket-Key": null }), requestHead());
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe("the opening handshake on the wire", () => {
  test("the answer of RFC 6455 section 1.3, and frames that came with the request", async () => {
    const { events, next } = collector();
    const { url } = await startServer({ ...ECHO, ...events });
    const peer = await rawConnect(url);
    peer.write(requestHead({}, "/chat?room=1"), masked("first", mask), masked("second", mask).subarray(0, 3));
    expect(await peer.head()).toBe(
      [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "",
        "",
      ].join("\r\n"),
    );
    peer.write(masked("second", mask).subarray(3));
    expect((await peer.frames(2)).map(({ payload }) => String(Buffer.from(payload)))).toEqual([
      "first",
      "second",
    ]);
    expect(await next()).toMatchObject({ url: "/chat?room=1", role: "server", remoteAddress: "127.0.0.1" });
  });
});

const fail = (): never => {
  throw new Error("broken option");
};

describe("functions in the options that fail", () => {
  test.each([
    ["origin", { origin: fail }],
    ["subprotocols", { subprotocols: fail }],
    ["subprotocols that picks what was not offered", { subprotocols: () => "other" }],
  ])("%s: 500, a warning, and the process lives", async (_, options) => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    const { url } = await startServer(ECHO, options);
    const head = requestHead({ Origin: "http://a.example", "Sec-WebSocket-Protocol": "a" });
    const lax = "origin" in options ? head : requestHead({ "Sec-WebSocket-Protocol": "a" });
    expect(await answerTo(url, lax)).toBe(
      refusal("500 Internal Server Error", "The server could not decide on the request"),
    );
    expect(warnings).toEqual([
      expect.stringContaining("A function in the options of a WebSocket server failed"),
    ]);
    expect(faults).toEqual([]);
  });
});
