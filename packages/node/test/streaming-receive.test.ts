import { setTimeout as delay } from "node:timers/promises";
import { BINARY, binary, concat, continuation, frame, MASK, TEXT, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { connected, contentOf } from "./support/connected.ts";
import { DROP, openClient, startServer } from "./support/endpoints.ts";
import { binaryOf, cut, summary, textOf } from "./support/payloads.ts";
import { masked } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const LIMIT = { maxMessageSize: 1000 };

/** Fragments of one message, with a Ping between each two. */
function fragments(opcode: number, payload: Uint8Array, count: number): Uint8Array {
  const ping = frame({ opcode: 9, payload: Buffer.from("between"), mask: MASK });
  return concat(
    ...cut(payload, count).flatMap((piece, i) => [
      frame({ opcode: i === 0 ? opcode : 0, fin: i === count - 1, payload: piece, mask: MASK }),
      ping,
    ]),
  );
}

describe("a message far above the limit on whole ones", () => {
  const octets = binaryOf(3_000_000);
  const utf8 = Buffer.from(textOf(1_000_001));

  test.each([
    ["binary, one frame", "binary", octets, binary(octets, masked)],
    ["binary, 300 fragments", "binary", octets, fragments(BINARY, octets, 300)],
    ["text, one frame", "text", utf8, text(utf8, masked)],
    ["text, cut inside of code points", "text", utf8, fragments(TEXT, utf8, 333)],
    ["empty", "binary", Buffer.alloc(0), binary("", masked)],
    ["empty text in ten fragments", "text", Buffer.alloc(0), fragments(TEXT, Buffer.alloc(0), 10)],
  ])("%s: receiveStream", async (_, type, payload, wire) => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(wire, text("after", masked));
    const message = await socket.receiveStream();
    expect(message?.type).toBe(type);
    expect(summary(await contentOf(message))).toEqual(summary(payload));
    expect(await socket.receive()).toBe("after");
  });

  test("the stream event of a server, also for small ones", async () => {
    const seen: unknown[] = [];
    const { peer } = await connected(
      {
        stream: async (_socket, message) => void seen.push([message.type, summary(await contentOf(message))]),
      },
      LIMIT,
    );
    peer.write(binary(octets, masked), text("small", masked), fragments(BINARY, octets, 7));
    await until("all three are read", () => seen.length === 3);
    expect(seen).toEqual([
      ["binary", summary(octets)],
      ["text", summary(Buffer.from("small"))],
      ["binary", summary(octets)],
    ]);
  });

  test("the stream event beside a message event: small ones come whole, in order", async () => {
    const seen: unknown[] = [];
    const { peer } = await connected(
      {
        message: (_socket, data) => void seen.push(data),
        stream: async (_socket, message) => {
          seen.push(`a ${message.type} begins`);
          seen.push((await contentOf(message)).length);
        },
      },
      LIMIT,
    );
    peer.write(text("small", masked), binary(octets, masked), text("between", masked));
    peer.write(fragments(TEXT, Buffer.from("in fragments"), 3), text("last", masked));
    await until("all have come", () => seen.length === 7);
    expect(seen.filter((what) => typeof what === "string")).toEqual([
      "small",
      "a binary begins",
      "between",
      "a text begins",
      "last",
    ]);
    expect(seen.filter((what) => typeof what === "number")).toEqual([octets.length, 12]);
  });

  test("is refused with 1009 when it is wanted whole", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(binary(octets, masked));
    const message = socket.receive();
    const [answer] = await peer.frames(1);
    expect(Buffer.from(answer?.payload ?? []).readUInt16BE()).toBe(1009);
    peer.socket.destroy();
    expect(await message).toBeNull();
  });

  test("that waited for somebody, its header read already, is given as it is then wanted", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(binary(octets, masked), text("whole", masked), text("pieces", masked));
    await delay(20);
    expect(summary(await contentOf(await socket.receiveStream()))).toEqual(summary(octets));
    expect(await socket.receive()).toBe("whole");
    expect(String(await contentOf(await socket.receiveStream()))).toBe("pieces");
  });
});

