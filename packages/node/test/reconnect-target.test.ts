import { describe, expect, test, vi } from "vitest";
import type { AttemptContext } from "../src/index.ts";
import { collector, ECHO, startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { eventually, NOBODY, QUICK, startReconnecting, stopTime } from "./support/reconnecting.ts";

describe("a function that gives the target", () => {
  test("is asked before every attempt, and is told which one it is", async () => {
    const seen: string[] = [];
    const { events, next } = collector();
    const server = await startServer(events, {
      accept: ({ url, headers }) => {
        seen.push(`${url} ${headers.get("authorization")} ${headers.get("x-fixed")}`);
        return { data: undefined };
      },
    });
    const contexts: AttemptContext[] = [];
    const target = async (context: AttemptContext) => {
      contexts.push(context);
      const token = contexts.length;
      return { url: `${server.url}${token}`, headers: { authorization: `Bearer ${token}` } };
    };
    const options = { ...QUICK, headers: { "x-fixed": "replaced as a whole" } };
    const { client } = startReconnecting(target, {}, options);
    for (let i = 0; i < 3; i++) (await next()).terminate();
    await next();
    expect(seen).toEqual([1, 2, 3, 4].map((token) => `/${token} Bearer ${token} null`));
    expect(contexts.map(({ retries }) => retries)).toEqual([0, 1, 2, 3]);
    await client.opened;
    client.close();
    // All of them had their answer.
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false, false, false]);
  });

  test.each<[what: string, answer: (url: string) => unknown]>([
    ["a string", (url) => url],
    ["a URL", (url) => new URL(url)],
    ["an object", (url) => ({ url })],
    ["a promise of a string", (url) => Promise.resolve(url)],
    ["a promise of an object with a URL", (url) => Promise.resolve({ url: new URL(url) })],
  ])("may give %s", async (_, answer) => {
    const server = await startServer(ECHO);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { client } = startReconnecting(() => answer(server.url) as string);
    expect((await client.opened)?.url).toBe(server.url);
  });

  test.each(["throws", "rejects"])("is asked again when it %s, also after what fetch throws", async (how) => {
    const faults = watchProcess();
    const server = await startServer(ECHO);
    const error = new TypeError("fetch failed");
    let calls = 0;
    const { client, states } = startReconnecting(() => {
      if (++calls === 4) return server.url;
      if (how === "throws") throw error;
      return Promise.reject(error);
    });
    await client.opened;
    expect(calls).toBe(4);
    expect(client.last).toEqual({ stage: "target", error });
    expect(states).toEqual([...Array.from({ length: 3 }, () => ["waiting", "connecting"]).flat(), "open"]);
    expect(faults).toEqual([]);
  });

  test("ends the client with what cannot be connected to", async () => {
    const { client } = startReconnecting(() => "nowhere");
    expect(await client.closed).toMatchObject({ reason: "refused", last: { stage: "connect" } });
  });

  test("has handshakeTimeout to answer, whether or not it looks at the signal", async () => {
    stopTime();
    const signals: AbortSignal[] = [];
    const target = ({ signal }: AttemptContext): Promise<never> => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { client } = startReconnecting(target, {}, { ...QUICK, handshakeTimeout: 700 });
    await eventually("the question", () => signals.length === 1);
    vi.advanceTimersByTime(699);
    expect(signals[0]?.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signals[0]?.reason).toMatchObject({ name: "TimeoutError" });
    await eventually("a wait", () => client.state === "waiting");
    expect(client.last).toMatchObject({ stage: "target", error: { name: "TimeoutError" } });
    vi.advanceTimersByTime(10);
    await eventually("the next question", () => signals.length === 2);
    client.close();
    await eventually("no timer", () => vi.getTimerCount() === 0);
  });

  test.each<[what: string, late: (resolve: (url: string) => void, reject: (error: Error) => void) => void]>([
    ["a target", (resolve) => resolve(NOBODY)],
    ["a failure", (_, reject) => reject(new Error("too late"))],
  ])("is not waited for by close: %s that comes later means nothing", async (_, late) => {
    const faults = watchProcess();
    let context: AttemptContext | null = null;
    const settle: (() => void)[] = [];
    const { client, states } = startReconnecting((given) => {
      context = given;
      return new Promise<string>((resolve, reject) => {
        settle.push(() => late(resolve, reject));
      });
    });
    await eventually("the question", () => context !== null);
    client.close();
    expect(await client.closed).toEqual({ reason: "closed", last: null, unsent: 0 });
    expect(context!).toMatchObject({ signal: { aborted: true } });
    settle[0]!();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(states).toEqual(["closed"]);
    expect(client.last).toBeNull();
    expect(faults).toEqual([]);
  });
});
