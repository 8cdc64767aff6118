import { CLOSE, closePayload, frame, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { WebSocketError, WebSocketStream } from "../src/index.ts";
import { echoServer, openStream, pause, peerServer, rejection, thrown } from "./whatwg-support.ts";

const close = (payload: Uint8Array): Uint8Array => frame({ opcode: CLOSE, payload });

describe("close of a WebSocketStream", () => {
  test.each([
    [{}, 1005, ""],
    [undefined, 1005, ""],
    [null, 1005, ""],
    [{ reason: "" }, 1005, ""],
    [{ reason: "why" }, 1000, "why"],
    [{ closeCode: 1000 }, 1000, ""],
    [{ closeCode: 3456, reason: "pizza" }, 3456, "pizza"],
    [{ closeCode: "3456" }, 3456, ""],
    [{ closeCode: 3456.9 }, 3456, ""],
  ])("with %j ends with %d %j", async (info, closeCode, reason) => {
    const { stream, readable, writable } = await openStream(await echoServer());
    Reflect.apply(Reflect.get(stream, "close"), stream, [info]);
    expect(await stream.closed).toEqual({ closeCode, reason });
    expect(await readable.getReader().read()).toEqual({ done: true, value: undefined });
    expect(await rejection(writable.getWriter().write("x"))).toMatchObject({ name: "InvalidStateError" });
  });

  test.each([
    [true, "TypeError"],
    ["text", "TypeError"],
    [{ closeCode: -1 }, "TypeError"],
    [{ closeCode: 65_536 }, "TypeError"],
    [{ closeCode: "x" }, "TypeError"],
    [{ closeCode: null }, "InvalidAccessError"],
    [{ closeCode: 999 }, "InvalidAccessError"],
    [{ closeCode: 1001 }, "InvalidAccessError"],
    [{ closeCode: 2999 }, "InvalidAccessError"],
    [{ closeCode: 5000 }, "InvalidAccessError"],
    [{ reason: ".".repeat(124) }, "SyntaxError"],
  ])("with %j throws %s", async (info, name) => {
    const { stream } = await openStream(await echoServer());
    expect(thrown(() => Reflect.apply(Reflect.get(stream, "close"), stream, [info]))).toBe(name);
    expect(thrown(() => Reflect.construct(WebSocketError, ["", info]))).toBe(name);
    stream.close();
    await stream.closed;
  });

  test("by the peer resolves closed with what it says", async () => {
    const url = await peerServer((peer) => {
      peer.write(text("last"), close(closePayload(4001, "theirs")));
      peer.socket.end();
    });
    const { stream, readable } = await openStream(url);
    const messages: unknown[] = [];
    for await (const message of readable) messages.push(message);
    expect(messages).toEqual(["last"]);
    expect(await stream.closed).toEqual({ closeCode: 4001, reason: "theirs" });
  });

  test("by the peer is seen without a reader", async () => {
    const url = await peerServer((peer) => {
      peer.write(close(closePayload(1001, "")));
      peer.socket.end();
    });
    expect(await new WebSocketStream(url).closed).toEqual({ closeCode: 1001, reason: "" });
  });

  test("of the writable resolves when the peer has answered", async () => {
    let answered = false;
    const url = await peerServer(async (peer) => {
      await peer.frames(2);
      await pause(100);
      answered = true;
      peer.write(close(new Uint8Array(0)));
      peer.socket.end();
    });
    const { stream, writable } = await openStream(url);
    const writer = writable.getWriter();
    const write = writer.write("before");
    await writer.close();
    await write;
    await writer.closed;
    expect(answered).toBe(true);
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
  });

  test("of the writable rejects when the connection is lost", async () => {
    const url = await peerServer(async (peer) => {
      await peer.frames(1);
      peer.reset();
    });
    const { stream, writable } = await openStream(url);
    expect(await rejection(writable.close())).toBe(await rejection(stream.closed));
  });

  const own = new WebSocketError("own", { closeCode: 3333, reason: "obsolete" });
  test.each([
    ["no reason", undefined, 1005, ""],
    ["a WebSocketError", own, 3333, "obsolete"],
    ["a WebSocketError with a reason only", new WebSocketError("", { reason: "why" }), 1000, "why"],
    ["a WebSocketError without anything", new WebSocketError("message"), 1005, ""],
    ["some object", { closeCode: 3456, reason: "ignored" }, 1005, ""],
    ["some error", new DOMException("own", "WebSocketError"), 1005, ""],
  ])("by cancel or abort with %s", async (_, reason, closeCode, text_) => {
    const first = await openStream(await echoServer());
    await first.readable.cancel(reason);
    expect(await first.stream.closed).toEqual({ closeCode, reason: text_ });
    const second = await openStream(await echoServer());
    await second.writable.abort(reason);
    expect(await second.stream.closed).toEqual({ closeCode, reason: text_ });
  });

  test("with the error of another connection that was lost sends no code", async () => {
    const lost = new WebSocketStream(await peerServer((peer) => peer.reset()));
    const error = await rejection(lost.closed);
    expect(error).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
    const { stream, readable } = await openStream(await echoServer());
    await readable.cancel(error);
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
  });
});
