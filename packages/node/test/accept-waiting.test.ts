import { getEventListeners, once } from "node:events";
import { connect as connectTcp } from "node:net";
import { binary, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type Acceptance, type ConnectionRequest, refuse, WebSocketServer } from "../src/index.ts";
import { ECHO, openClient } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { watchProcess } from "./support/process-faults.ts";
import { masked, type RawPeer, rawConnect, requestHead } from "./support/raw-peer.ts";
import { answerTo, Gate, serve, statusOf } from "./support/serve.ts";
import { settle, until } from "./support/turns.ts";

interface Waiting {
  readonly server: WebSocketServer;
  readonly opened: () => number;
  readonly gate: Gate<Acceptance<undefined>>;
  readonly request: ConnectionRequest;
  readonly peer: RawPeer;
}

/** A request, together with what follows its head, that `accept` thinks about until the gate is passed. */
async function waiting(following: Uint8Array = new Uint8Array(0), acceptTimeout = 10_000): Promise<Waiting> {
  const gate = new Gate<Acceptance<undefined>>();
  const asked = new Gate<ConnectionRequest>();
  let opened = 0;
  const server = await serve(
    {
      maxConnections: 1,
      acceptTimeout,
      accept: (request) => {
        asked.resolve(request);
        return gate.passed;
      },
    },
    {
      ...ECHO,
      open: () => {
        opened++;
      },
    },
  );
  const peer = await rawConnect(server.url);
  peer.write(requestHead(), following);
  return { server, opened: () => opened, gate, request: await asked.passed, peer };
}

const ACCEPTANCE = { data: undefined };

/** Whether the only place of the server is free. */
async function expectFree(server: WebSocketServer): Promise<void> {
  // It is taken: this request waits for the gate, or is open by it.
  const peer = await rawConnect(server.url);
  peer.write(requestHead());
  expect(statusOf(await peer.head())).toBe("HTTP/1.1 101 Switching Protocols");
}

