import { createServer } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { concat, text } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connect } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { acceptingHead, answering, rawServer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

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
