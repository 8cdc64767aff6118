import { describe, expect, test, vi } from "vitest";
import { ReconnectingClient, type ReconnectingOptions, refuse } from "../src/index.ts";
import { collector, ECHO, startServer } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { eventually, fixRandom, NOBODY, startReconnecting, stopTime } from "./support/reconnecting.ts";

/** As random as to make every wait half its ceiling. */
const HALF = 0.5;

type Client = ReturnType<typeof startReconnecting>["client"];

const waiting = (client: Client): Promise<void> =>
  eventually("a wait", () => client.state === "waiting" || client.state === "closed");

/** The next waits, each of which is let pass. */
async function waitsOf(client: Client, count: number): Promise<number[]> {
  const delays: number[] = [];
  while (delays.length < count) {
    await waiting(client);
    const { delay } = client;
    delays.push(delay);
    vi.advanceTimersByTime(delay - 1);
    expect(client.state).toBe("waiting");
    vi.advanceTimersByTime(1);
    expect([client.state, client.delay]).toEqual(["connecting", 0]);
  }
  return delays;
}

describe("the waits", () => {
  test.each<[options: ReconnectingOptions, delays: number[]]>([
    [{}, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
    [{ initialDelay: 100, factor: 3, maxDelay: 1000 }, [50, 150, 450, 500, 500]],
    [{ initialDelay: 5000, factor: 1 }, [2500, 2500, 2500]],
    [{ initialDelay: 5000, maxDelay: 100 }, [50, 50]],
  ])("with the options %j and nobody there: %j", async (options, delays) => {
    stopTime();
    fixRandom(HALF);
    const { client } = startReconnecting(NOBODY, {}, options);
    expect(await waitsOf(client, delays.length)).toEqual(delays);
    expect(client.retries).toBe(delays.length);
  });

  test("a connection that ends soon is counted as one that failed", async () => {
    stopTime();
    fixRandom(HALF);
    const { events, next } = collector();
    const server = await startServer({ ...ECHO, ...events });
    const { client } = startReconnecting(server.url, {}, { stableAfter: 10_000 });
    const delays: number[] = [];
    for (const age of [0, 5000, 9999, 10_000, 9999, 60_000]) {
      const peer = await next();
      await client.opened;
      vi.advanceTimersByTime(age);
      peer.close(1012);
      // Reads until the end, since there is no message event.
      await client.connection?.receive();
      delays.push(...(await waitsOf(client, 1)));
    }
    expect(delays).toEqual([500, 1000, 2000, 500, 1000, 500]);
  });

  test("maxRetries counts from the last stable connection", async () => {
    stopTime();
    fixRandom(HALF);
    let allowed = true;
    const { events, next } = collector();
    const server = await startServer(events, {
      accept: () => (allowed ? { data: undefined } : refuse(503)),
    });
    const { client } = startReconnecting(server.url, {}, { maxRetries: 2, stableAfter: 100 });
    const first = await next();
    await client.opened;
    vi.advanceTimersByTime(100);
    allowed = false;
    first.terminate();
    await client.connection?.receive();
    expect(await waitsOf(client, 2)).toEqual([500, 1000]);
    expect(await client.closed).toMatchObject({ reason: "exhausted", last: { error: { status: 503 } } });
    expect(client.retries).toBe(2);
  });

  test("no retry at all", async () => {
    const { client, states } = startReconnecting(NOBODY, {}, { maxRetries: 0 });
    expect(await client.closed).toMatchObject({
      reason: "exhausted",
      last: { error: { code: "ECONNREFUSED" } },
    });
    expect(states).toEqual(["closed"]);
  });

  test("after a sleep of the computer there is an attempt within a second", async () => {
    stopTime();
    fixRandom(0.9);
    const { client } = startReconnecting(NOBODY, {}, { initialDelay: 30_000 });
    await waiting(client);
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    vi.advanceTimersByTime(1000);
    expect(client.state).toBe("connecting");
  });

  test("nobody waits for long once it is closed", async () => {
    stopTime();
    fixRandom(HALF);
    const { client } = startReconnecting(NOBODY, {}, {});
    await waiting(client);
    expect(client.delay).toBe(500);
    client.close();
    expect([client.state, client.delay, vi.getTimerCount()]).toEqual(["closed", 0, 0]);
  });
});

describe("Retry-After", () => {
  test.each<[what: string, status: number, value: () => string, delay: number]>([
    ["seconds", 503, () => "10", 10_000 + 500],
    ["seconds of a 429", 429, () => "3", 3000 + 500],
    ["more than maxDelay", 503, () => "86400", 30_000 + 500],
    ["an endless number", 503, () => "9".repeat(400), 30_000 + 500],
    ["a date", 503, () => new Date(1_800_000_020_000).toUTCString(), 20_000 + 500],
    ["a date gone by", 503, () => new Date(0).toUTCString(), 500],
    ["nonsense", 503, () => "soon", 500],
  ])("%s", async (_, status, value, delay) => {
    stopTime();
    vi.setSystemTime(1_800_000_000_000);
    fixRandom(HALF);
    const { http, url } = await startHttp();
    http.on("upgrade", (_request, stream) => {
      stream.end(`HTTP/1.1 ${status} Busy\r\nRetry-After: ${value()}\r\nContent-Length: 0\r\n\r\n`);
    });
    const { client } = startReconnecting(url, {}, {});
    await waiting(client);
    expect(client.delay).toBe(delay);
  });
});

test.each<[options: object, message: string]>([
  [{ initialDelay: 0 }, "initialDelay"],
  [{ initialDelay: -1 }, "initialDelay"],
  [{ initialDelay: 1.5 }, "initialDelay"],
  [{ maxDelay: 0 }, "maxDelay"],
  [{ maxDelay: Number.POSITIVE_INFINITY }, "maxDelay"],
  [{ factor: 0.5 }, "factor"],
  [{ factor: Number.NaN }, "factor"],
  [{ factor: Number.POSITIVE_INFINITY }, "factor"],
  [{ stableAfter: -1 }, "stableAfter"],
  [{ maxRetries: -1 }, "maxRetries"],
  [{ maxRetries: Number.NaN }, "maxRetries"],
  [{ queue: { maxMessages: -1 } }, "queue.maxMessages"],
  [{ queue: { maxOctets: Number.NaN } }, "queue.maxOctets"],
  [{ handshakeTimeout: -1 }, "handshakeTimeout"],
  [{ maxMessageSize: -1 }, "maxMessageSize"],
])("the options %o are thrown back at once", (options, message) => {
  expect(() => new ReconnectingClient(NOBODY, options)).toThrow(
    expect.objectContaining({ name: "RangeError", message: expect.stringContaining(message) }),
  );
});

test("what is no URL is thrown back at once", () => {
  expect(() => new ReconnectingClient("nowhere")).toThrow(TypeError);
});
