import { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import {
  type ConnectOptions,
  connect,
  HandshakeError,
  type ListenOptions,
  ResponseError,
  refuse,
  type ServerOptions,
  WebSocketServer,
} from "../src/index.ts";
import { closedPort, rejectionOf, startAnswering, startSilent } from "./support/client-servers.ts";
import { ECHO, openClient, startServer } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { observe } from "./support/observing.ts";
import { watchWarnings } from "./support/process-faults.ts";
import { rawClient, rawConnect, requestHead } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const fault = new Error("a function of the options is broken");
const failNow = (): never => {
  throw fault;
};

async function acceptLate(): Promise<{ data: undefined }> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  return { data: undefined };
}

test("an accepted request: one message on each side, with the connections that open next", async () => {
  const handshakes = observe("plyws:handshake");
  const opens = observe("plyws:open");
  const server = await startServer();
  const client = await openClient(`${server.url}path?query`);
  expect(handshakes.map(({ role, url, status, error }) => ({ role, url, status, error }))).toEqual([
    { role: "server", url: "/path?query", status: 101, error: null },
    { role: "client", url: `${server.url}path?query`, status: 101, error: null },
  ]);
  const [atServer, atClient] = handshakes;
  expect(atClient?.socket).toBe(client);
  expect(atClient?.request).toBeNull();
  expect([...server.connections]).toEqual([atServer?.socket]);
  expect(atServer?.request).toBeInstanceOf(IncomingMessage);
  expect(opens.map(({ socket }) => socket)).toEqual([atServer?.socket, client]);
});

test("the message comes before the open event", async () => {
  const handshakes = observe("plyws:handshake");
  const opens = observe("plyws:open");
  let known: number[] = [];
  const server = await startServer({
    ...ECHO,
    open: () => {
      known = [handshakes.length, opens.length];
    },
  });
  await rawClient(server.url);
  expect(known).toEqual([1, 1]);
});

test("duration is the time that accept took", async () => {
  const handshakes = observe("plyws:handshake");
  await openClient((await startServer(ECHO, { accept: acceptLate })).url);
  expect(handshakes.map(({ role }) => role)).toEqual(["server", "client"]);
  for (const { duration } of handshakes) {
    expect(duration).toBeGreaterThan(50);
    expect(duration).toBeLessThan(60_000);
  }
});

interface Refused {
  readonly how: string;
  readonly options: ServerOptions & ListenOptions;
  readonly lines?: Record<string, string | null>;
  readonly status: number;
  /** What the server's error is; `null` when there is none. */
  readonly error: object | null;
}

const REFUSED: readonly Refused[] = [
  {
    how: "a version that nobody speaks",
    options: {},
    lines: { "Sec-WebSocket-Version": "12" },
    status: 426,
    error: { code: "unsupported-version" },
  },
  {
    how: "a key that is none",
    options: {},
    lines: { "Sec-WebSocket-Key": "short" },
    status: 400,
    error: { name: "HandshakeError" },
  },
  {
    how: "another origin",
    options: {},
    lines: { Origin: "https://elsewhere.example" },
    status: 403,
    error: { name: "HandshakeError" },
  },
  { how: "refused by accept", options: { accept: () => refuse(401) }, status: 401, error: null },
  {
    how: "accept takes too long",
    options: { accept: () => new Promise(() => {}), acceptTimeout: 10 },
    status: 503,
    error: null,
  },
  { how: "no room", options: { maxConnections: 0 }, status: 503, error: null },
  { how: "too many from one address", options: { maxConnectionsPerAddress: 0 }, status: 429, error: null },
  { how: "accept throws", options: { accept: failNow }, status: 500, error: fault },
  { how: "accept rejects", options: { accept: () => Promise.reject(fault) }, status: 500, error: fault },
  {
    how: "the origin function throws",
    options: { origin: failNow },
    lines: { Origin: "https://elsewhere.example" },
    status: 500,
    error: fault,
  },
  {
    how: "the subprotocol function throws",
    options: { subprotocols: failNow },
    lines: { "Sec-WebSocket-Protocol": "chat" },
    status: 500,
    error: fault,
  },
];