describe("while accept decides", () => {
  test("the place is taken, and no connection is there", async () => {
    const { server, opened, gate, peer } = await waiting();
    expect([server.connections.size, opened()]).toEqual([0, 0]);
    expect(statusOf(await answerTo(server.url, requestHead()))).toBe("HTTP/1.1 503 Service Unavailable");
    gate.resolve(ACCEPTANCE);
    expect(statusOf(await peer.head())).toBe("HTTP/1.1 101 Switching Protocols");
    expect([server.connections.size, opened()]).toEqual([1, 1]);
  });

  test("octets that come early are kept in order, in whatever pieces", async () => {
    const frames = Buffer.concat(["one", "two", "three"].map((word) => text(word, masked)));
    const { gate, peer } = await waiting(frames.subarray(0, 5));
    for (const octet of frames.subarray(5, -2)) {
      peer.write(Uint8Array.of(octet));
      await settle();
    }
    gate.resolve(ACCEPTANCE);
    await peer.head();
    peer.write(frames.subarray(-2));
    expect((await peer.frames(3)).map(({ payload }) => String(Buffer.from(payload)))).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  test("more than 64 KiB of them wait in the kernel: none is lost, and memory is bounded", async () => {
    const gate = new Gate<Acceptance<undefined>>();
    let [messages, octets] = [0, 0];
    const server = await serve(
      { accept: () => gate.passed },
      {
        message: (_socket, data) => {
          messages++;
          octets += data.length;
        },
      },
    );
    const peer = await rawConnect(server.url);
    peer.write(requestHead());
    const frame = binary(Buffer.alloc(900_000, "0123456789"), masked);
    for (let count = 0; count < 60; count++) peer.write(frame);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the server does not read cannot all be in the buffers of the kernel.
    expect(peer.socket.writableLength).toBeGreaterThan(20_000_000);
    expect(messages).toBe(0);
    gate.resolve(ACCEPTANCE);
    await until("all have arrived", () => messages === 60);
    expect(octets).toBe(54_000_000);
  });

  test("a refusal reaches a client that has sent much more than that", async () => {
    const { url } = await serve({
      accept: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return refuse(403);
      },
    });
    const answer = await answerTo(url, requestHead(), Buffer.alloc(5_000_000));
    expect(answer.match(/^HTTP.*$/gm)).toEqual(["HTTP/1.1 403 Forbidden"]);
  });
});

describe("accept and time", () => {
  test("a decision that never comes is a 503, and comes to nothing later", async () => {
    const faults = watchProcess();
    const { server, opened, gate, request, peer } = await waiting(undefined, 50);
    expect(statusOf(String(await peer.rest()))).toBe("HTTP/1.1 503 Service Unavailable");
    expect(request.signal.reason).toMatchObject({ name: "TimeoutError" });
    gate.resolve(ACCEPTANCE);
    await settle();
    expect([opened(), server.connections.size, server.counters.refused]).toEqual([0, 0, 1]);
    await expectFree(server);
    expect(faults).toEqual([]);
  });

  test("a decision that fails too late is no unhandled rejection", async () => {
    const faults = watchProcess();
    const { gate, peer } = await waiting(undefined, 20);
    await peer.ended;
    gate.reject(new Error("too late"));
    await settle();
    expect(faults).toEqual([]);
  });

  test("acceptTimeout is a time", async () => {
    for (const acceptTimeout of [-1, 1.5, Number.NaN, 2 ** 31]) {
      await expect(async () => serve({ acceptTimeout })).rejects.toThrow(RangeError);
    }
  });

  test("the time limit of the HTTP server does not count", async () => {
    const { http, url } = await startHttp();
    http.setTimeout(50);
    const gate = new Gate<Acceptance<undefined>>();
    new WebSocketServer({ accept: () => gate.passed }, ECHO).attach(http);
    const client = openClient(url);
    await new Promise((resolve) => setTimeout(resolve, 200));
    gate.resolve(ACCEPTANCE);
    expect((await client).state).toBe("open");
  });
});

const LEAVINGS: readonly (readonly [string, (peer: RawPeer) => void])[] = [
  ["resets", (peer) => peer.reset()],
  ["ends its half", (peer) => void peer.socket.end()],
  ["destroys its socket", (peer) => void peer.socket.destroy()],
  [
    "resets with octets on the way",
    (peer) => {
      peer.write(Buffer.alloc(1000));
      peer.reset();
    },
  ],
];

describe("a client that goes away while accept decides", () => {
  test.each(LEAVINGS)("%s: the signal is aborted, nothing is opened, the place is free", async (_, leave) => {
    const faults = watchProcess();
    const { server, opened, gate, request, peer } = await waiting();
    leave(peer);
    await until("the signal is aborted", () => request.signal.aborted);
    expect(request.signal.reason).toMatchObject({ name: "AbortError", message: "The client went away" });
    gate.resolve(ACCEPTANCE);
    await settle();
    expect([opened(), server.connections.size, server.counters.refused]).toEqual([0, 0, 1]);
    await expectFree(server);
    expect(faults).toEqual([]);
  });

  test("right behind its request", async () => {
    const faults = watchProcess();
    const { server, gate, peer } = await waiting(Buffer.alloc(100_000));
    peer.reset();
    gate.resolve(ACCEPTANCE);
    await peer.closed;
    await until("no connection is left", () => server.connections.size === 0);
    await expectFree(server);
    expect(faults).toEqual([]);
  });
});

describe("a server that closes while accept decides", () => {
  test("refuses with 503 at once, and does not wait for the decision", async () => {
    const { server, opened, gate, request, peer } = await waiting();
    const begin = Date.now();
    const report = server.close({ deadline: 9000 });
    expect(request.signal.reason).toMatchObject({
      name: "AbortError",
      message: "The server is shutting down",
    });
    expect(statusOf(String(await peer.rest()))).toBe("HTTP/1.1 503 Service Unavailable");
    peer.socket.end();
    expect(await report).toEqual({ finished: 0, unfinished: [] });
    expect(Date.now() - begin).toBeLessThan(5000);
    gate.resolve(ACCEPTANCE);
    await settle();
    expect([opened(), server.connections.size]).toEqual([0, 0]);
  });

  test("does so for a client that does not take the answer", async () => {
    const { server, peer } = await waiting();
    peer.socket.pause();
    const begin = Date.now();
    await server.close({ deadline: 0 });
    expect(Date.now() - begin).toBeLessThan(6000);
  });

  test("inside of accept, inside of the origin rule, and inside of the choice of the subprotocol", async () => {
    const closing: Promise<unknown>[] = [];
    const close = <Value>(value: Value): Value => {
      closing.push(server.close({ deadline: 1000 }));
      return value;
    };
    let server = await serve({ accept: () => close(ACCEPTANCE) });
    const head = requestHead({ Origin: "http://a.example", "Sec-WebSocket-Protocol": "a" });
    const lax = { origin: "any" } as const;
    for (const options of [
      { ...lax, accept: () => close(ACCEPTANCE) },
      { ...lax, accept: async () => close(ACCEPTANCE) },
      { origin: () => close(true) },
      { ...lax, subprotocols: () => close("a") },
    ]) {
      await server.close();
      server = await serve(options);
      expect(statusOf(await answerTo(server.url, head))).toBe("HTTP/1.1 503 Service Unavailable");
      expect(server.connections.size).toBe(0);
    }
    await Promise.all(closing);
  });

  test("keeps no listener on the streams of an attached server", async () => {
    const { http, url } = await startHttp();
    const signals: AbortSignal[] = [];
    const server = new WebSocketServer(
      {
        accept: ({ signal }) => {
          signals.push(signal);
          return new Promise<never>(() => {});
        },
      },
      ECHO,
    ).attach(http);
    const socket = connectTcp(Number(new URL(url).port), "127.0.0.1");
    socket.write(requestHead());
    await until("accept was asked", () => signals.length === 1);
    await server.close();
    const [answer] = (await once(socket, "data")).map(String);
    expect(statusOf(answer ?? "")).toBe("HTTP/1.1 503 Service Unavailable");
    socket.destroy();
    const next = new WebSocketServer({}, { open: (opened) => opened.send("next"), message: () => {} }).attach(
      http,
    );
    expect(await (await openClient(url)).receive()).toBe("next");
    await next.close({ deadline: 0 });
    expect(getEventListeners(http, "upgrade")).toEqual([]);
  });
});
