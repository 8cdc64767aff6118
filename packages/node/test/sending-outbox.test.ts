import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { integer, type Random, seededRandom } from "@plyws/testkit";
import { expect, onTestFinished, test } from "vitest";
import { SocketOutbox } from "../src/outbox.ts";
import { binaryOf } from "./support/payloads.ts";

const source = binaryOf(600_000);

/** An outbox, what has been put into it, and what its stream has got. */
interface Sending {
  readonly outbox: SocketOutbox;
  readonly put: Buffer[];
  readonly got: () => Buffer;
}

/** Puts something into an outbox, in one of the ways in which a connection does. */
function fill({ outbox, put }: Sending, random: Random): void {
  const size = integer(random, 0, 2 ** integer(random, 0, 19));
  const at = integer(random, 0, source.length - size);
  const octets = source.subarray(at, at + size);
  put.push(octets);
  if (size >= 16_384) return outbox.attach(octets);
  const from = outbox.reserve(size + integer(random, 0, 100));
  outbox.bytes.set(octets, from);
  outbox.commit(size);
}

/** Fills and flushes outboxes in an arbitrary order, with turns of the event loop between. */
async function exercise(all: readonly Sending[], random: Random, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const sending = all[integer(random, 0, all.length - 1)]!;
    const what = random();
    if (what < 0.6) fill(sending, random);
    else if (what < 0.9) sending.outbox.flush();
    else await new Promise(setImmediate);
    const { outbox } = sending;
    expect(outbox.size).toBeLessThanOrEqual(outbox.total);
    expect(outbox.total).toBe(sending.put.reduce((size, { length }) => size + length, 0));
  }
  for (const { outbox } of all) {
    outbox.end();
    outbox.flush();
    while (outbox.pending || outbox.size > 0) {
      await new Promise(setImmediate);
      outbox.flush();
    }
  }
}

/**
 * A stream that is no socket: it takes what it gets when it likes, and looks at it only then.
 *
 * @param answers how often getting something leads to an answer at once, in the middle of the flush. Node loses what is
 * written inside of a `writev`, so such a stream has none
 */
function moody(random: Random, answers: number): Sending {
  const got: Buffer[] = [];
  const gathers = answers === 0;
  const take = (chunks: readonly Uint8Array[], done: () => void): void => {
    if (random() < 0.2 && !stream.writableEnded && answers-- > 0) {
      fill(sending, random);
      sending.outbox.flush();
    }
    const takeAll = (): void => {
      for (const chunk of chunks) got.push(Buffer.from(chunk));
      done();
    };
    if (random() < 0.3) takeAll();
    else if (random() < 0.5) setImmediate(takeAll);
    else setTimeout(takeAll, integer(random, 1, 3));
  };
  const stream = new Duplex({
    read: () => {},
    highWaterMark: integer(random, 1, 100_000),
    write: (chunk: Uint8Array, _encoding, done) => take([chunk], done),
    ...(gathers && {
      writev: (chunks: readonly { readonly chunk: Uint8Array }[], done: () => void) =>
        take(
          chunks.map(({ chunk }) => chunk),
          done,
        ),
    }),
  });
  const sending: Sending = { outbox: new SocketOutbox(stream), put: [], got: () => Buffer.concat(got) };
  return sending;
}

/** Sockets whose peers read when they like. */
async function sockets(count: number, random: Random): Promise<Sending[]> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address!.port : 0;
  const all: Sending[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    while (accepted.length <= i) await new Promise(setImmediate);
    const got: Buffer[] = [];
    const peer = accepted[i]!;
    peer.on("data", (chunk: Buffer) => {
      got.push(chunk);
      if (random() < 0.5) return;
      peer.pause();
      setTimeout(() => peer.resume(), integer(random, 0, 5));
    });
    onTestFinished(() => {
      socket.destroy();
      peer.destroy();
    });
    all.push({ outbox: new SocketOutbox(socket), put: [], got: () => Buffer.concat(got) });
  }
  return all;
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  "streams that share slabs get what was put into each outbox, in order (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    const random = seededRandom(seed);
    const all = [...(await sockets(3, random)), moody(random, 0), moody(random, 30), moody(random, 30)];
    await exercise(all, random, 400);
    for (const { put, got } of all) {
      const expected = Buffer.concat(put);
      for (let i = 0; i < 500 && got().length < expected.length; i++)
        await new Promise((r) => setTimeout(r, 2));
      expect(got().equals(expected)).toBe(true);
    }
  },
);

test("what is handed to a stream at once is bounded", () => {
  const sizes: number[] = [];
  const stream = new Duplex({
    read: () => {},
    writev: (chunks, done) => {
      sizes.push(chunks.reduce((size, { chunk }: { chunk: Uint8Array }) => size + chunk.length, 0));
      done();
    },
  });
  const outbox = new SocketOutbox(stream);
  outbox.attach(source);
  outbox.attach(source);
  outbox.flush();
  expect(Math.max(...sizes)).toBe(262_144);
  expect(sizes.reduce((a, b) => a + b)).toBe(2 * source.length);
});
