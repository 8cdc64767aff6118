import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { type ConnectOptions, connect } from "../src/client.ts";
import { certificate } from "./support/certificate.ts";
import {
  ACCEPT,
  redirect,
  response,
  SILENT,
  startAnswering,
  startProxy,
  startSilent,
} from "./support/client-servers.ts";
import { openClient } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import type { RawPeer } from "./support/raw-peer.ts";

/** A way that is stuck at one of its stages. */
interface Stuck {
  readonly url: string;
  readonly options: ConnectOptions;
  /** The streams that others have to us. */
  readonly peers: () => readonly RawPeer[];
  /** What the error of the time limit says we were waiting for. */
  readonly step: string;
}

const tls = { ca: certificate.cert };

/** A server that writes an octet of an endless answer every few milliseconds. */
const dribble =
  (text: string) =>
  (_: string, peer: RawPeer): undefined => {
    let at = 0;
    const timer = setInterval(() => peer.write(text[at++] ?? "x"), 5);
    peer.socket.once("close", () => clearInterval(timer));
  };

const STAGES: Record<string, () => Promise<Stuck>> = {
  "the lookup of a name": async () => ({
    url: "ws://chat.example/",
    options: { lookup: () => {} },
    peers: () => [],
    step: "a connection to chat.example:80",
  }),
  "the lookup of an address": async () => ({
    url: "ws://127.0.0.1:1/",
    options: { lookup: () => {} },
    peers: () => [],
    step: "the lookup of 127.0.0.1",
  }),
  TLS: async () => {
    const { port, peers } = await startSilent();
    return {
      url: `wss://127.0.0.1:${port}/`,
      options: {},
      peers: () => peers,
      step: `TLS with 127.0.0.1:${port}`,
    };
  },
  "the answer": async () => {
    const { url, peers } = await startAnswering(SILENT);
    return {
      url: `${url}path?secret`,
      options: {},
      peers: () => peers,
      step: `the answer of ${url}path`,
    };
  },
  "the answer over TLS": async () => {
    const { url, peers } = await startAnswering(SILENT, {});
    return { url, options: { tls }, peers: () => peers, step: `the answer of ${url}` };
  },
  "the answer, which comes octet by octet": async () => {
    const { url, peers } = await startAnswering(dribble("HTTP/1.1 101 Switching Protocols\r\nX: "));
    return { url, options: {}, peers: () => peers, step: `the answer of ${url}` };
  },
  "interim responses without an end": async () => {
    const { url, peers } = await startAnswering(dribble(response(102).repeat(500)));
    return { url, options: {}, peers: () => peers, step: `the answer of ${url}` };
  },
  "TLS with a proxy": async () => {
    const { port, peers } = await startSilent();
    return {
      url: "ws://chat.example/",
      options: { proxy: `https://127.0.0.1:${port}` },
      peers: () => peers,
      step: `TLS with 127.0.0.1:${port}`,
    };
  },
  "the answer of a proxy": async () => {
    const { port, peers } = await startAnswering(SILENT);
    const proxy = `http://user:secret@127.0.0.1:${port}`;
    return {
      url: "ws://chat.example/",
      options: { proxy },
      peers: () => peers,
      step: `the answer of the proxy http://127.0.0.1:${port}/`,
    };
  },
  "TLS behind a proxy": async () => {
    const { port, peers } = await startSilent();
    const { url: proxy } = await startProxy();
    return {
      url: `wss://localhost:${port}/`,
      options: { proxy },
      peers: () => peers,
      step: `TLS with localhost:${port}`,
    };
  },
  "the answer by TLS behind a proxy by TLS": async () => {
    const { port, peers } = await startAnswering(SILENT, {});
    const { url: proxy } = await startProxy({ tls: true });
    return {
      url: `wss://localhost:${port}/`,
      options: { proxy, tls, proxyTls: tls },
      peers: () => peers,
      step: `the answer of wss://localhost:${port}/`,
    };
  },
  "the answer behind a redirect": async () => {
    const { url, peers } = await startAnswering(SILENT);
    const first = await startAnswering(() => redirect(url));
    return {
      url: first.url,
      options: { maxRedirects: 1 },
      peers: () => [...first.peers, ...peers],
      step: `the answer of ${url}`,
    };
  },
  "redirects without an end": async () => {
    const { url, peers } = await startAnswering(() => redirect(""));
    return { url, options: { maxRedirects: 1_000_000 }, peers: () => peers, step: "" };
  },
};

