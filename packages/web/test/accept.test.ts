import { ACCEPT_VECTOR, chopped, concat, cuttings, MASK, parseFrames, text } from "@plyws/testkit";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type AcceptOptions, acceptWebSocket, type WebSocketConnection } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import { RawPeer, turns } from "./support/streams.ts";

// Whatever a peer or the options do, nothing of it may end the process.
let faults: readonly unknown[];
beforeEach(() => {
  faults = watchProcess();
});
afterEach(() => expect(faults).toEqual([]));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A request for an upgrade; a field that is `null` is left out. */
function requestOf(
  fields: Readonly<Record<string, string | null>> = {},
  line = "GET /chat?room=1 HTTP/1.1",
): Uint8Array {
  const all = {
    Host: "example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": ACCEPT_VECTOR.key,
    "Sec-WebSocket-Version": "13",
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`],
  );
  return encoder.encode(`${line}\r\n${lines.join("")}\r\n`);
}

function fail(): never {
  throw new Error("broken");
}

function tellNobody(): never {
  throw new Error("not even this");
}

const neverDecide = () => new Promise<object>(() => {});
const refuseAll = () =>
  new Response("who are you?", { status: 401, headers: { "www-authenticate": "Basic" } });

interface Answer {
  readonly socket: WebSocketConnection | null;
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly refused: readonly Error[];
  readonly peer: RawPeer;
}

/** Sends chunks, ends the stream after them unless it is to stay open, and looks at the answer. */
async function ask(
  chunks: readonly Uint8Array[],
  options: AcceptOptions = {},
  stays = false,
): Promise<Answer> {
  const peer = new RawPeer();
  const refused: Error[] = [];
  const accepting = acceptWebSocket(peer.stream, {
    refused: (error) => void refused.push(error),
    ...options,
  });
  for (const chunk of chunks) peer.push(chunk);
  if (!stays) peer.end();
  const socket = await accepting;
  await turns();
  const [head = "", body = ""] = decoder.decode(peer.written).split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  return { socket, status, head, body, refused, peer };
}

describe("a good request", () => {
  test("opens a connection, wherever its octets are cut", async () => {
    const octets = concat(requestOf({ "Sec-WebSocket-Protocol": "v1, v2" }), text("early", { mask: MASK }));
    for (const { name, chunks } of cuttings(octets)) {
      const peer = new RawPeer();
      const accepting = acceptWebSocket(peer.stream, { subprotocols: ["v2", "v1"] });
      for (const chunk of chunks) peer.push(chunk);
      const socket = await accepting;
      expect([name, socket?.url, socket?.subprotocol, socket?.role]).toEqual([
        name,
        "/chat?room=1",
        "v2",
        "server",
      ]);
      expect(await socket?.receive()).toBe("early");
      socket?.send("late");
      await turns(1);
      const [head, frames] = splitHead(peer.written);
      expect(head).toContain(`Sec-WebSocket-Accept: ${ACCEPT_VECTOR.accept}\r\n`);
      expect(parseFrames(frames)).toMatchObject([
        { opcode: 1, masked: false, payload: encoder.encode("late") },
      ]);
      socket?.terminate();
    }
  });

  test.each<[string, AcceptOptions["accept"], string]>([
    ["at once", () => ({ headers: { "set-cookie": "a=b" } }), "set-cookie: a=b"],
    ["later", () => Promise.resolve({ headers: [["x-served-by", "me"]] }), "x-served-by: me"],
    ["by the Headers of the platform", () => ({ headers: new Headers({ vary: "origin" }) }), "vary: origin"],
    [
      "with a subprotocol",
      ({ subprotocols: [first = ""] }) => ({ subprotocol: first }),
      "Sec-WebSocket-Protocol: v1",
    ],
  ])("is accepted %s", async (_, accept, line) => {
    const { socket, head } = await ask([requestOf({ "Sec-WebSocket-Protocol": "v1" })], { accept });
    expect(socket).not.toBeNull();
    expect(head.split("\r\n")).toContain(line);
  });
});

describe("what is refused", () => {
  test.each<[string, number, string, Uint8Array]>([
    ["no HTTP", 400, "malformed-head", encoder.encode("hello\r\n\r\n")],
    ["an ordinary request", 426, "missing-upgrade", requestOf({ Upgrade: null })],
    ["another method", 405, "method-not-allowed", requestOf({}, "POST / HTTP/1.1")],
    ["another version", 426, "unsupported-version", requestOf({ "Sec-WebSocket-Version": "8" })],
    ["a key that is none", 400, "invalid-key", requestOf({ "Sec-WebSocket-Key": "x" })],
    ["a page of another host", 403, "origin-not-allowed", requestOf({ Origin: "https://evil.example" })],
    ["a head without an end", 431, "head-too-large", requestOf({ "X-Long": "x".repeat(20_000) })],
  ])("%s gets a %i", async (_, status, code, octets) => {
    const answer = await ask([octets]);
    expect(answer).toMatchObject({
      socket: null,
      status,
      refused: [{ name: "HandshakeError", code, status }],
    });
    expect(answer.head).toMatch(/\r\nConnection: (?:Upgrade, )?close\r\n/);
    expect(answer.head).toContain(`\r\nContent-Length: ${answer.body.length}`);
    expect(answer.peer.ended).toBe(true);
  });

  test.each<[string, AcceptOptions, string, number]>([
    ["a list", { origin: ["https://other.example"] }, "https://other.example", 101],
    ["a list without it", { origin: ["https://other.example"] }, "https://example.com", 403],
    ["any", { origin: "any" }, "https://evil.example", 101],
    ["a function", { origin: ({ origin }) => origin.endsWith(".example") }, "https://a.example", 101],
    ["none, where one is asked for", { allowMissingOrigin: false }, "", 403],
  ])("origins: %s", async (_, options, origin, status) => {
    const octets = requestOf(origin === "" ? {} : { Origin: origin });
    expect(await ask([octets], options)).toMatchObject({ status });
  });

  test("by a Response of accept, which the client gets", async () => {
    const { socket, status, head, body, refused } = await ask([requestOf()], { accept: refuseAll });
    expect({ socket, status, body, refused }).toEqual({
      socket: null,
      status: 401,
      body: "who are you?",
      refused: [],
    });
    expect(head).toContain("www-authenticate: Basic");
  });

  test.each<[string, AcceptOptions]>([
    ["throws", { accept: () => fail() }],
    ["rejects", { accept: () => Promise.reject(new Error("broken")) }],
    // @ts-expect-error: what programs without types may do
    ["gives nothing", { accept: () => undefined }],
    // @ts-expect-error: as above
    ["gives true", { accept: () => true }],
    ["chooses what was not offered", { accept: () => ({ subprotocol: "v9" }) }],
    ["gives a field that cannot be sent", { accept: () => ({ headers: { "x-a": "1\r\nx-b: 2" } }) }],
    ["answers a page by throwing", { request: () => fail(), accept: () => fail() }],
    ["picks a subprotocol by throwing", { subprotocols: () => fail() }],
  ])("a function of the options that %s: nobody gets in, and it is told", async (_, options) => {
    const { socket, status, refused } = await ask([requestOf()], options);
    expect({ socket, status }).toEqual({ socket: null, status: 500 });
    expect(refused).toHaveLength(1);
  });

  test("what an option threw is a warning when nobody is told", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    expect((await ask([requestOf()], { accept: () => fail(), refused: undefined })).status).toBe(500);
    expect((await ask([requestOf({ Host: null })], { refused: tellNobody })).status).toBe(400);
    expect(warn.mock.calls.map(([, error]) => String(error))).toEqual([
      "Error: broken",
      "Error: not even this",
    ]);
  });
});

describe("a request for a page", () => {
  const page = requestOf({ Upgrade: null, Connection: null }, "GET /page HTTP/1.1");

  test("gets what the application says", async () => {
    const request = vi.fn<() => Promise<Response>>(
      async () => new Response("<p>é", { headers: { "content-type": "text/html" } }),
    );
    const { socket, status, head, body, refused } = await ask([page], { request });
    expect({ socket, status, body, refused }).toEqual({
      socket: null,
      status: 200,
      body: "<p>é",
      refused: [],
    });
    expect(head).toContain("content-type: text/html");
    expect(head).toContain("Content-Length: 5");
    expect(request).toHaveBeenCalledWith(expect.objectContaining({ method: "GET", target: "/page" }));
  });

  test.each([
    ["HEAD has no body", "HEAD", () => new Response("page"), "Content-Length: 4", ""],
    ["204 has no length", "GET", () => new Response(null, { status: 204 }), "Connection: close", ""],
    ["a reason", "GET", () => new Response("x", { status: 299, statusText: "Odd" }), "HTTP/1.1 299 Odd", "x"],
    [
      "ours are ours",
      "GET",
      () => new Response("x", { headers: { connection: "keep-alive" } }),
      "Connection: close",
      "x",
    ],
  ])("%s", async (_, method, request, line, body) => {
    const octets = requestOf({ Upgrade: null, Connection: null }, `${method} / HTTP/1.1`);
    const answer = await ask([octets], { request });
    expect(answer.head.split("\r\n")).toContain(line);
    expect(answer.head).not.toContain("keep-alive");
    expect(answer.body).toBe(body);
  });

  test("a bad request for a WebSocket is none", async () => {
    const request = vi.fn<() => Response>(() => new Response("page"));
    expect((await ask([requestOf({ "Sec-WebSocket-Key": null })], { request })).status).toBe(400);
    expect(request).not.toHaveBeenCalled();
  });
});

describe("nobody waits for ever", () => {
  test("for a head", async () => {
    const { status, refused } = await ask([encoder.encode("GET / HT")], { handshakeTimeout: 20 }, true);
    expect({ status, refused }).toMatchObject({
      status: 408,
      refused: [{ name: "OpeningError", code: "timeout" }],
    });
  });

  test("for a decision", async () => {
    expect(await ask([requestOf()], { accept: neverDecide, handshakeTimeout: 20 })).toMatchObject({
      socket: null,
      status: 408,
    });
  });

  test("for a peer that does not take its answer", { timeout: 15_000 }, async () => {
    const peer = new RawPeer();
    peer.block();
    const accepting = acceptWebSocket(peer.stream);
    peer.push(requestOf({ Upgrade: null }));
    expect(await accepting).toBeNull();
    expect(peer.cancelled).toBeDefined();
  });

  test("for a peer that goes on after its answer", { timeout: 15_000 }, async () => {
    const { socket, status, peer } = await ask([requestOf({ Upgrade: null })], {}, true);
    expect({ socket, status }).toEqual({ socket: null, status: 426 });
    expect(peer.cancelled).toBeDefined();
  });
});

test("a peer that vanishes at any octet of its request leads to nothing", async () => {
  const octets = requestOf();
  for (let size = 0; size < octets.length; size++) {
    const ended = await ask([octets.subarray(0, size)]);
    expect(ended).toMatchObject({ socket: null, status: 0, refused: [{ code: "stream-ended" }] });

    const peer = new RawPeer();
    const refused: Error[] = [];
    const accepting = acceptWebSocket(peer.stream, { refused: (error) => void refused.push(error) });
    peer.push(...chopped(octets.subarray(0, size), 16));
    await Promise.resolve();
    peer.failReading(new Error("reset"));
    peer.failWriting(new Error("reset"));
    expect(await accepting).toBeNull();
    expect(refused).toMatchObject([{ code: "stream-failed", cause: new Error("reset") }]);
  }
});

describe("the signal", () => {
  test.each(["before", "during the head", "during the decision"])("aborted %s", async (when) => {
    const controller = new AbortController();
    const reason = new Error("shutting down");
    const peer = new RawPeer();
    if (when === "before") controller.abort(reason);
    const accepting = acceptWebSocket(peer.stream, { accept: neverDecide, signal: controller.signal });
    if (when === "during the decision") peer.push(requestOf());
    const outcome = accepting.catch((error: unknown) => error);
    await turns();
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    // Aborted before, it has not touched the stream.
    const given = when === "before" ? undefined : reason;
    expect([peer.cancelled, peer.aborted]).toEqual([given, given]);
    expect(peer.written.length).toBe(0);
  });

  test("means nothing afterwards", async () => {
    const controller = new AbortController();
    const { socket } = await ask([requestOf()], { signal: controller.signal }, true);
    controller.abort();
    await turns();
    expect(socket?.state).toBe("open");
    socket?.terminate();
  });
});

describe("mistakes are thrown", () => {
  test.each<[AcceptOptions, new () => Error, string]>([
    [{ maxMessageSize: -1 }, RangeError, "maxMessageSize"],
    [{ handshakeTimeout: 0.5 }, RangeError, "handshakeTimeout"],
    [{ closeTimeout: 2 ** 31 }, RangeError, "closeTimeout"],
    [{ origin: ["example.com"] }, TypeError, "example.com"],
    // @ts-expect-error: what programs without types may do
    [{ origin: "https://example.com" }, TypeError, "a list"],
  ])("%j", async (options, type, message) => {
    const peer = new RawPeer();
    const accepting = acceptWebSocket(peer.stream, options);
    await expect(accepting).rejects.toThrow(type);
    await expect(accepting).rejects.toThrow(message);
    expect(peer.stream.readable).toMatchObject({ locked: false });
  });

  test("a stream that is locked", async () => {
    const { stream } = new RawPeer();
    stream.writable.getWriter();
    await expect(acceptWebSocket(stream)).rejects.toThrow(TypeError);
    expect(stream.readable).toMatchObject({ locked: false });
  });
});

function splitHead(octets: Uint8Array): [string, Uint8Array] {
  const end = Buffer.from(octets).indexOf("\r\n\r\n") + 4;
  return [decoder.decode(octets.subarray(0, end)), octets.subarray(end)];
}
