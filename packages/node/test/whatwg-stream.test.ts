import { text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { WebSocketError, WebSocketStream } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import { rawServer } from "./support/raw-peer.ts";
import { echoServer, openStream, pause, peerServer, rejection, thrown } from "./whatwg-support.ts";

const NOWHERE = "ws://127.0.0.1:2/";

describe("the constructor of WebSocketStream", () => {
  test.each([
    [[`${NOWHERE}#fragment`], "SyntaxError"],
    [["/relative"], "SyntaxError"],
    [["ftp://127.0.0.1/"], "SyntaxError"],
    [[NOWHERE, { protocols: ["a", "A"] }], "SyntaxError"],
    [[NOWHERE, { protocols: [""] }], "SyntaxError"],
    [[], "TypeError"],
    [[NOWHERE, { protocols: "chat" }], "TypeError"],
    [[NOWHERE, 7], "TypeError"],
    [[NOWHERE, undefined], "nothing"],
    [[NOWHERE, null], "nothing"],
    [[NOWHERE, { protocols: ["a", "b"] }], "nothing"],
  ])("with %j throws %s", (parameters, expected) => {
    const faults = watchProcess();
    expect(thrown(() => Reflect.construct(WebSocketStream, parameters))).toBe(expected);
    expect(faults).toEqual([]);
  });

  test("maps http to ws", () => {
    expect(new WebSocketStream("http://127.0.0.1:2/a b").url).toBe("ws://127.0.0.1:2/a%20b");
  });
});

describe("an open WebSocketStream", () => {
  test("has streams, a subprotocol, and extensions", async () => {
    const stream = new WebSocketStream(await echoServer(), { protocols: ["b", "a"] });
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect([protocol, extensions]).toEqual(["b", ""]);
    expect(readable).toBeInstanceOf(ReadableStream);
    expect(writable).toBeInstanceOf(WritableStream);
    expect(stream.opened).toBe(stream.opened);
    stream.close();
    await stream.closed;
  });

  test("echoes texts as strings and octets as Uint8Array", async () => {
    const { stream, readable, writable } = await openStream(await echoServer());
    const writer = writable.getWriter();
    const reader = readable.getReader();
    const pairs: [unknown, unknown][] = [
      ["text", "text"],
      ["a\ud800", "a\ufffd"],
      [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
      [new ArrayBuffer(2), new Uint8Array(2)],
      [new DataView(Uint8Array.of(1, 2, 3).buffer, 1), Uint8Array.of(2, 3)],
      [new Uint8Array(100_000), new Uint8Array(100_000)],
      [null, "null"],
      [7, "7"],
    ];
    for (const [given, expected] of pairs) {
      await Reflect.apply(Reflect.get(writer, "write"), writer, [given]);
      const { value } = await reader.read();
      expect(value).toEqual(expected);
      expect(Buffer.isBuffer(value)).toBe(false);
    }
    stream.close();
    expect((await reader.read()).done).toBe(true);
  });

  test.each([
    ["a symbol", Symbol("s")],
    ["shared memory", new Uint8Array(new SharedArrayBuffer(1))],
  ])("fails a write of %s, and what follows", async (_, chunk) => {
    const { writable, stream } = await openStream(await echoServer());
    const writer = writable.getWriter();
    const write = Reflect.apply(Reflect.get(writer, "write"), writer, [chunk]);
    expect(await rejection(write)).toBeInstanceOf(TypeError);
    expect(await rejection(writer.write("x"))).toBeInstanceOf(TypeError);
    stream.close();
    await stream.closed;
  });
});

describe("a WebSocketStream that fails", () => {
  test.each([
    ["nobody listens", async () => NOWHERE],
    ["the port is blocked", async () => "ws://127.0.0.1:6667/"],
    ["the server answers 404", () => rawServer((peer) => peer.write("HTTP/1.1 404 Not Found\r\n\r\n"))],
    ["the server goes away", () => rawServer((peer) => peer.reset())],
  ])("before it is open: %s", async (_, serve) => {
    const faults = watchProcess();
    const stream = new WebSocketStream(await serve());
    const opened = await rejection(stream.opened);
    const closed = await rejection(stream.closed);
    expect(opened).toBeInstanceOf(WebSocketError);
    expect(opened).toMatchObject({ name: "WebSocketError", code: 0, closeCode: null, reason: "" });
    expect(opened).toHaveProperty("cause.message");
    expect(closed).toMatchObject({ name: "WebSocketError", closeCode: 1006, reason: "" });
    expect(faults).toEqual([]);
  });

  test("when nobody looks at its promises is no fault of the process", async () => {
    const faults = watchProcess();
    void new WebSocketStream(NOWHERE);
    void new WebSocketStream(await peerServer((peer) => peer.reset()));
    void new WebSocketStream(await echoServer(), { signal: AbortSignal.abort() });
    await pause(100);
    expect(faults).toEqual([]);
  });

  test("when the server chooses none of the subprotocols", async () => {
    const stream = new WebSocketStream(await peerServer((peer) => peer.write(text("early"))), {
      protocols: ["a"],
    });
    expect(await rejection(stream.opened)).toMatchObject({ name: "WebSocketError" });
    expect(await rejection(stream.closed)).toMatchObject({ closeCode: 1006 });
  });

  test("later errors both streams and closed, all alike", async () => {
    const url = await peerServer(async (peer) => {
      await peer.frames(1);
      peer.write(text(Uint8Array.of(0xff)));
    });
    const { stream, readable, writable } = await openStream(url);
    const writer = writable.getWriter();
    await writer.write("x");
    const error = await rejection(readable.getReader().read());
    expect(error).toMatchObject({ name: "WebSocketError", closeCode: 1006, cause: { closeCode: 1007 } });
    expect(await rejection(stream.closed)).toBe(error);
    expect(await rejection(writer.closed)).toBe(error);
    expect(await rejection(writer.write("y"))).toBe(error);
  });

  test("because it is closed while connecting", async () => {
    const stream = new WebSocketStream(await echoServer());
    stream.close({ closeCode: 3000 });
    expect(await rejection(stream.opened)).toBeInstanceOf(WebSocketError);
    expect(await rejection(stream.closed)).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
  });
});

describe("the signal of a WebSocketStream", () => {
  const reason = new Error("own reason");

  test("that is aborted already", async () => {
    const stream = new WebSocketStream(NOWHERE, { signal: AbortSignal.abort() });
    expect(await rejection(stream.opened)).toMatchObject({ name: "AbortError" });
    expect(await rejection(stream.closed)).toBe(await rejection(stream.opened));
  });

  test("aborts the handshake, and the server sees it", async () => {
    let gone!: () => void;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const controller = new AbortController();
    const url = await rawServer(async (peer) => {
      await peer.head();
      controller.abort(reason);
      await peer.ended;
      gone();
    });
    const stream = new WebSocketStream(url, { signal: controller.signal });
    expect(await rejection(stream.opened)).toBe(reason);
    expect(await rejection(stream.closed)).toBe(reason);
    await left;
  });

  test("aborts at any time before opened resolves, and never after", async () => {
    const url = await echoServer();
    for (let turns = 0; turns < 12; turns++) {
      const controller = new AbortController();
      const stream = new WebSocketStream(url, { signal: controller.signal });
      for (let i = 0; i < turns; i++) await new Promise(setImmediate);
      controller.abort(reason);
      // Where it is open, it ends like any other; elsewhere both promises reject with the reason.
      const open = await stream.opened.then(
        () => true,
        () => false,
      );
      stream.close({ closeCode: 3000 });
      const ended = await stream.closed.catch((error: unknown) => error);
      expect(ended).toEqual(open ? { closeCode: 3000, reason: "" } : reason);
    }
  });

  test("means nothing once it is open", async () => {
    const controller = new AbortController();
    const stream = new WebSocketStream(await echoServer(), { signal: controller.signal });
    const { readable, writable } = await stream.opened;
    controller.abort(reason);
    await writable.getWriter().write("still open");
    expect((await readable.getReader().read()).value).toBe("still open");
    stream.close();
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
  });
});

test("WebSocketError has a close code and a reason", () => {
  const rows: [unknown[], string, number | null, string][] = [
    [[], "", null, ""],
    [["message"], "message", null, ""],
    [["message", {}], "message", null, ""],
    [["", { closeCode: 3000 }], "", 3000, ""],
    [["", { closeCode: 1000, reason: "why" }], "", 1000, "why"],
    [["", { reason: "why" }], "", 1000, "why"],
    [["", { reason: "\ud800" }], "", 1000, "\ufffd"],
  ];
  for (const [parameters, message, closeCode, reason] of rows) {
    const error: unknown = Reflect.construct(WebSocketError, parameters);
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "WebSocketError", code: 0, message, closeCode, reason });
  }
});
