import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { fc, test as property } from "@fast-check/vitest";
import { close } from "@plyws/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, refuse, type ServerOptions, WebSocketServer } from "../src/index.ts";
import { Registry } from "../src/registry.ts";
import { DROP, openClient } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { masked, requestHead } from "./support/raw-peer.ts";
import { answerTo, serve, statusOf } from "./support/serve.ts";
import { until } from "./support/turns.ts";

/** Sends a request over a stream in memory, from an address. */
function ask(server: Pick<WebSocketServer, "handleStream">, remoteAddress: string, path = "/"): Duplex {
  const [peer, stream] = duplexPair();
  // As with sockets: when one end is gone, so is the other.
  peer.on("error", () => {}).once("close", () => stream.destroy());
  peer.write(requestHead({}, path));
  server.handleStream(stream, { remoteAddress });
  return peer;
}

async function statusFor(
  server: Pick<WebSocketServer, "handleStream">,
  remoteAddress: string,
): Promise<number> {
  const peer = ask(server, remoteAddress);
  const [chunk] = (await once(peer, "data")).map(String);
  return Number(chunk?.slice(9, 12));
}

const inMemory = (options: ServerOptions): WebSocketServer => {
  const server = new WebSocketServer(options, DROP);
  onTestFinished(() => void server.close({ deadline: 0 }));
  return server;
};

describe("maxConnections", () => {
  test("refuses with 503 before the 101, and before accept is asked", async () => {
    let asked = 0;
    const server = await serve({
      maxConnections: 2,
      accept: () => {
        asked++;
        return { data: undefined };
      },
    });
    const [first] = [await openClient(server.url), await openClient(server.url)];
    const answer = await answerTo(server.url, requestHead());
    expect(statusOf(answer)).toBe("HTTP/1.1 503 Service Unavailable");
    expect(answer).toMatch(/The server has no room for another connection\n$/);
    expect([asked, server.connections.size, server.counters.refused]).toEqual([2, 2, 1]);
    first.close();
    await until("one has left", () => server.connections.size === 1);
    expect((await openClient(server.url)).state).toBe("open");
  });

  test("is shared by all ways in", async () => {
    const { http, url } = await startHttp();
    const server = (await serve({ maxConnections: 2 })).attach(http);
    await openClient(server.url);
    await openClient(url);
    for (const full of [server.url, url]) await expect(connect(full)).rejects.toMatchObject({ status: 503 });
    expect(await statusFor(server, "192.0.2.1")).toBe(503);
  });

  test("0 lets nobody in", async () => {
    const server = await serve({ maxConnections: 0 });
    await expect(connect(server.url)).rejects.toMatchObject({ status: 503 });
  });
});

describe("maxConnectionsPerAddress", () => {
  test("refuses with 429 who has enough, and nobody else", async () => {
    const server = inMemory({ maxConnectionsPerAddress: 2 });
    const addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "192.0.2.2"];
    const statuses = [];
    for (const address of addresses) statuses.push(await statusFor(server, address));
    expect(statuses).toEqual([101, 101, 101, 429, 101, 101]);
  });

  test("counts sockets of the own port", async () => {
    const server = await serve({ maxConnectionsPerAddress: 1 });
    await openClient(server.url);
    const answer = await answerTo(server.url, requestHead());
    expect(statusOf(answer)).toBe("HTTP/1.1 429 Too Many Requests");
    expect(answer).toMatch(/Too many connections from this address\n$/);
  });

  test("does not count peers without an address", async () => {
    const server = inMemory({ maxConnectionsPerAddress: 1, maxConnections: 3 });
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push(await statusFor(server, ""));
    expect(statuses).toEqual([101, 101, 101, 503]);
  });
});

test.each([
  { maxConnections: -1 },
  { maxConnections: 1.5 },
  { maxConnections: Number.POSITIVE_INFINITY },
  { maxConnectionsPerAddress: Number.NaN },
])("%j is no number of connections", (options) => {
  expect(() => new WebSocketServer(options, {})).toThrow(RangeError);
});

