import { encodeFrame, type Opcode } from "@plyws/frame";
import { BINARY, CONTINUATION, chopped, concat, frame, parseFrames, randomCuts, TEXT } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { collector, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { cut, type Kind, MAX_MESSAGE_SIZE, payloadOf, SIZES, summary } from "./support/payloads.ts";
import { acceptingHead, masked, type RawPeer, rawClient, rawServer } from "./support/raw-peer.ts";

type Shape = "in one frame" | "in fragments" | "20 in one write" | "in small writes";
const SHAPES: readonly Shape[] = ["in one frame", "in fragments", "20 in one write", "in small writes"];
const ROWS = SHAPES.flatMap((shape) =>
  (["text", "binary"] as const).flatMap((kind) => SIZES.map((size) => ({ shape, kind, size }))),
);

const copiesOf = (shape: Shape, size: number): number =>
  shape === "20 in one write" ? (size > MAX_MESSAGE_SIZE / 8 ? 3 : 20) : 1;

/** Up to so many octets are written one at a time; more in random pieces. */
const SINGLE_OCTETS = 200;

async function send(
  peer: RawPeer,
  kind: Kind,
  payload: Uint8Array,
  shape: Shape,
  mask: Uint8Array | null,
): Promise<void> {
  const opcode = kind === "text" ? TEXT : BINARY;
  const pieces = shape === "in fragments" ? cut(payload, 7) : [payload];
  const frames = pieces.map((piece, i) =>
    frame({ opcode: i === 0 ? opcode : CONTINUATION, fin: i === pieces.length - 1, payload: piece, mask }),
  );
  const octets = concat(...frames);
  if (shape === "20 in one write")
    peer.write(...Array.from({ length: copiesOf(shape, payload.length) }, () => octets));
  else if (shape !== "in small writes") peer.write(octets);
  else {
    const writes = octets.length <= SINGLE_OCTETS ? chopped(octets, 1) : randomCuts(octets, payload.length);
    for (const piece of writes) {
      peer.write(piece);
      // A turn of the event loop, so that the other side reads what is there.
      await new Promise(setImmediate);
    }
  }
}

describe("frames of another builder to our server, and its frames to another reader", () => {
  test.each(ROWS)("$kind of $size octets, $shape", async ({ shape, kind, size }) => {
    const server = await startServer(ECHO, { maxMessageSize: MAX_MESSAGE_SIZE });
    const peer = await rawClient(server.url);
    const payload = Buffer.from(payloadOf(kind, size));
    const copies = copiesOf(shape, size);
    const echo = frame({ opcode: kind === "text" ? TEXT : BINARY, payload });
    const echoes = peer.octets(copies * echo.length);
    await send(peer, kind, payload, shape, masked.mask);
    expect(Buffer.concat(Array.from({ length: copies }, () => echo)).equals(await echoes)).toBe(true);
  });
});

describe("frames of another builder to our client, and its frames to another reader", () => {
  test.each(ROWS)("$kind of $size octets, $shape", async ({ shape, kind, size }) => {
    const payload = Buffer.from(payloadOf(kind, size));
    let received!: (peer: RawPeer) => void;
    const connected = new Promise<RawPeer>((resolve) => {
      received = resolve;
    });
    const url = await rawServer(async (peer) => {
      peer.write(acceptingHead(await peer.head()));
      received(peer);
      await send(peer, kind, payload, shape, null);
    });
    const client = await openClient(url, {}, { maxMessageSize: MAX_MESSAGE_SIZE });
    for (let i = copiesOf(shape, size); i > 0; i--) {
      const message = (await client.receive()) ?? "";
      expect(summary(message)).toEqual(summary(kind === "text" ? payload.toString() : payload));
      client.send(message);
      const written = frame({ opcode: kind === "text" ? TEXT : BINARY, payload, ...masked });
      const [echo] = parseFrames(await (await connected).octets(written.length));
      expect(echo).toMatchObject({
        opcode: kind === "text" ? TEXT : BINARY,
        fin: true,
        rsv: 0,
        masked: true,
      });
      expect(Buffer.compare(echo?.payload ?? new Uint8Array(0), payload)).toBe(0);
    }
  });
});

test("the frames of @plyws/frame to our server, through every opcode", async () => {
  const { events, next } = collector();
  const server = await startServer({ ...ECHO, ...events });
  const peer = await rawClient(server.url);
  const frames: [Opcode, fin: boolean, payload: string][] = [
    [1, false, "one "],
    [9, true, "ping"],
    [0, false, ""],
    [10, true, "pong"],
    [0, true, "message"],
    [2, true, "octets"],
    [8, true, "\x03\xe8"],
  ];
  const octets = frames.map(([opcode, fin, payload]) =>
    encodeFrame({ opcode, fin, rsv: 0, payload: Buffer.from(payload, "latin1") }, 0x01_02_03_04),
  );
  peer.write(...octets);
  const answers = (await peer.frames(4)).map(({ opcode, payload }) => [
    opcode,
    Buffer.from(payload).toString("latin1"),
  ]);
  expect(answers).toEqual([
    [10, "ping"],
    [1, "one message"],
    [2, "octets"],
    [8, "\x03\xe8"],
  ]);
  peer.socket.end();
  expect(await (await next()).closed).toMatchObject({ code: 1000, clean: true });
});
