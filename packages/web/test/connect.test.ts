import { ClientDeflate } from "@plyws/permessage-deflate";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import { ACCEPT_VECTOR, close, concat, cuttings, parseFrames, text } from "@plyws/testkit";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type ConnectOptions, connectWebSocket } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import { RawPeer, turns } from "./support/streams.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Every request has the key whose answer is known. */
function fixKey(): void {
  const key = Buffer.from(ACCEPT_VECTOR.key, "base64");
  const spy = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    if (array instanceof Uint8Array && array.length === 16) array.set(key);
    return array;
  });
  onTestFinished(() => spy.mockRestore());
}

function responseOf(
  fields: Readonly<Record<string, string | null>> = {},
  line = "HTTP/1.1 101 Switching Protocols",
) {
  const all = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": ACCEPT_VECTOR.accept,
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`],
  );
  return encoder.encode(`${line}\r\n${lines.join("")}\r\n`);
}

function start(options: Partial<ConnectOptions> = {}) {
  const peer = new RawPeer();
  return {
    peer,
    connecting: connectWebSocket(peer.stream, { url: "ws://example.com:8080/chat?room=1", ...options }),
  };
}

describe("a good answer", () => {
  test("opens a connection, wherever its octets are cut", async () => {
    fixKey();
    const octets = concat(responseOf({ "Sec-WebSocket-Protocol": "v1" }), text("welcome"), close(4000));
    for (const { name, chunks } of cuttings(octets)) {
      const { peer, connecting } = start({ subprotocols: ["v2", "v1"] });
      for (const chunk of chunks) peer.push(chunk);
      peer.end();
      const socket = await connecting;
      expect([name, socket.subprotocol, socket.role, socket.url]).toEqual([
        name,
        "v1",
        "client",
        "ws://example.com:8080/chat?room=1",
      ]);
      expect(await socket.receive()).toBe("welcome");
      expect(await socket.closed).toMatchObject({ code: 4000, clean: true });
    }
  });

  test("answers a request with all that was asked for", async () => {
    fixKey();
    const { peer, connecting } = start({
      headers: { authorization: "Bearer 1" },
      origin: "https://example.com",
      perMessageDeflate: new ClientDeflate({ engine: portableEngine() }),
    });
    peer.push(responseOf({ "Sec-WebSocket-Extensions": "permessage-deflate; client_no_context_takeover" }));
    const failed = await connecting.catch((error: unknown) => error);
    // What was offered was that the server keeps no context either.
    expect(failed).toMatchObject({ code: "extension-parameters", status: 101 });
    const [line, ...fields] = decoder.decode(peer.written).trimEnd().split("\r\n");
    expect(line).toBe("GET /chat?room=1 HTTP/1.1");
    expect(fields).toEqual(
      expect.arrayContaining([
        "Host: example.com:8080",
        "Origin: https://example.com",
        "authorization: Bearer 1",
        expect.stringContaining("Sec-WebSocket-Extensions: permessage-deflate; "),
      ]),
    );
  });

  test("is followed by frames with masks", async () => {
    fixKey();
    const { peer, connecting } = start();
    peer.push(responseOf());
    const socket = await connecting;
    const before = peer.written.length;
    socket.send("hello");
    await turns(1);
    expect(parseFrames(peer.written.subarray(before))).toMatchObject([{ masked: true, opcode: 1 }]);
    socket.terminate();
  });
});

describe("what fails", () => {
  test.each<[string, string, number, Uint8Array]>([
    ["another status", "unexpected-status", 404, responseOf({}, "HTTP/1.1 404 Not Found")],
    ["the answer to another key", "invalid-accept", 101, responseOf({ "Sec-WebSocket-Accept": "x" })],
    ["a subprotocol", "subprotocol-not-offered", 101, responseOf({ "Sec-WebSocket-Protocol": "v9" })],
    ["an extension", "extension-not-offered", 101, responseOf({ "Sec-WebSocket-Extensions": "x" })],
    ["no HTTP", "malformed-head", 0, encoder.encode("SSH-2.0-OpenSSH\r\n\r\n")],
  ])("%s: %s", async (_, code, status, octets) => {
    const faults = watchProcess();
    fixKey();
    const { peer, connecting } = start();
    peer.push(octets);
    await expect(connecting).rejects.toMatchObject({ name: "HandshakeError", code, status });
    expect([peer.cancelled, peer.aborted]).toEqual([expect.any(Error), expect.any(Error)]);
    expect(faults).toEqual([]);
  });

  test("a server that vanishes at any octet of its answer", async () => {
    const faults = watchProcess();
    fixKey();
    const octets = responseOf();
    for (let size = 0; size < octets.length; size++) {
      const { peer, connecting } = start();
      peer.push(octets.subarray(0, size));
      if (size % 2 === 0) peer.end();
      else peer.failReading(new Error("reset"));
      const code = size % 2 === 0 ? "stream-ended" : "stream-failed";
      await expect(connecting).rejects.toMatchObject({ name: "OpeningError", code });
    }
    await turns();
    expect(faults).toEqual([]);
  });

  test("a stream that takes no request", async () => {
    const { peer, connecting } = start();
    peer.failWriting(new Error("broken pipe"));
    await expect(connecting).rejects.toMatchObject({
      code: "stream-failed",
      cause: new Error("broken pipe"),
    });
  });

  test("a stream that gives no octets", async () => {
    const readable = new ReadableStream({ start: (controller) => controller.enqueue("text") });
    const connecting = connectWebSocket(
      { readable, writable: new WritableStream() },
      { url: "ws://localhost/" },
    );
    await expect(connecting).rejects.toMatchObject({ code: "stream-failed", cause: expect.any(TypeError) });
  });

  test("a server that says nothing", async () => {
    const { peer, connecting } = start({ handshakeTimeout: 20 });
    await expect(connecting).rejects.toMatchObject({ name: "OpeningError", code: "timeout" });
    expect(peer.cancelled).toMatchObject({ code: "timeout" });
  });

  test.each(["before", "meanwhile"])("a caller who gives up %s", async (when) => {
    const reason = new Error("never mind");
    const controller = new AbortController();
    if (when === "before") controller.abort(reason);
    const { peer, connecting } = start({ signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(peer.aborted).toBe(when === "before" ? undefined : reason);
  });

  test.each<[Partial<ConnectOptions>, new () => Error]>([
    [{ url: "nothing" }, TypeError],
    [{ url: "ftp://example.com/" }, TypeError],
    [{ url: "ws://example.com/#part" }, TypeError],
    [{ subprotocols: ["a b"] }, TypeError],
    [{ headers: { host: "x" } }, TypeError],
    [{ handshakeTimeout: -1 }, RangeError],
    [{ maxBufferedAmount: Number.NaN }, RangeError],
  ])("a mistake: %j", async (options, type) => {
    const { peer, connecting } = start(options);
    await expect(connecting).rejects.toThrow(type);
    expect(peer.stream.readable).toMatchObject({ locked: false });
  });
});