describe("who wants messages in pieces and who whole", () => {
  const script = Array.from({ length: 40 }, (_, i) => `message ${i}`);

  test("takes turns, in order, with events for what nobody waits for", async () => {
    const events: unknown[] = [];
    const { socket, peer } = await connected({ message: (_socket, data) => void events.push(data) }, LIMIT);
    const asked = script
      .slice(0, 30)
      .map(async (_, i) =>
        i % 3 === 0 ? await socket.receive() : String(await contentOf(await socket.receiveStream())),
      );
    peer.write(
      ...script.map((message, i) =>
        i % 2 === 0 ? text(message, masked) : fragments(TEXT, Buffer.from(message), 3),
      ),
    );
    expect(await Promise.all(asked)).toEqual(script.slice(0, 30));
    await until("the rest has come", () => events.length === 10);
    expect(events).toEqual(script.slice(30));
  });

  test("receive takes a whole message of a server that streams", async () => {
    const streamed: string[] = [];
    const { socket, peer } = await connected(
      {
        stream: async (_socket, message) => void streamed.push(String(await contentOf(message))),
      },
      LIMIT,
    );
    const first = socket.receive();
    peer.write(text("a", masked), text("b", masked), text("c", masked));
    expect(await first).toBe("a");
    await until("the others are streamed", () => streamed.length === 2);
    expect(streamed).toEqual(["b", "c"]);
  });
});

describe("a reader", () => {
  test("that leaves early skips the rest; the next message is whole", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(binary(binaryOf(500_000), masked), text("next", masked));
    for await (const piece of (await socket.receiveStream())!) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(await socket.receive()).toBe("next");
  });

  test("that leaves at once, or after the end, disturbs nothing", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(text("a", masked), fragments(TEXT, Buffer.from("bcdef"), 5), text("g", masked));
    await (await socket.receiveStream())?.return();
    const second = await socket.receiveStream();
    expect(String(await contentOf(second))).toBe("bcdef");
    await second?.return();
    expect(await second?.next()).toEqual({ done: true, value: undefined });
    expect(await socket.receive()).toBe("g");
  });

  test("that is slow holds the peer back and keeps one piece", { timeout: 30_000 }, async () => {
    const { socket, peer } = await connected({}, LIMIT);
    const payload = Buffer.alloc(40_000_000, 7);
    const wire = binary(payload, masked);
    peer.socket.write(wire);
    const message = (await socket.receiveStream())!;
    await message.next();
    await delay(200);
    const before = peer.socket.writableLength;
    expect(before).toBeGreaterThan(20_000_000);
    await delay(100);
    expect(peer.socket.writableLength).toBe(before);
    expect((await contentOf(message)).length).toBeGreaterThan(39_000_000);
    expect(peer.socket.writableLength).toBe(0);
  });

  test("gets no piece while the connection is paused", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(frame({ opcode: TEXT, fin: false, payload: Buffer.from("a"), mask: MASK }));
    const message = (await socket.receiveStream())!;
    await message.next();
    socket.pause();
    const second = message.next();
    peer.write(continuation("b", masked), text("next", masked));
    expect(await Promise.race([second, delay(30, "nothing")])).toBe("nothing");
    socket.resume();
    expect(await second).toEqual({ done: false, value: Uint8Array.of(98) });
    expect((await message.next()).done).toBe(true);
    expect(await socket.receive()).toBe("next");
  });

  test("may ask only once at a time", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    peer.write(frame({ opcode: TEXT, fin: false, payload: Buffer.alloc(0), mask: MASK }));
    const message = (await socket.receiveStream())!;
    const first = message.next();
    await expect(message.next()).rejects.toThrow(TypeError);
    peer.write(continuation("x", masked));
    expect((await first).done).toBe(false);
  });

  test("keeps no large buffer with a small piece", async () => {
    const { socket, peer } = await connected({}, LIMIT);
    const sizes = [1, 10, 1000, 20_000, 5, 60_000, 3];
    peer.write(...sizes.flatMap((size) => [binary(binaryOf(size), masked), text("x".repeat(99), masked)]));
    for (let i = 0; i < 2 * sizes.length; i++) {
      for await (const piece of (await socket.receiveStream())!) {
        expect(piece.constructor).toBe(Uint8Array);
        expect(piece.buffer.byteLength).toBeLessThanOrEqual(4 * piece.length);
      }
    }
  });
});

test("a client streams what it receives, too", async () => {
  const octets = binaryOf(2_000_000);
  const server = await startServer({ ...DROP, open: (socket) => socket.send(octets) });
  const client = await openClient(server.url, {}, LIMIT);
  expect(summary(await contentOf(await client.receiveStream()))).toEqual(summary(octets));
});
