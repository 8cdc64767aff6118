import { binary, concat, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { WebSocketConnection, WebSocketEvents } from "../src/index.ts";
import { countingServer } from "./support/counting.ts";
import { collector, DROP, ECHO } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { masked, type RawPeer, rawClient } from "./support/raw-peer.ts";

/** A server with one raw client, behind the opening handshake, its writes counted from here on. */
async function connected(
  events: WebSocketEvents,
): Promise<{ peer: RawPeer; socket: WebSocketConnection; writes: number[] }> {
  const { events: open, next } = collector();
  const { url, writes } = await countingServer({ ...events, ...open });
  const peer = await rawClient(url);
  const socket = await next();
  const [own = []] = writes;
  own.length = 0;
  return { peer, socket, writes: own };
}

const frames32 = concat(...Array.from({ length: 32 }, (_, i) => text(`message ${i}`, masked)));
const messages32 = Array.from({ length: 32 }, (_, i) => `message ${i}`);

const textsOf = async (peer: RawPeer, count: number): Promise<string[]> =>
  (await peer.frames(count)).map(({ payload }) => String(Buffer.from(payload)));

describe("one write per turn and socket", () => {
  test("100 sends in one turn", async () => {
    const { peer, socket, writes } = await connected(DROP);
    const sent = Array.from({ length: 100 }, (_, i) => `${i} ${"x".repeat(i)}`);
    for (const message of sent) expect(socket.send(message)).toBe("sent");
    expect(await textsOf(peer, 100)).toEqual(sent);
    expect(writes.length).toBe(1);
  });

  test("small and large messages, pings and a Close frame in one turn", async () => {
    const { peer, socket, writes } = await connected(DROP);
    const large = binaryOf(40_000);
    socket.send("small");
    socket.send(large);
    void socket.ping();
    socket.send("é".repeat(30_000));
    socket.send("small again");
    socket.close();
    const sizes = (await peer.frames(6)).map(({ opcode, payload }) => [opcode, payload.length]);
    expect(sizes).toEqual([
      [1, 5],
      [2, 40_000],
      [9, 4],
      [1, 60_000],
      [1, 11],
      [8, 2],
    ]);
    expect(writes.length).toBe(1);
  });

  test.each<[string, WebSocketEvents]>([
    ["at once", ECHO],
    [
      "after an await",
      {
        message: async (socket, data) => {
          await Promise.resolve();
          socket.send(data);
        },
      },
    ],
    [
      "after several awaits",
      {
        message: async (socket, data) => {
          for (let i = 0; i < 5; i++) await Promise.resolve();
          socket.send(data);
        },
      },
    ],
    [
      "in a loop over the messages",
      {
        open: async (socket) => {
          for await (const data of socket) socket.send(data);
        },
      },
    ],
    [
      "by receive",
      {
        open: async (socket) => {
          for (;;) {
            const data = await socket.receive();
            if (data === null) break;
            socket.send(data);
          }
        },
      },
    ],
  ])("32 frames in one chunk, answered %s", async (_, events) => {
    const { url, writes } = await countingServer(events);
    const peer = await rawClient(url);
    writes[0]?.splice(0);
    peer.write(frames32);
    expect(await textsOf(peer, 32)).toEqual(messages32);
    expect(writes[0]?.length).toBe(1);
  });

  test("32 pings in one chunk", async () => {
    const { peer, writes } = await connected(DROP);
    peer.write(concat(...Array.from({ length: 32 }, () => concat(Uint8Array.of(0x89, 0x80), masked.mask))));
    expect((await peer.frames(32)).every(({ opcode }) => opcode === 10)).toBe(true);
    expect(writes.length).toBe(1);
  });

  test("to other sockets out of one handler", async () => {
    const { url, writes, server } = await countingServer({
      message: (socket, data) => {
        for (const other of server.connections) if (other !== socket) other.send(data);
      },
    });
    const peers = [await rawClient(url), await rawClient(url), await rawClient(url)];
    for (const own of writes) own.length = 0;
    peers[0]?.write(frames32);
    for (const peer of peers.slice(1)) expect(await textsOf(peer, 32)).toEqual(messages32);
    expect(writes.map(({ length }) => length)).toEqual([0, 1, 1]);
  });

  test("a message in three turns is three writes, and nothing is written without need", async () => {
    const { peer, socket, writes } = await connected(DROP);
    for (let i = 0; i < 3; i++) {
      socket.send("x");
      await new Promise(setImmediate);
    }
    expect(await textsOf(peer, 3)).toEqual(["x", "x", "x"]);
    socket.pause();
    socket.resume();
    await new Promise(setImmediate);
    expect(writes).toEqual([3, 3, 3]);
  });
});

test("a large message is handed over without a copy, and small ones are copied at the call", async () => {
  const { peer, socket } = await connected(DROP);
  const small = Buffer.alloc(16_383, 1);
  socket.send(small);
  small.fill(2);
  const [frame] = await peer.frames(1);
  expect(frame?.payload.every((octet) => octet === 1)).toBe(true);
});

test("every kind of view and buffer is sent as its octets", async () => {
  const { peer, socket } = await connected(DROP);
  const octets = Uint8Array.from({ length: 32 }, (_, i) => i);
  const shared = new SharedArrayBuffer(32);
  new Uint8Array(shared).set(octets);
  const views = [
    octets,
    Buffer.from(octets),
    octets.buffer,
    shared,
    new DataView(octets.buffer, 8, 8),
    new Float64Array(octets.buffer, 16, 2),
    new Uint16Array(octets.buffer, 2, 3),
    new Uint8ClampedArray(octets.buffer, 1, 1),
    new BigInt64Array(octets.buffer, 0, 1),
  ];
  for (const view of views) socket.send(view);
  const expected = [
    [0, 32],
    [0, 32],
    [0, 32],
    [0, 32],
    [8, 16],
    [16, 32],
    [2, 8],
    [1, 2],
    [0, 8],
  ].map(([from, to]) => binary(octets.subarray(from, to)));
  expect(await peer.octets(concat(...expected).length)).toEqual(Buffer.from(concat(...expected)));
  for (const wrong of [null, undefined, 5, {}, [1, 2], () => 0]) {
    // @ts-expect-error only strings and octets can be sent
    expect(() => socket.send(wrong)).toThrow(TypeError);
  }
  expect(socket.state).toBe("open");
});