/** What may become of a request, by its path: what `accept` does, and what the client does. */
const FATES = {
  "/closes": (peer: Duplex) => void peer.write(close(1000, "", masked)),
  "/breaks": (peer: Duplex) => void peer.write(Buffer.from([0xff, 0xff])),
  "/destroys": (peer: Duplex) => void peer.destroy(),
  "/ends": (peer: Duplex) => void peer.end(),
  "/refused": () => {},
  "/throws": () => {},
  "/garbage": () => {},
  "/late": () => {},
  "/late-and-destroys": (peer: Duplex) => void peer.destroy(),
  "/terminated": () => {},
  "/open-throws": () => {},
} as const;
type Fate = keyof typeof FATES;
const turn = (): Promise<unknown> => new Promise(setImmediate);

// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const fates = Object.keys(FATES) as Fate[];

const LIMIT = 12;

/** A server with as many places as there may be requests. */
const fateful = (): WebSocketServer<string> =>
  new WebSocketServer(
    {
      maxConnections: LIMIT,
      maxConnectionsPerAddress: LIMIT,
      acceptTimeout: 30,
      closeTimeout: 20,
      accept: async ({ url, signal }) => {
        await turn();
        // Two timers that are both due fire in any order: only the signal tells that it is too late.
        if (url.startsWith("/late") && !signal.aborted) await once(signal, "abort");
        if (url === "/refused") return refuse(401);
        if (url === "/throws") throw new Error("no");
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JavaScript gives anything
        return url === "/garbage" ? ({} as { data: string }) : { data: url };
      },
    },
    {
      open: (socket) => {
        if (socket.data === "/terminated") socket.terminate();
        if (socket.data === "/open-throws") throw new Error("no");
      },
      message: () => {},
    },
  );

const requests = fc.array(
  fc.record({ fate: fc.constantFrom(...fates), address: fc.constantFrom("", "a", "b"), turns: fc.nat(4) }),
  { minLength: 1, maxLength: LIMIT },
);

describe("every place is given back exactly once", () => {
  property.prop([requests], { numRuns: 60 })(
    "whatever becomes of requests",
    async (asked) => {
      const faults = watchProcess();
      watchWarnings();
      const server = fateful();
      for (const { fate, address, turns } of asked) {
        const peer = ask(server, address, fate).resume();
        for (let count = 0; count < turns; count++) await turn();
        FATES[fate](peer);
      }
      await until("all are over", () => {
        const { opened, closed, refused } = server.counters;
        return opened === closed && opened + refused === asked.length;
      });
      const filling = await Promise.all(Array.from({ length: LIMIT }, () => statusFor(server, "a")));
      expect(filling).toEqual(filling.map(() => 101));
      expect(await statusFor(server, "b")).toBe(503);
      await server.close({ deadline: 0 });
      expect(faults).toEqual([]);
    },
    60_000,
  );

  /** Takes a place for an address, or leaves one that was taken, again and again. */
  const steps = fc.array(
    fc.oneof(fc.record({ take: fc.constantFrom("", "a", "b", "c") }), fc.record({ leave: fc.nat(20) })),
    { maxLength: 60 },
  );

  property.prop([steps, fc.nat(6), fc.nat(3)])(
    "by the books",
    (run, maxConnections, maxConnectionsPerAddress) => {
      const registry = new Registry({ maxConnections, maxConnectionsPerAddress });
      const places: { address: string; leave: () => void; left: boolean }[] = [];
      const taken = (): string[] => places.filter(({ left }) => !left).map(({ address }) => address);
      for (const step of run) {
        if ("take" in step) {
          const { take: address } = step;
          const same = address === "" ? 0 : taken().filter((other) => other === address).length;
          const per = address === "" ? 1 : maxConnectionsPerAddress;
          const expected = taken().length >= maxConnections ? 503 : same >= per ? 429 : "place";
          const place = registry.take(address);
          expect(typeof place === "number" ? place : "place").toBe(expected);
          if (typeof place !== "number") places.push({ address, leave: () => place.leave(), left: false });
        } else {
          const place = places[step.leave];
          place?.leave();
          if (place !== undefined) place.left = true;
        }
      }
    },
  );
});
