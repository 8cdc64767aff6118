import { binary, close, concat } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type CloseRecord, connect, WebSocketServer } from "../src/index.ts";
import { ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess } from "./support/process-faults.ts";
import {
  acceptingHead,
  masked,
  type RawPeer,
  rawClient,
  rawConnect,
  rawServer,
  requestHead,
} from "./support/raw-peer.ts";
import { forEach, settle, until } from "./support/turns.ts";

/** How a peer goes away. Most of what it sent is looked at before only when it waits. */
const ENDINGS = ["reset", "wait and reset", "wait and end"] as const;
type Ending = (typeof ENDINGS)[number];

async function leave(peer: RawPeer, ending: Ending): Promise<void> {
  if (ending !== "reset") await settle();
  if (ending === "wait and end") peer.socket.end();
  else peer.reset();
  await peer.ended;
  peer.socket.destroy();
}

/** A payload long enough for the second form of the length. */
const FRAME = binary(binaryOf(130), masked);
const CLOSE = close(1000, "bye", masked);
const REQUEST = Buffer.from(requestHead());

/** What a peer has sent when it goes away: every prefix of it is tried. */
const STAGES: readonly [stage: string, isOpen: boolean, before: Uint8Array, during: Uint8Array][] = [
  ["the request", false, new Uint8Array(0), REQUEST.subarray(0, -1)],
  ["a frame that comes with the request", true, REQUEST, FRAME],
  ["a frame", true, new Uint8Array(0), FRAME],
  ["a frame after another", true, FRAME, FRAME],
  ["a Close frame", true, new Uint8Array(0), CLOSE.subarray(0, -1)],
];

/** The record of a connection whose peer went away without a word, but for the error. */
const LOST = { code: 1006, reason: "", clean: false, received: null, sent: null, initiator: "remote" };

/**
 * How the end of the stream was told, as a code. An older libuv tells a reset as an orderly end when it comes together
 * with octets.
 */
const toldAs = (error: Error | null): unknown => (error !== null && "code" in error ? error.code : error);
const TOLD: Record<Ending, unknown[]> = {
  reset: ["ECONNRESET", "EPIPE", null],
  "wait and reset": ["ECONNRESET", "EPIPE", null],
  "wait and end": [null],
};

const prefixes = (octets: Uint8Array): Uint8Array[] =>
  Array.from({ length: octets.length + 1 }, (_, size) => octets.subarray(0, size));

