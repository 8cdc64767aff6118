import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners } from "node:events";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ReconnectingClient, type ReconnectingState, type WebSocketConnection } from "../src/index.ts";
import { startServer } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { eventually, QUICK } from "./support/reconnecting.ts";

const NEXT: Readonly<Record<ReconnectingState, readonly ReconnectingState[]>> = {
  connecting: ["open", "waiting", "closed"],
  open: ["waiting", "closing", "closed"],
  waiting: ["connecting", "closed"],
  closing: ["closed"],
  closed: [],
};

/** Where code of the application is called from, or runs while something else is awaited. */
const PLACES = [
  "before",
  "target",
  "open",
  "message",
  "error",
  "close",
  "retry",
  "state connecting",
  "state open",
  "state waiting",
  "state closing",
  "state closed",
] as const;
type Place = (typeof PLACES)[number];

interface Subject {
  readonly client: ReconnectingClient;
  readonly controller: AbortController;
}

const ACTIONS: readonly [name: string, ends: boolean, act: (subject: Subject) => unknown][] = [
  ["close()", true, ({ client }) => client.close()],
  ["close(4000, reason)", true, ({ client }) => client.close(4000, "bye")],
  ["close twice", true, ({ client }) => [client.close(), client.close(3000)]],
  ["abort", true, ({ controller }) => controller.abort(new Error("enough"))],
  ["abort and close", true, ({ client, controller }) => [controller.abort(), client.close()]],
  ["send", false, ({ client }) => client.send("more")],
  ["send and close", true, ({ client }) => [client.send("more"), client.close()]],
  ["close the connection", false, ({ client }) => client.connection?.close(4001)],
  ["terminate the connection", false, ({ client }) => client.connection?.terminate()],
  [
    "terminate the connection and close",
    true,
    ({ client }) => [client.connection?.terminate(), client.close()],
  ],
  [
    "look at everything",
    false,
    ({ client }) => [client.state, client.delay, client.last, client.opened, client.closed],
  ],
];

const MATRIX = ACTIONS.flatMap(([name, ends, act]) => PLACES.map((place) => ({ name, ends, act, place })));

/**
 * A life in which everything happens: a target that fails once, a first connection on which a handler throws, and a
 * second one on which a message comes and the client is closed.
 */
async function live(place: Place, act: (subject: Subject) => unknown) {
  const server = await startServer({ message: (socket, data) => socket.send(data) });
  const told: string[] = [];
  const pairs = new Map<WebSocketConnection, string>();
  const controller = new AbortController();
  let acted = false;
  let asked = 0;
  let heard = 0;
  const here = (now: Place): void => {
    told.push(now);
    if (acted || now !== place) return;
    acted = true;
    act({ client, controller });
  };
  const client: ReconnectingClient = new ReconnectingClient(
    () => {
      here("target");
      if (++asked === 1) throw new Error("no token yet");
      return server.url;
    },
    {
      ...QUICK,
      signal: controller.signal,
      queue: {},
      retry: (_, byDefault) => {
        here("retry");
        return byDefault;
      },
    },
    {
      open: (socket) => {
        pairs.set(socket, `${pairs.get(socket) ?? ""}open `);
        here("open");
        socket.send("hello");
      },
      message: () => {
        here("message");
        if (++heard === 1) throw new Error("a message that breaks");
        client.close();
      },
      error: () => here("error"),
      close: (socket) => {
        pairs.set(socket, `${pairs.get(socket) ?? ""}close `);
        here("close");
      },
      stateChange: (_, state) => here(`state ${state}`),
    },
  );
  onTestFinished(() => {
    client.close();
    client.connection?.terminate();
  });
  here("before");
  const end = await client.closed;
  await eventually("an empty server", () => server.connections.size === 0);
  const soFar = told.length;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(told.slice(soFar)).toEqual([]);
  return { client, end, told, pairs, acted };
}

