import {
  BINARY,
  binary,
  CONTINUATION,
  MASK,
  type ParsedFrame,
  PING,
  parseFrames,
  TEXT,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { defer } from "../src/deferred.ts";
import { broadcast, connect, prepare, type ServerOptions, type WebSocketConnection } from "../src/index.ts";
import { contentOf } from "./support/connected.ts";
import { deflated, deflating, deflatingPeer, inflated, RSV1 } from "./support/deflating.ts";
import { collector, DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { summary, textOf } from "./support/payloads.ts";
import { rawConnect, requestHead } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const LONG = "the same again and again, ".repeat(40);
const SHORT = "short";

describe("what is agreed on", () => {
  const CHROMIUM = "permessage-deflate; client_max_window_bits";
  const FIREFOX = "permessage-deflate";
  const rows: [ServerOptions["perMessageDeflate"], offers: string, agreed: string | null][] = [
    [undefined, CHROMIUM, null],
    [false, CHROMIUM, null],
    [true, CHROMIUM, "permessage-deflate; server_no_context_takeover; client_no_context_takeover"],
    [true, FIREFOX, "permessage-deflate; server_no_context_takeover; client_no_context_takeover"],
    [true, "x-webkit-deflate-frame", null],
    [
      true,
      "permessage-deflate; unknown, permessage-deflate",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ],
    [true, "permessage-deflate; server_max_window_bits=8", null],
    [
      { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 12 },
      CHROMIUM,
      "permessage-deflate; server_max_window_bits=12",
    ],
    [
      { serverNoContextTakeover: false, clientNoContextTakeover: false, clientMaxWindowBits: 10 },
      CHROMIUM,
      "permessage-deflate; client_max_window_bits=10",
    ],
  ];

  test.each(rows)("%j to %s: %s", async (perMessageDeflate, offers, due) => {
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events }, { perMessageDeflate });
    const { agreed } = await deflatingPeer(server.url, offers);
    expect(agreed).toBe(due);
    expect((await next()).extensions).toBe(due ?? "");
  });

  test("a client tells what was agreed on", async () => {
    const server = await startServer(ECHO, { perMessageDeflate: true });
    const client = await openClient(server.url, {}, { perMessageDeflate: true });
    expect(client.extensions).toMatch(/^permessage-deflate; server_no_context_takeover/);
    expect((await openClient(server.url)).extensions).toBe("");
  });

  test.each([
    ["permessage-deflate", "extension-parameters"],
    ["permessage-deflate; unknown", "extension-parameters"],
    ["permessage-deflate; server_max_window_bits=16", "extension-parameters"],
    ["permessage-deflate; client_max_window_bits", "extension-parameters"],
    ["permessage-deflate, permessage-deflate", "extension-not-offered"],
    ["other", "extension-not-offered"],
  ])("a client refuses the answer %s: %s", async (answer, code) => {
    const { createServer } = await import("node:http");
    const { computeAccept } = await import("@plyws/handshake");
    const server = createServer().on("upgrade", (request, socket) => {
      const accept = computeAccept(String(request.headers["sec-websocket-key"]));
      socket.end(
        [
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          `Sec-WebSocket-Accept: ${accept}`,
          `Sec-WebSocket-Extensions: ${answer}`,
          "\r\n",
        ].join("\r\n"),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : 0;
      const opening = connect(`ws://127.0.0.1:${port}/`, { perMessageDeflate: true });
      await expect(opening).rejects.toMatchObject({ code, status: 101 });
    } finally {
      server.close();
    }
  });

  test.each([
    [{ threshold: -1 }, "threshold"],
    [{ level: 10 }, "level"],
    [{ serverMaxWindowBits: 7 }, "serverMaxWindowBits"],
    [{ clientMaxWindowBits: 16 }, "clientMaxWindowBits"],
  ])("settings that make no sense: %j", async (perMessageDeflate, name) => {
    await expect(startServer(ECHO, { perMessageDeflate })).rejects.toThrow(RangeError);
    await expect(startServer(ECHO, { perMessageDeflate })).rejects.toThrow(name);
    await expect(connect("ws://127.0.0.1:1/", { perMessageDeflate })).rejects.toThrow(name);
  });
});

/** The next frames of a peer, in short. */
const brief = (frames: readonly ParsedFrame[]) =>
  frames.map(({ opcode, rsv, payload }) => [
    opcode,
    rsv,
    rsv === 0 ? String(Buffer.from(payload)) : String(inflated(payload)),
  ]);

describe("what is compressed", () => {
  const rows: [name: string, send: (socket: WebSocketConnection) => unknown, due: unknown[]][] = [
    ["a long text", (socket) => socket.send(LONG), [[TEXT, RSV1, LONG]]],
    ["long octets", (socket) => socket.send(Buffer.from(LONG)), [[BINARY, RSV1, LONG]]],
    ["nothing short", (socket) => socket.send(SHORT), [[TEXT, 0, SHORT]]],
    ["nothing that is told not to be", (socket) => socket.send(LONG, { compress: false }), [[TEXT, 0, LONG]]],
    [
      "what is told to be, even short",
      (socket) => socket.send("aaaaaaaaaaaaaaaaaaaa", { compress: true }),
      [[TEXT, RSV1, "aaaaaaaaaaaaaaaaaaaa"]],
    ],
    ["nothing that gains nothing", (socket) => socket.send(SHORT, { compress: true }), [[TEXT, 0, SHORT]]],
    ["by sendAsync too", (socket) => socket.sendAsync(LONG), [[TEXT, RSV1, LONG]]],
    [
      "not by sendAsync that says so",
      (socket) => socket.sendAsync(LONG, { compress: false }),
      [[TEXT, 0, LONG]],
    ],
    ["a prepared message", (socket) => socket.send(prepare(LONG)), [[TEXT, RSV1, LONG]]],
    [
      "a prepared message that is told not to be",
      (socket) => socket.send(prepare(LONG, { compress: false })),
      [[TEXT, 0, LONG]],
    ],
    [
      "a mixture, in the order of the calls",
      (socket) => {
        socket.send(LONG);
        void socket.ping();
        socket.send(SHORT);
        socket.send(LONG, { compress: false });
        socket.send(prepare(LONG));
      },
      [
        [TEXT, RSV1, LONG],
        [PING, 0, expect.any(String)],
        [TEXT, 0, SHORT],
        [TEXT, 0, LONG],
        [TEXT, RSV1, LONG],
      ],
    ],
  ];

  test.each(rows)("%s", async (_, send, due) => {
    const { socket, peer } = await deflating(DROP);
    void send(socket);
    expect(brief(await peer.frames(due.length))).toEqual(due);
  });

  test("the threshold can be moved", async () => {
    const { socket, peer } = await deflating(DROP, { perMessageDeflate: { threshold: 5000 } });
    socket.send(LONG);
    socket.send(LONG.repeat(5));
    expect((await peer.frames(2)).map(({ rsv }) => rsv)).toEqual([0, RSV1]);
  });

  test("messages while one is sent in pieces follow it as they were wanted", async () => {
    const { socket, peer } = await deflating(DROP);
    const gate = defer<void>();
    const sent = socket.sendStream(
      (async function* () {
        yield LONG;
        await gate.promise;
        yield LONG;
      })(),
      "text",
      { compress: true },
    );
    await until("the first piece is there", () => socket.bufferedAmount === 0);
    socket.send(LONG);
    socket.send(LONG, { compress: false });
    gate.resolve();
    expect(await sent).toBe("sent");
    const frames = await peer.frames(5);
    expect(frames.map(({ opcode, rsv, fin }) => [opcode, rsv, fin])).toEqual([
      [TEXT, RSV1, false],
      [CONTINUATION, 0, false],
      [CONTINUATION, 0, true],
      [TEXT, RSV1, true],
      [TEXT, 0, true],
    ]);
    const whole = Buffer.concat(frames.slice(0, 3).map(({ payload }) => payload));
    expect(String(inflated(whole))).toBe(LONG + LONG);
    expect(String(inflated(frames[3]!.payload))).toBe(LONG);
  });

  test("a message in pieces is not, unless it is told to be", async () => {
    const { socket, peer } = await deflating(DROP);
    await socket.sendStream([LONG], "text");
    expect((await peer.frames(2)).map(({ rsv }) => rsv)).toEqual([0, 0]);
  });

  test("without the extension on the connection nothing, whatever is wanted", async () => {
    const { events, next } = collector();
    const server = await startServer({ ...DROP, ...events }, { perMessageDeflate: true });
    const peer = await rawConnect(server.url);
    peer.write(requestHead());
    await peer.head();
    const socket = await next();
    socket.send(LONG, { compress: true });
    await socket.sendStream([LONG], "text", { compress: true });
    const frames = await peer.frames(3);
    expect(frames.map(({ rsv }) => rsv)).toEqual([0, 0, 0]);
  });
});

describe("one message for many", () => {
  test("is compressed once for all that keep no context: the same octets for each", async () => {
    const server = await startServer(DROP, { perMessageDeflate: true });
    const peers = await Promise.all([1, 2, 3, 4].map(() => deflatingPeer(server.url)));
    await until("all are there", () => server.connections.size === 4);
    expect(broadcast(server.connections, LONG)).toMatchObject({ sent: 4 });
    const received = await Promise.all(peers.map(({ peer }) => peer.frames(1)));
    for (const [frame] of received) expect(brief([frame!])).toEqual([[TEXT, RSV1, LONG]]);
    expect(new Set(received.map(([frame]) => Buffer.from(frame!.payload).toString("hex"))).size).toBe(1);
  });

  test("goes to each in the form that it has agreed on", async () => {
    const server = await startServer(DROP, {
      perMessageDeflate: { serverNoContextTakeover: false, clientNoContextTakeover: false },
    });
    const keeping = await openClient(
      server.url,
      {},
      {
        perMessageDeflate: { serverNoContextTakeover: false, clientNoContextTakeover: false },
      },
    );
    const small = await openClient(server.url, {}, { perMessageDeflate: { serverMaxWindowBits: 9 } });
    const plain = await openClient(server.url);
    const messages = Array.from({ length: 20 }, (_, n) => `${n} ${LONG}`);
    for (const message of messages) broadcast(server.connections, message);
    for (const client of [keeping, small, plain]) {
      for (const message of messages) expect(await client.receive()).toBe(message);
    }
  });
});

describe("between our client and our server", () => {
  const whole = textOf(300_000);

  test.each([true, false])("messages in pieces, both ways, context kept: %s", async (keeps) => {
    const perMessageDeflate = { serverNoContextTakeover: !keeps, clientNoContextTakeover: !keeps };
    const server = await startServer(
      { stream: (socket, message) => void socket.sendStream(message, message.type, { compress: true }) },
      { perMessageDeflate },
    );
    const client = await openClient(server.url, {}, { perMessageDeflate });
    for (let round = 0; round < 3; round++) {
      void client.sendStream([whole], "text", { compress: true });
      const message = await client.receiveStream();
      expect(message?.type).toBe("text");
      expect(summary(String(await contentOf(message)))).toEqual(summary(whole));
      client.send(LONG);
      expect(await client.receive()).toBe(LONG);
    }
  });

  test("text as octets", async () => {
    const server = await startServer(ECHO, { perMessageDeflate: true });
    const client = await openClient(server.url, {}, { perMessageDeflate: true, text: "octets" });
    client.send(LONG);
    client.send(`${LONG}!`);
    const [first, second] = [await client.receive(), await client.receive()];
    expect([String(Buffer.from(first!)), String(Buffer.from(second!))]).toEqual([LONG, `${LONG}!`]);
  });
});

test("a message that was compressed and is kept stays as it is", async () => {
  const kept: (string | Uint8Array)[] = [];
  const { peer } = await deflating({ message: (_socket, data) => void kept.push(data) });
  const options = { mask: MASK, rsv: RSV1 };
  for (const octet of [1, 2, 3]) peer.write(binary(deflated(Buffer.alloc(1000, octet)), options));
  peer.write(text(deflated(LONG), options));
  await until("all are there", () => kept.length === 4);
  expect(kept.slice(0, 3).map(summary)).toEqual([1, 2, 3].map((octet) => summary(Buffer.alloc(1000, octet))));
});

test("contexts are kept for as many connections as there is memory for", async () => {
  const settings = { serverNoContextTakeover: false, clientNoContextTakeover: false };
  const server = await startServer(ECHO, { perMessageDeflate: { ...settings, maxContextMemory: 1_000_000 } });
  const open = async () => {
    const { peer, agreed } = await deflatingPeer(server.url);
    return { peer, keeps: agreed === "permessage-deflate" };
  };
  const all = [];
  for (let count = 0; count < 12; count++) all.push(await open());
  const keeping = all.filter(({ keeps }) => keeps);
  expect(keeping.length).toBeGreaterThan(1);
  expect(keeping.length).toBeLessThan(6);
  // The first ones keep, and those beyond do not.
  expect(all.slice(0, keeping.length).every(({ keeps }) => keeps)).toBe(true);
  expect((await open()).keeps).toBe(false);
  keeping[0]!.peer.reset();
  await until("it is gone", () => server.connections.size === 12);
  expect((await open()).keeps).toBe(true);
  expect((await open()).keeps).toBe(false);
  expect(parseFrames(all[0]!.peer.take())).toEqual([]);
});
