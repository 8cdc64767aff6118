import { PassThrough, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { close } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { WebSocketConnection } from "../src/index.ts";
import { connected } from "./support/connected.ts";
import { DROP } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, type RawPeer } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const octets = binaryOf(2_000_000);

describe("a source that", () => {
  const broken = new Error("the source is broken");

  test("fails: the connection ends with 1011, and whoever waits is told", async () => {
    const { socket, peer } = await connected(DROP);
    const sending = socket.sendStream(
      (async function* () {
        yield "half";
        throw broken;
      })(),
      "text",
    );
    await expect(sending).rejects.toBe(broken);
    expect((await peer.frames(2)).map(({ opcode }) => opcode)).toEqual([1, 8]);
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ error: broken, sent: { code: 1011 }, initiator: "local" });
  });

  test("fails while nobody waits: the process lives", async () => {
    const faults = watchProcess();
    const { socket, peer } = await connected(DROP);
    void socket.sendStream(
      Readable.from(
        (async function* () {
          yield await Promise.reject(broken);
        })(),
      ),
    );
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ error: broken });
    await delay(5);
    expect(faults).toEqual([]);
  });

  test("gives something else: 1011, and it is let go of", async () => {
    const { socket, peer } = await connected(DROP);
    let returned = false;
    const sending = socket.sendStream(
      (function* (): Generator<Uint8Array> {
        try {
          // @ts-expect-error neither a string nor octets
          yield [1, 2, 3];
        } finally {
          returned = true;
        }
      })(),
    );
    await expect(sending).rejects.toThrow(TypeError);
    peer.socket.end();
    expect(await socket.closed).toMatchObject({ sent: { code: 1011 } });
    expect(returned).toBe(true);
  });

  test("is none: a TypeError at the call, and nothing happens", async () => {
    const { socket, peer } = await connected(DROP);
    for (const wrong of [5, {}, null, undefined, () => []]) {
      // @ts-expect-error no source
      expect(() => socket.sendStream(wrong)).toThrow(TypeError);
    }
    socket.send("still open");
    expect((await peer.frames(1)).length).toBe(1);
  });

  test("is a message of the same connection that breaks: nothing is rejected without a handler", async () => {
    const faults = watchProcess();
    const statuses: string[] = [];
    const { socket, peer } = await connected({
      stream: (owner, message) => {
        void owner.sendStream(message, message.type).then((status) => statuses.push(status));
      },
    });
    peer.write(Buffer.from([0x01, 0x83, 0, 0, 0, 0, 97, 98, 99]));
    expect((await peer.frames(1))[0]?.payload).toEqual(Buffer.from("abc"));
    peer.reset();
    await socket.closed;
    await until("it is over", () => statuses.length === 1);
    expect(statuses).toEqual(["closed"]);
    expect(faults).toEqual([]);
  });
});

describe.each<[string, (peer: RawPeer, socket: WebSocketConnection) => void]>([
  ["is closed by us", (_, socket) => socket.close()],
  ["is terminated", (_, socket) => socket.terminate()],
  ["is closed by the peer", (peer) => peer.write(close(1000, "", masked))],
  ["is reset", (peer) => peer.reset()],
  ["ends", (peer) => void peer.socket.end()],
])("when the connection %s", (_, end) => {
  test("a source that waits is let go of at once", async () => {
    const faults = watchProcess();
    const { socket, peer } = await connected(DROP);
    const stream = new PassThrough();
    let canceled = false;
    const web = new ReadableStream<Uint8Array>({ cancel: () => void (canceled = true) });
    const sending = [socket.sendStream(stream), socket.sendStream(web), socket.sendAsync("held")];
    stream.write("first");
    await peer.frames(1);
    end(peer, socket);
    expect(await Promise.all(sending)).toEqual(["closed", "closed", "buffered"]);
    expect([stream.destroyed, canceled]).toEqual([true, true]);
    peer.socket.end();
    await socket.closed;
    expect(faults).toEqual([]);
  });

  test("a source that is held back gets its return", async () => {
    const { socket, peer } = await connected(DROP);
    peer.socket.pause();
    let returned = false;
    let given = 0;
    const sending = socket.sendStream(
      (function* () {
        try {
          for (;;) {
            given++;
            yield octets;
          }
        } finally {
          returned = true;
        }
      })(),
    );
    let before = -1;
    while (before !== given || socket.bufferedAmount === 0) {
      before = given;
      await delay(20);
    }
    end(peer, socket);
    peer.socket.resume();
    expect(await sending).toBe("closed");
    expect(returned).toBe(true);
  });
});

test("on a connection that is closed nothing is read, and the source is let go of", async () => {
  const { socket } = await connected(DROP);
  socket.terminate();
  const stream = new PassThrough();
  let started = false;
  const statuses = await Promise.all([
    socket.sendStream(stream),
    socket.sendStream(
      (function* () {
        started = true;
        yield "x";
      })(),
    ),
  ]);
  expect(statuses).toEqual(["closed", "closed"]);
  expect([stream.destroyed, started]).toEqual([true, false]);
});
