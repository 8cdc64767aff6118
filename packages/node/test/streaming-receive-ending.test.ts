import { setTimeout as delay } from "node:timers/promises";
import { BINARY, close, continuation, frame, MASK, TEXT, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { connected, contentOf } from "./support/connected.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, type RawPeer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

describe("a message in the middle of which", () => {
  const begun = frame({ opcode: BINARY, fin: false, payload: binaryOf(100), mask: MASK });

  test.each([
    ["the peer resets", (peer: RawPeer) => peer.reset()],
    ["the peer ends the stream", (peer: RawPeer) => void peer.socket.end()],
    ["a Close frame comes", (peer: RawPeer) => peer.write(close(1000, "", masked))],
    ["a violation comes", (peer: RawPeer) => peer.write(text("not masked"))],
  ])("%s: the reader gets the pieces and an error", async (_, end) => {
    const faults = watchProcess();
    const { socket, peer } = await connected();
    peer.write(begun);
    const message = (await socket.receiveStream())!;
    expect((await message.next()).value?.length).toBe(100);
    const rest = message.next();
    end(peer);
    peer.socket.end();
    await expect(rest).rejects.toThrow("The connection ended before the message did");
    await expect(message.next()).rejects.toThrow("The connection ended before the message did");
    expect(faults).toEqual([]);
    expect(await socket.receiveStream()).toBeNull();
  });

  test("the connection ends, and nobody reads: no rejection that nobody handles", async () => {
    const faults = watchProcess();
    const { socket, peer } = await connected({ stream: () => {} });
    peer.write(begun);
    await delay(10);
    peer.reset();
    socket.terminate();
    await socket.closed;
    await delay(10);
    expect(faults).toEqual([]);
  });

  test("text turns out not to be UTF-8: 1007", async () => {
    const { socket, peer } = await connected();
    peer.write(frame({ opcode: TEXT, fin: false, payload: Buffer.from("good"), mask: MASK }));
    const message = (await socket.receiveStream())!;
    expect((await message.next()).value?.length).toBe(4);
    peer.write(continuation(Uint8Array.of(0xff), masked));
    const rest = message.next();
    const [answer] = await peer.frames(1);
    expect(Buffer.from(answer?.payload ?? []).readUInt16BE()).toBe(1007);
    peer.socket.end();
    await expect(rest).rejects.toThrow("The connection ended");
  });

  test("we close: a slow reader still gets all of it, without a hole", async () => {
    const { socket, peer } = await connected();
    const pieces = Array.from({ length: 20 }, (_, i) => Buffer.alloc(50, i));
    peer.write(begun);
    const message = (await socket.receiveStream())!;
    socket.close(4000);
    peer.write(
      ...pieces.map((payload) => frame({ opcode: 0, fin: false, payload, mask: MASK })),
      continuation("", masked),
      close(4000, "", masked),
    );
    await delay(20);
    expect((await contentOf(message)).length).toBe(100 + 20 * 50);
    await peer.ended;
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ code: 4000, clean: true });
  });

  test("we close, and nobody reads on: it ends after closeTimeout", async () => {
    const { socket, peer } = await connected({}, { closeTimeout: 100 });
    peer.write(begun);
    const message = (await socket.receiveStream())!;
    socket.close();
    peer.write(continuation("never read", masked), close(1000, "", masked));
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false, initiator: "local" });
    expect((await message.next()).value?.length).toBe(100);
    await expect(message.next()).rejects.toThrow("The connection ended");
  });
});

describe("messages that nobody has asked for yet", () => {
  test("are not lost by resume", async () => {
    const { socket, peer } = await connected();
    socket.pause();
    const first = socket.receive();
    peer.write(text("a", masked), text("b", masked), text("c", masked));
    await delay(20);
    socket.resume();
    expect(await first).toBe("a");
    await delay(20);
    expect([await socket.receive(), await socket.receive()]).toEqual(["b", "c"]);
  });

  test("can be read for closeTimeout after the connection broke, and do not keep it open for ever", async () => {
    const { socket, peer } = await connected({}, { closeTimeout: 300, pingInterval: 1000 });
    peer.write(text("a", masked), text("b", masked), text("c", masked));
    await delay(20);
    peer.reset();
    await delay(20);
    // Only by writing is it seen that the peer has gone: the socket is not read.
    socket.send("x");
    await until("it is seen", () => socket.state === "draining");
    expect(socket.send("y")).toBe("closed");
    expect(await socket.receive()).toBe("a");
    expect(await socket.receive()).toBe("b");
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false });
    expect(await socket.receive()).toBeNull();
  });

  test("can be read as late as one likes when the peer has ended in order", async () => {
    const { socket, peer } = await connected({}, { closeTimeout: 50 });
    peer.write(text("a", masked), text("b", masked), close(4001, "", masked));
    peer.socket.end();
    expect(await socket.receive()).toBe("a");
    await delay(200);
    expect(await socket.receive()).toBe("b");
    expect(await socket.receive()).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 4001, clean: true });
  });
});
