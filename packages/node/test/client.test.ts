import { createServer } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { concat, text } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connect, HandshakeError } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { acceptingHead, type RawPeer, rawServer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

/** A server that answers every request with these octets, and stays. */
const answering = (answer: (head: string) => string | Uint8Array): Promise<string> =>
  rawServer(async (peer) => peer.write(answer(await peer.head())));

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

describe("the request", () => {
  test.each<[string, string, ConnectOptions, string[]]>([
    ["the least", "", {}, []],
    ["path and query", "a%20b/c?d=e&f", {}, []],
    [
      "everything",
      "",
      {
        origin: "http://o.example",
        subprotocols: ["a", "b"],
        headers: { Cookie: "c=d", Authorization: "Bearer x" },
      },
      ["Origin: http://o.example", "Sec-WebSocket-Protocol: a, b", "Cookie: c=d", "Authorization: Bearer x"],
    ],
    [
      "headers as a list, one twice",
      "",
      {
        headers: [
          ["X-A", "1"],
          ["X-A", "2"],
        ],
      },
      ["X-A: 1", "X-A: 2"],
    ],
  ])("%s", async (_, target, options, lines) => {
    const heads: string[] = [];
    const url = await answering((head) => {
      heads.push(head);
      return acceptingHead(head, options.subprotocols === undefined ? [] : ["Sec-WebSocket-Protocol: a"]);
    });
    const client = await openClient(`${url}${target}`, {}, options);
    expect(heads.join("").replace(/Key: .{22}==/, "Key: (a key)")).toBe(
      [
        `GET /${target} HTTP/1.1`,
        `Host: ${new URL(url).host}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: (a key)",
        "Sec-WebSocket-Version: 13",
        ...lines,
        "",
        "",
      ].join("\r\n"),
    );
    expect(client).toMatchObject({ url: `${url}${target}`, role: "client", remoteAddress: "127.0.0.1" });
  });

  test.each([
    ["user:p%40ss%3A", {}, `Basic ${Buffer.from("user:p@ss:").toString("base64")}`],
    ["%C3%BCser:", {}, `Basic ${Buffer.from("üser:").toString("base64")}`],
    ["user:pass", { headers: { authorization: "Bearer x" } }, "Bearer x"],
  ])("the user name and password %s of the URL", async (credentials, options, expected) => {
    const heads: string[] = [];
    const url = await answering((head) => {
      heads.push(head);
      return acceptingHead(head);
    });
    await openClient(url.replace("ws://", `ws://${credentials}@`), {}, options);
    expect(heads[0]?.match(/^authorization: .*(?=\r$)/gim)).toEqual([
      expect.stringMatching(/^authorization: /i),
    ]);
    expect(heads[0]?.split(/authorization: /i)[1]?.split("\r\n")[0]).toBe(expected);
  });

  test("has a fresh key every time", async () => {
    const keys = new Set<string | undefined>();
    const url = await answering((head) => {
      keys.add(/Key: (.*)\r/.exec(head)?.[1]);
      return acceptingHead(head);
    });
    for (let i = 0; i < 20; i++) await openClient(url);
    expect(keys.size).toBe(20);
  });
});

describe("what comes with the answer", () => {
  test.each([1, 2, 3, 4])("frames in the same packet, cut at %d quarters", async (quarters) => {
    const frames = concat(text("first"), text("second"), text("third"));
    const size = (frames.length * quarters) >> 2;
    const url = await rawServer(async (peer) => {
      peer.write(acceptingHead(await peer.head()), frames.subarray(0, size));
      await delay(5);
      peer.write(frames.subarray(size));
    });
    const client = await openClient(url);
    await delay(10);
    for (const expected of ["first", "second", "third"]) expect(await client.receive()).toBe(expected);
  });

  test("a message event gets frames of the same packet", async () => {
    const url = await rawServer(async (peer) => {
      peer.write(acceptingHead(await peer.head()), text("first"), text("second"));
    });
    const seen: unknown[] = [];
    await openClient(url, {
      open: () => void seen.push("open"),
      message: (_socket, data) => void seen.push(data),
    });
    await until("both have come", () => seen.length === 3);
    expect(seen).toEqual(["open", "first", "second"]);
  });

  test("interim answers are skipped", async () => {
    const url = await answering(
      (head) => `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${acceptingHead(head)}`,
    );
    expect((await openClient(url)).state).toBe("open");
  });
});

describe("TLS", () => {
  test("a certificate that nobody vouches for is refused by default", async () => {
    const server = await startServer(ECHO, { tls: certificate });
    await expect(connect(server.url)).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|VERIFY/),
    });
    const client = await openClient(server.url, {}, { tls: { ca: certificate.cert } });
    expect(await roundTrip(client, "x")).toBe("x");
  });

  test("a certificate for another name is refused", async () => {
    const server = await startServer(ECHO, { tls: certificate });
    const tls = { ca: certificate.cert, servername: "other.example" };
    await expect(connect(server.url, { tls })).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test("a peer that speaks no TLS", async () => {
    const url = await rawServer((peer) => peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(connect(url.replace("ws:", "wss:"))).rejects.toThrow("");
  });

  test("octets that are no TLS right behind the answer end the connection, not the process", async () => {
    const faults = watchProcess();
    const server = createServer((raw) => {
      // The cipher text goes through our hands, so that garbage can come in the same packet.
      const wire = new Duplex({
        read: () => {},
        write: (chunk: Buffer, _encoding, done) => {
          garbled = answered ? Buffer.concat([chunk, Buffer.alloc(100, 0xff)]) : chunk;
          raw.write(garbled, done);
        },
      });
      let answered = false;
      let garbled: Buffer;
      raw.on("data", (chunk) => wire.push(chunk)).on("error", () => {});
      const secured = new TLSSocket(wire, { isServer: true, ...certificate });
      secured
        .on("error", () => {})
        .once("data", (head: Buffer) => {
          answered = true;
          secured.write(acceptingHead(String(head)));
        });
      onTestFinished(() => void raw.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const opening = connect(`wss://127.0.0.1:${port}/`, { tls: { ca: certificate.cert } }, DROP);
    const outcome = await opening.then(async (client) => (await client.closed).code, String);
    expect(outcome === 1006 || String(outcome).includes("Error")).toBe(true);
    expect(faults).toEqual([]);
  });
});

test("an IPv6 address in the URL", async ({ skip }) => {
  const server = await startServer(ECHO, { host: "::1" }).catch(() => skip("this machine has no IPv6"));
  expect(server.url).toMatch(/^ws:\/\/\[::1\]:\d+\/$/);
  expect(await roundTrip(await openClient(server.url), "x")).toBe("x");
});

test("the address of the peer is known on both sides", async () => {
  const { events, next } = collector();
  const server = await startServer({ ...ECHO, ...events });
  const client = await openClient(server.url);
  expect([client.remoteAddress, (await next()).remoteAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
});