test.concurrent.each(MATRIX)("$name at: $place", async ({ name, ends, act, place }) => {
  const { client, end, told, pairs, acted } = await live(place, act);
  expect(acted).toBe(true);
  expect(end.reason).toBe("closed");
  const states = told.flatMap((what) => (what.startsWith("state ") ? [what.slice(6)] : []));
  let state: ReconnectingState = "connecting";
  for (const next of states) {
    expect(NEXT[state]).toContain(next);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    state = next as ReconnectingState;
  }
  expect([state, client.state, client.connection, client.delay]).toEqual(["closed", "closed", null, 0]);
  expect([await client.opened, await client.closed, client.send("late")]).toEqual([null, end, "closed"]);
  // A connection that is gone before its open event has none.
  const gone = place === "state open" && name.startsWith("terminate") ? ["close "] : [];
  for (const events of pairs.values()) expect(["open close ", ...gone]).toContain(events);
  // What ends the client lets nothing begin any more.
  const after = ends ? told.slice(told.indexOf(place) + 1) : [];
  expect(after.filter((what) => what === "target" || what === "state connecting")).toEqual([]);
});

test("nothing of all that is a fault or a warning of the process", async () => {
  const faults = watchProcess();
  const warnings = watchWarnings();
  await Promise.all(MATRIX.map(({ place, act }) => live(place, act)));
  expect(faults).toEqual([]);
  expect(warnings).toEqual([]);
});

test.each(["never listened to", "aborted before"])("a signal that is %s", async (how) => {
  const controller = new AbortController();
  if (how === "aborted before") controller.abort();
  const client = new ReconnectingClient(
    () => expect.fail("asked for a target"),
    { signal: controller.signal, maxRetries: 0 },
    { stateChange: () => {} },
  );
  expect(client.state).toBe("connecting");
  const reason = how === "aborted before" ? "closed" : "exhausted";
  expect((await client.closed).reason).toBe(reason);
  controller.abort();
  expect(client.state).toBe("closed");
});

test("the signal closes an open connection with 1001, and is let go of at the end", async () => {
  const codes: number[] = [];
  const server = await startServer({ close: (_, { code }) => codes.push(code), message: () => {} });
  const controller = new AbortController();
  const listeners = (): number => getEventListeners(controller.signal, "abort").length;
  const client = new ReconnectingClient(server.url, { ...QUICK, signal: controller.signal });
  await client.opened;
  expect(listeners()).toBe(1);
  controller.abort();
  expect(client.state).toBe("closing");
  expect(await client.closed).toMatchObject({ reason: "closed", last: { record: { clean: true } } });
  expect(listeners()).toBe(0);
  await eventually("the end at the server", () => codes.length > 0);
  expect(codes).toEqual([1001]);
});

test.each([999, 1004, 1005, 1006, 1015, 2999, 5000, 1.5, Number.NaN])(
  "the code %d is thrown back in every state",
  async (code) => {
    const server = await startServer({ message: () => {} });
    const client = new ReconnectingClient(server.url, QUICK);
    const refused = (): void => expect(() => client.close(code, "x")).toThrow(RangeError);
    refused();
    await client.opened;
    refused();
    expect(() => client.close(1000, "x".repeat(124))).toThrow(RangeError);
    expect(client.state).toBe("open");
    client.close();
    refused();
    await client.closed;
    refused();
  },
);

test("closed at every step between the answer of the server and the open event", async () => {
  const server = await startServer({ message: () => {} });
  const opened: boolean[] = [];
  for (let steps = 0; steps < 30; steps++) {
    let isOpen = false;
    let isClosed = false;
    const closeAfter = (left: number): void =>
      left === 0 ? client.close() : queueMicrotask(() => closeAfter(left - 1));
    const watch = (message: unknown): void => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      (message as { socket: Socket }).socket.once("data", () => closeAfter(steps));
    };
    subscribe("net.client.socket", watch);
    const client = new ReconnectingClient(server.url, QUICK, {
      open: () => {
        isOpen = true;
      },
      close: () => {
        isClosed = true;
      },
    });
    const end = await client.closed;
    unsubscribe("net.client.socket", watch);
    expect(end).toMatchObject({ reason: "closed", last: isOpen ? { stage: "open" } : null });
    expect(client.connection).toBeNull();
    await eventually("an empty server", () => server.connections.size === 0);
    expect(isClosed).toBe(isOpen);
    opened.push(isOpen);
  }
  // Both happened, and once it is open it is open for later steps too.
  expect(opened.indexOf(true)).toBeGreaterThan(0);
  expect(opened.slice(opened.indexOf(true))).not.toContain(false);
});