describe.each(Object.keys(STAGES))("stuck at %s", (name) => {
  const stuck = STAGES[name]!;

  test("the time limit ends it, and says where", async () => {
    const faults = watchProcess();
    const { url, options, peers, step } = await stuck();
    const started = performance.now();
    const outcome = connect(url, { ...options, handshakeTimeout: 150 });
    await expect(outcome).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(outcome).rejects.toThrow(
      `The opening handshake took longer than 150 ms, waiting for ${step}`,
    );
    expect(performance.now() - started).toBeLessThan(5000);
    await expect(outcome).rejects.not.toThrow("secret");
    for (const peer of peers()) await peer.closed;
    expect(faults).toEqual([]);
  });

  test("aborting the signal ends it", async () => {
    const faults = watchProcess();
    const { url, options, peers } = await stuck();
    const controller = new AbortController();
    const reason = new Error("not any more");
    const outcome = connect(url, { ...options, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 60);
    await expect(outcome).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    for (const peer of peers()) await peer.closed;
    expect(faults).toEqual([]);
  });
});

describe("the signal", () => {
  test("aborted before: nothing is connected to", async () => {
    const server = await startAnswering(ACCEPT);
    const reason = new Error("too late");
    await expect(connect(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.peers).toEqual([]);
  });

  test("aborted in the turn of the call, and after any number of microtasks", async () => {
    const faults = watchProcess();
    const server = await startAnswering(ACCEPT);
    for (let turns = 0; turns < 20; turns += 1) {
      const controller = new AbortController();
      const outcome = connect(server.url, { signal: controller.signal });
      for (let i = 0; i < turns; i += 1) await Promise.resolve();
      controller.abort();
      await expect(outcome).rejects.toMatchObject({ name: "AbortError" });
    }
    for (const peer of server.peers) await peer.closed;
    expect(faults).toEqual([]);
  });

  test("aborted at any moment: an error and no stream, or a connection", async () => {
    const faults = watchProcess();
    const server = await startAnswering(ACCEPT, {});
    const proxy = await startProxy({ tls: true });
    const url = `wss://localhost:${server.port}/`;
    let refused = 0;
    for (let delay = 0; delay < 15; delay += 0.5) {
      const controller = new AbortController();
      const options = { signal: controller.signal, proxy: proxy.url, tls, proxyTls: tls };
      const outcome = connect(url, options).then(
        (socket) => socket.terminate(),
        (error: unknown) => {
          expect(error).toMatchObject({ name: "AbortError" });
          refused += 1;
        },
      );
      const end = performance.now() + delay;
      while (performance.now() < end) await new Promise(setImmediate);
      controller.abort();
      await outcome;
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    }
    expect(refused).toBeGreaterThan(0);
    for (const peer of server.peers) await peer.closed;
    expect(faults).toEqual([]);
  });

  test("aborted afterwards has no meaning, and keeps no listener", async () => {
    const server = await startAnswering(ACCEPT);
    const controller = new AbortController();
    const client = await openClient(server.url, {}, { signal: controller.signal, handshakeTimeout: 100 });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.state).toBe("open");
  });
});

/** What would keep the process alive: the sockets and timers of this file. */
function held(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:TCPSocket|TCPConnect|TLS|Timeout)/.test(name));
}

test("no socket and no timer is left of attempts that failed", async () => {
  for (const stuck of Object.values(STAGES)) {
    const { url, options } = await stuck();
    const before = held().length;
    await expect(connect(url, { ...options, handshakeTimeout: 60 })).rejects.toThrow("60 ms");
    // Not by a helper that waits with timers: they would be counted.
    const end = performance.now() + 4000;
    while (held().length > before && performance.now() < end) await new Promise(setImmediate);
    expect(held().length).toBeLessThanOrEqual(before);
  }
});
