import { binary, close, type FrameOptions, frame, ping, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import {
  connect,
  prepare,
  ReconnectingClient,
  type Traced,
  WebSocket,
  type WebSocketConnection,
} from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { observe, tracing } from "./support/observing.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { acceptingHead, masked, rawClient, rawConnect, rawServer, requestHead } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

/** The same line as the other side has it. */
const mirrored = (line: string): string => line.replace(/^[<>]/, (arrow) => (arrow === "<" ? ">" : "<"));

describe("every frame, in order, in both roles", () => {
  test.each([
    ["ws", {}, {}],
    ["wss", { tls: certificate }, { tls: { ca: certificate.cert } }],
  ])("by %s", async (_, tls, trust) => {
    const [here, there] = [tracing(), tracing()];
    const sockets = collector();
    const server = await startServer({ ...ECHO, ...sockets.events }, { ...tls, trace: there.trace });
    const client = await openClient(server.url, {}, { ...trust, trace: here.trace });
    await roundTrip(client, "Hello");
    await roundTrip(client, new Uint8Array([0, 1, 2]));
    await client.ping();
    client.close(4000, "done");
    await client.closed;
    await (await sockets.next()).closed;
    expect(here.lines).toEqual([
      '> text fin masked 5 "Hello"',
      '< text fin 5 "Hello"',
      "> binary fin masked 3 00 01 02",
      "< binary fin 3 00 01 02",
      "> ping fin masked 4 00 00 00 01",
      "< pong fin 4 00 00 00 01",
      '> close fin masked 6 4000 "done"',
      "< close fin 2 4000",
    ]);
    expect(there.lines).toEqual(here.lines.map(mirrored));
  });

  test("of every size, prepared, in pieces, and what comes together with the opening handshake", async () => {
    const { trace, lines } = tracing();
    const server = await startServer(
      {
        open: (socket) => {
          for (const size of [125, 126, 16_383, 16_384, 70_000]) socket.send(binaryOf(size));
          socket.send(prepare("news"));
          socket.send(prepare(binaryOf(20_000)));
          void socket.sendStream(["a", "b"], "text");
        },
        message: () => {},
      },
      { trace },
    );
    const peer = await rawConnect(server.url);
    peer.write(requestHead(), text("early", masked), ping("", masked));
    await until("all is sent", () => lines.some((line) => line.startsWith("> continuation fin")));
    const heads = lines.map((line) =>
      line
        .split(" ")
        .slice(0, 4)
        .join(" ")
        .replace(/ [0-9a-f]{2}$/, ""),
    );
    expect(heads.filter((line) => line.startsWith("<"))).toEqual(["< text fin masked", "< ping fin masked"]);
    expect(heads.filter((line) => line.startsWith(">") && !line.includes("pong"))).toEqual([
      "> binary fin 125",
      "> binary fin 126",
      "> binary fin 16383",
      "> binary fin 16384",
      "> binary fin 70000",
      "> text fin 4",
      "> binary fin 20000",
      '> text 1 "a"',
      '> continuation 1 "b"',
      "> continuation fin 0",
    ]);
    expect(lines).toContain('> text fin 4 "news"');
    expect(lines).toContain('< text fin masked 5 "early"');
  });

  test("a client sees what came behind the answer", async () => {
    const { trace, lines } = tracing();
    const url = await rawServer(async (peer) => {
      peer.write(acceptingHead(await peer.head()), text("at once"), close(1000));
      peer.socket.end();
    });
    const client = await openClient(url, DROP, { trace });
    await client.closed;
    expect(lines).toEqual(['< text fin 7 "at once"', "< close fin 2 1000", "> close fin masked 2 1000"]);
  });
});

test("the trace is told the connection, with its data", async () => {
  const told: [Traced, WebSocketConnection][] = [];
  const sockets = collector();
  const server = await startServer(
    { ...ECHO, ...sockets.events },
    { trace: (traced, socket) => void told.push([traced, socket]) },
  );
  await roundTrip(await openClient(server.url), "x");
  const socket = await sockets.next();
  expect(told.map(([{ direction }, whose]) => [direction, whose])).toEqual([
    ["received", socket],
    ["sent", socket],
  ]);
});

interface Bad {
  readonly what: string;
  readonly octets: Uint8Array;
  readonly lines: readonly string[];
}

const options: FrameOptions = masked;
const BAD: readonly Bad[] = [
  {
    what: "a frame that is not masked",
    octets: text("x"),
    lines: ['< text fin 1 "x"', '> close fin 14 1002 "mask-missing"'],
  },
  {
    what: "a reserved opcode",
    octets: frame({ ...options, opcode: 3, payload: "x" }),
    lines: ["< no frame: reserved-opcode: 83 81 37 fa 21 3d 4f", '> close fin 17 1002 "reserved-opcode"'],
  },
  {
    what: "a reserved bit",
    octets: text("x", { ...options, rsv: 4 }),
    lines: ["< text fin rsv1 masked 1 78", '> close fin 15 1002 "reserved-bits"'],
  },
  {
    what: "a message that is too large, of which nothing but the header comes",
    octets: frame({ ...options, opcode: 2, announcedLength: 2_000_000n }),
    lines: ['> close fin 17 1009 "message-too-big"', "< binary fin masked 2000000 …"],
  },
  {
    what: "a text that is not UTF-8",
    octets: text(new Uint8Array([0xff]), options),
    lines: ["< text fin masked 1 ff", '> close fin 14 1007 "invalid-utf8"'],
  },
];

describe("what a peer does wrong is shown", () => {
  test.each(BAD)("$what", async ({ octets, lines }) => {
    const traced = tracing();
    const server = await startServer(ECHO, { trace: traced.trace });
    const peer = await rawClient(server.url);
    peer.write(octets);
    await peer.ended;
    peer.socket.end();
    await until("the connection has ended", () => server.connections.size === 0);
    expect(traced.lines).toEqual(lines);
  });
});

test("what is done with the octets does not change: a traced connection echoes the same", async () => {
  const server = await startServer(ECHO, { trace: () => {}, maxMessageSize: 2_000_000 });
  const client = await openClient(server.url, {}, { trace: () => {} });
  for (const size of [0, 1, 64, 65, 125, 126, 65_536, 1_000_000]) {
    const data = binaryOf(size);
    expect(Buffer.compare(Buffer.from(await roundTrip(client, data)), data)).toBe(0);
  }
  const plain = await openClient((await startServer()).url);
  await roundTrip(plain, "Hello");
  expect(plain.counters).toEqual({ ...plain.counters, octetsSent: 11, octetsReceived: 7 });
  const before = client.counters;
  await roundTrip(client, "Hello");
  expect(client.counters.octetsSent - before.octetsSent).toBe(11);
  expect(client.counters.octetsReceived - before.octetsReceived).toBe(7);
});

describe("a trace that fails", () => {
  const fault = new Error("a trace is broken");

  test.each([
    [
      "throws",
      () => {
        throw fault;
      },
    ],
    ["rejects", () => Promise.reject(fault)],
  ])("%s: one warning, and the connection goes on without it", async (_, trace) => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    const errors = observe("plyws:error");
    let calls = 0;
    const server = await startServer(ECHO, {
      // oxlint-disable-next-line typescript/no-misused-promises -- that is what is tested
      trace: () => {
        calls++;
        return trace();
      },
    });
    const client = await openClient(server.url);
    for (let count = 0; count < 5; count++) expect(await roundTrip(client, "x")).toBe("x");
    // The first frames may be there before a rejection is.
    expect(calls).toBeLessThanOrEqual(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("a trace is broken");
    const [socket] = server.connections;
    expect(errors).toEqual([{ role: "server", error: fault, socket, request: null }]);
    expect(faults).toEqual([]);
  });

  test("another connection is traced all the same", async () => {
    watchWarnings();
    const traced = new Set<WebSocketConnection>();
    const server = await startServer(ECHO, {
      trace: (_, socket) => {
        traced.add(socket);
        throw fault;
      },
    });
    await roundTrip(await openClient(server.url), "x");
    await roundTrip(await openClient(server.url), "x");
    expect(traced.size).toBe(2);
  });
});

test("a trace may send: it is not told of that, or there would be no end", async () => {
  const { trace, lines } = tracing();
  const server = await startServer(DROP, {
    trace: (traced, socket) => {
      trace(traced, socket);
      if (socket.counters.messagesSent < 3) socket.send("seen");
    },
  });
  const peer = await rawClient(server.url);
  peer.write(binary("1", masked), binary("2", masked));
  expect((await peer.frames(2)).map(({ payload }) => Buffer.from(payload).toString())).toEqual([
    "seen",
    "seen",
  ]);
  expect(lines).toEqual(["< binary fin masked 1 31", "< binary fin masked 1 32"]);
});

describe("whoever takes the options of connect takes a trace", () => {
  test("WebSocket", async () => {
    const { trace, lines } = tracing();
    const server = await startServer();
    const socket = new WebSocket(server.url, { trace });
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    socket.send("x");
    await new Promise((resolve) => socket.addEventListener("message", resolve));
    socket.close();
    expect(lines.slice(0, 2)).toEqual(['> text fin masked 1 "x"', '< text fin 1 "x"']);
  });

  test("ReconnectingClient", async () => {
    const { trace, lines } = tracing();
    const server = await startServer();
    const client = new ReconnectingClient(server.url, { trace, queue: {} });
    client.send("x");
    const { value } = await client[Symbol.asyncIterator]().next();
    expect(value).toBe("x");
    client.close();
    await client.closed;
    expect(lines.slice(0, 2)).toEqual(['> text fin masked 1 "x"', '< text fin 1 "x"']);
  });
});

test("without the option nothing is traced, and no other connection is", async () => {
  const { trace, lines } = tracing();
  const server = await startServer();
  const silent = await connect(server.url);
  const traced = await openClient(server.url, {}, { trace });
  await roundTrip(silent, "not this");
  await roundTrip(traced, "this");
  silent.terminate();
  expect(lines).toEqual(['> text fin masked 4 "this"', '< text fin 4 "this"']);
});