describe("a server whose peer goes away", () => {
  test.each(STAGES.flatMap((stage) => ENDINGS.map((ending) => [ending, ...stage] as const)))(
    "%s, after each octet of %s",
    async (ending, stage, isOpen, before, during) => {
      const faults = watchProcess();
      const records: CloseRecord[] = [];
      const server = await startServer({ ...ECHO, close: (_socket, record) => records.push(record) });
      const innocent = await openClient(server.url);
      expect(await roundTrip(innocent, "before")).toBe("before");
      const cuts = prefixes(during);
      await forEach(cuts, async (prefix) => {
        const handshake = stage.includes("request");
        const peer = await (handshake ? rawConnect(server.url) : rawClient(server.url));
        peer.write(concat(before, prefix));
        await leave(peer, ending);
      });
      await until("only the innocent is left", () => server.connections.size === 1);
      expect(await roundTrip(innocent, "after")).toBe("after");
      expect(await roundTrip(await openClient(server.url), "new")).toBe("new");

      // Without a wait the reset may overtake the request: then there never was a connection.
      const expected = isOpen ? cuts.length : 0;
      expect(records.length).toBe(ending === "reset" && isOpen ? records.length : expected);
      for (const { error, ...record } of records) {
        expect(record).toEqual(LOST);
        expect(TOLD[ending]).toContain(toldAs(error));
      }
      expect(faults).toEqual([]);
    },
  );

  test.each(ENDINGS)("%s, in the middle of a closing handshake that the server began", async (ending) => {
    const faults = watchProcess();
    const records: CloseRecord[] = [];
    const server = await startServer({
      open: (socket) => socket.close(4000),
      message: () => {},
      close: (_socket, record) => records.push(record),
    });
    await forEach(prefixes(CLOSE), async (prefix) => {
      const peer = await rawClient(server.url, prefix);
      await leave(peer, ending);
    });
    await until("all are gone", () => server.connections.size === 0);
    expect(records.length).toBe(CLOSE.length + 1);
    for (const record of records) expect(record).toMatchObject({ sent: { code: 4000 }, initiator: "local" });
    expect(records.filter(({ clean }) => clean).length).toBeLessThanOrEqual(1);
    expect(faults).toEqual([]);
  });

  test.each([
    ["a path that nobody answers", "/other", {}],
    ["an origin that is not allowed", "/", { Origin: "http://evil.example" }],
    ["a version that is not spoken", "/", { "Sec-WebSocket-Version": "8" }],
    ["no upgrade at all", "/", { Upgrade: null, Connection: null }],
  ])("after a request with %s", async (_, target, lines) => {
    const faults = watchProcess();
    const { http, url } = await startHttp();
    const server = new WebSocketServer({}, ECHO).attach(http, { path: "/" });
    await forEach(
      ENDINGS.flatMap((ending) => [ending, ending, ending, ending]),
      async (ending) => {
        const peer = await rawConnect(url);
        peer.write(requestHead(lines, target), FRAME);
        await leave(peer, ending);
      },
    );
    expect(await roundTrip(await openClient(url), "after")).toBe("after");
    expect(faults).toEqual([]);
    await server.close({ deadline: 0 });
  });

  test("while the server writes a lot to it", async () => {
    const faults = watchProcess();
    const records: CloseRecord[] = [];
    const message = binaryOf(100_000);
    const server = await startServer({
      open: (socket) => {
        for (let i = 0; i < 50; i++) socket.send(message);
      },
      message: () => {},
      drain: (socket) => socket.send(message),
      close: (_socket, record) => records.push(record),
    });
    await forEach(
      Array.from({ length: 50 }, (_, i) => i),
      async (i) => {
        const peer = await rawClient(server.url);
        if (i % 2 === 0) peer.socket.pause();
        await leave(peer, i % 3 === 0 ? "reset" : "wait and reset");
      },
    );
    await until("all are gone", () => records.length === 50);
    for (const record of records)
      expect(record).toMatchObject({ code: 1006, error: { syscall: expect.any(String) } });
    expect(faults).toEqual([]);
  });
});

describe("a client whose peer goes away", () => {
  const HEAD_SIZE = acceptingHead(requestHead()).length;
  const SERVER_FRAME = binary(binaryOf(130));

  test.each(ENDINGS)("%s, after each octet of the response", async (ending) => {
    const faults = watchProcess();
    await forEach(
      Array.from({ length: HEAD_SIZE }, (_, size) => size),
      async (size) => {
        const url = await rawServer(async (peer) => {
          peer.write(acceptingHead(await peer.head()).slice(0, size));
          await leave(peer, ending);
        });
        const failure = await connect(url).then(
          () => new Error("connected"),
          (error: Error) => error,
        );
        const told = failure.message.includes("ended the stream") ? null : toldAs(failure);
        expect(TOLD[ending]).toContain(told);
      },
    );
    expect(faults).toEqual([]);
  });

  test.each(ENDINGS)("%s, after each octet of a frame that comes with the response", async (ending) => {
    const faults = watchProcess();
    await forEach(prefixes(concat(SERVER_FRAME, SERVER_FRAME)), async (prefix) => {
      const url = await rawServer(async (peer) => {
        const head = acceptingHead(await peer.head());
        peer.write(head, prefix);
        await leave(peer, ending);
      });
      const records: CloseRecord[] = [];
      const client = await connect(
        url,
        {},
        { message: () => {}, close: (_socket, record) => records.push(record) },
      );
      expect(await client.closed).toMatchObject({ code: 1006, clean: false, initiator: "remote" });
      expect(records.length).toBe(1);
    });
    expect(faults).toEqual([]);
  });
});