describe("a server that refuses", () => {
  test.each(REFUSED)("$how: $status", async ({ options, lines, status, error }) => {
    watchWarnings();
    const handshakes = observe("plyws:handshake");
    const errors = observe("plyws:error");
    const opens = observe("plyws:open");
    const server = await startServer(ECHO, options);
    const peer = await rawConnect(server.url);
    peer.write(requestHead(lines, "/somewhere"));
    expect(await peer.head()).toContain(` ${status} `);
    expect(handshakes.length).toBe(1);
    expect(handshakes[0]).toMatchObject({ role: "server", url: "/somewhere", status, socket: null });
    expect(handshakes[0]?.request?.url).toBe("/somewhere");
    expect(handshakes).toMatchObject([{ error }]);
    expect(opens).toEqual([]);
    // A function that failed is an error of the application besides.
    expect(errors).toEqual(
      error === fault
        ? [{ role: "server", error: fault, socket: null, request: handshakes[0]?.request }]
        : [],
    );
    expect(server.counters).toMatchObject({ opened: 0, closed: 0, refused: 1 });
  });

  test("because the client goes away while accept decides: no status, and an error", async () => {
    const handshakes = observe("plyws:handshake");
    const server = await startServer(ECHO, { accept: () => new Promise(() => {}) });
    const peer = await rawConnect(server.url);
    peer.write(requestHead());
    setTimeout(() => peer.reset(), 20);
    await until("it is told", () => handshakes.length === 1);
    expect(handshakes[0]).toMatchObject({ role: "server", url: "/", status: 0, socket: null });
    expect(handshakes[0]?.error).toBeInstanceOf(Error);
  });

  test("because it closes", async () => {
    const handshakes = observe("plyws:handshake");
    const { http, url } = await startHttp();
    const server = new WebSocketServer({}, ECHO);
    http.on("upgrade", (request, stream, head) => server.handleUpgrade(request, stream, head));
    await server.close();
    expect(await rejectionOf(connect(url))).toMatchObject({ status: 503 });
    expect(handshakes.map(({ role, status }) => `${role} ${status}`)).toEqual(["server 503", "client 503"]);
    expect(server.counters.refused).toBe(1);
  });
});

interface Unconnected {
  readonly how: string;
  readonly start: () => Promise<string>;
  readonly options?: () => ConnectOptions;
  readonly status: number;
  readonly error: object;
}

const silentUrl = async (): Promise<string> => `ws://127.0.0.1:${(await startSilent()).port}/`;

const UNCONNECTED: readonly Unconnected[] = [
  {
    how: "nobody listens",
    start: async () => `ws://127.0.0.1:${await closedPort()}/`,
    status: 0,
    error: { code: "ECONNREFUSED" },
  },
  {
    how: "the server refuses",
    start: async () => (await startServer(ECHO, { accept: () => refuse(403) })).url,
    status: 403,
    error: { name: "ResponseError", status: 403 },
  },
  {
    how: "the answer is no HTTP",
    start: async () => (await startAnswering(() => "no HTTP\r\n\r\n")).url,
    status: 0,
    error: { name: "ResponseError" },
  },
  {
    how: "a redirect that is not followed",
    start: async () => (await startAnswering(() => "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")).url,
    options: () => ({ maxRedirects: 1 }),
    status: 302,
    error: { name: "ConnectError", code: "too-many-redirects" },
  },
  {
    how: "the time is over",
    start: silentUrl,
    options: () => ({ handshakeTimeout: 30 }),
    status: 0,
    error: { name: "TimeoutError" },
  },
  {
    how: "the caller gives up, with something that is no error",
    start: silentUrl,
    options: () => ({ signal: abortedSoon() }),
    status: 0,
    error: { message: "Thrown: enough" },
  },
];

/** A signal that is aborted when the call has begun, with something that is no error. */
function abortedSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort("enough"), 20);
  return controller.signal;
}

describe("a client that does not connect", () => {
  test.each(UNCONNECTED)("$how: $status", async ({ start, options, status, error }) => {
    const handshakes = observe("plyws:handshake");
    const errors = observe("plyws:error");
    const url = await start();
    const thrown: unknown = await connect(url, options?.()).then(
      () => null,
      (reason: unknown) => reason,
    );
    const told = handshakes.filter(({ role }) => role === "client");
    expect(told.length).toBe(1);
    expect(told[0]).toMatchObject({ url, status, socket: null, request: null });
    expect(told[0]?.error).toMatchObject(error);
    expect([told[0]?.error, "enough"]).toContain(thrown);
    expect(told[0]?.duration).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  test("the URL is without user name and password", async () => {
    const handshakes = observe("plyws:handshake");
    const port = await closedPort();
    await rejectionOf(connect(`ws://user:secret@127.0.0.1:${port}/`));
    expect(handshakes.map(({ url }) => url)).toEqual([`ws://127.0.0.1:${port}/`]);
  });

  test("options that cannot be used are no handshake", async () => {
    const handshakes = observe("plyws:handshake");
    expect(await rejectionOf(connect("ws://127.0.0.1/", { closeTimeout: -1 }))).toBeInstanceOf(RangeError);
    expect(await rejectionOf(connect("ws://127.0.0.1/", { maxRedirects: -1 }))).toBeInstanceOf(RangeError);
    expect(handshakes).toEqual([]);
  });

  test("the errors are the classes that connect rejects with", async () => {
    const handshakes = observe("plyws:handshake");
    const server = await startServer(ECHO, { accept: () => refuse(418) });
    await rejectionOf(connect(server.url));
    expect(handshakes[1]?.error).toBeInstanceOf(ResponseError);
    expect(handshakes[1]?.error).toBeInstanceOf(HandshakeError);
  });
});
