import { binary } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { CloseRecord, WebSocketConnection, WebSocketEvents } from "../src/index.ts";
import { DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { masked, rawClient } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const fault = new Error("a handler is broken");

const failNow = (): never => {
  throw fault;
};

/** The ways in which a handler can fail. */
const FAILURES: readonly [how: string, fail: () => unknown][] = [
  ["throws", failNow],
  ["rejects", () => Promise.reject(fault)],
  [
    "rejects later",
    async () => {
      await new Promise(setImmediate);
      throw fault;
    },
  ],
];

/** What makes an event happen at a connection of the server: here the peer can do it by `x` and a large message. */
const EVENTS: readonly (keyof WebSocketEvents)[] = ["open", "message", "drain"];

/** Fails at the connection whose path says so. */
function failing(event: keyof WebSocketEvents, fail: () => unknown): WebSocketEvents {
  const large = binaryOf(100_000);
  return {
    message: (socket, data) => socket.send(socket.url === "/bad" && event === "drain" ? large : data),
    [event]: (socket: WebSocketConnection, data: string) =>
      socket.url === "/bad" ? fail() : socket.send(data ?? ""),
  };
}

describe("a handler that fails", () => {
  test.each(EVENTS.flatMap((event) => FAILURES.map(([how, fail]) => ({ event, how, fail }))))(
    "$event $how: that connection ends with 1011, the error is told, the others live",
    async ({ event, fail }) => {
      const faults = watchProcess();
      const errors: [string, Error][] = [];
      const records: CloseRecord[] = [];
      const server = await startServer({
        ...failing(event, fail),
        error: (socket, error) => errors.push([socket.url, error]),
        close: (_socket, record) => records.push(record),
      });
      const innocent = await openClient(`${server.url}good`);
      if (event === "open") await innocent.receive();
      const victim = await openClient(`${server.url}bad`, DROP);
      victim.send("x");
      expect(await victim.closed).toMatchObject({ code: 1011, reason: "", initiator: "remote" });
      await until("the server knows it", () => records.length === 1);
      expect(records[0]).toMatchObject({
        clean: false,
        initiator: "local",
        sent: { code: 1011 },
        error: fault,
      });
      expect(errors).toEqual([["/bad", fault]]);
      expect(await roundTrip(innocent, "still here")).toBe("still here");
      expect(faults).toEqual([]);
    },
  );

  test.each(FAILURES)("close %s: the error is told, and the record stays as it was", async (_, fail) => {
    const faults = watchProcess();
    const errors: Error[] = [];
    const server = await startServer({ ...ECHO, close: fail, error: (_socket, error) => errors.push(error) });
    const client = await openClient(server.url, DROP);
    client.close(4000);
    expect(await client.closed).toMatchObject({ code: 4000, clean: true });
    await until("it is told", () => errors.length === 1);
    expect(errors).toEqual([fault]);
    expect(server.connections.size).toBe(0);
    expect(await roundTrip(await openClient(server.url), "x")).toBe("x");
    expect(faults).toEqual([]);
  });

  test("error itself throws, or is missing: a warning", async () => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    for (const events of [{ message: failNow, error: failNow }, { message: failNow }]) {
      const server = await startServer(events);
      const client = await openClient(server.url, DROP);
      client.send("x");
      expect(await client.closed).toMatchObject({ code: 1011 });
    }
    expect(warnings.length).toBe(2);
    for (const warning of warnings) expect(warning).toContain("a handler is broken");
    expect(faults).toEqual([]);
  });

  test.each([
    ["a string", "just a string", "Thrown: just a string"],
    ["undefined", undefined, "Thrown: undefined"],
  ])("throws %s: it is made an error", async (_, thrown, message) => {
    const errors: Error[] = [];
    const server = await startServer({
      message: () => {
        // oxlint-disable-next-line typescript/only-throw-error
        throw thrown;
      },
      error: (_socket, error) => errors.push(error),
    });
    const client = await openClient(server.url, DROP);
    client.send("x");
    await client.closed;
    expect(errors.map((error) => error.message)).toEqual([message]);
  });

  test("in a client: the server gets 1011", async () => {
    const records: CloseRecord[] = [];
    const server = await startServer({ ...ECHO, close: (_socket, record) => records.push(record) });
    const errors: Error[] = [];
    const client = await openClient(server.url, {
      message: () => {
        throw fault;
      },
      error: (_socket, error) => errors.push(error),
    });
    client.send("x");
    expect(await client.closed).toMatchObject({ code: 1006, sent: { code: 1011 }, error: fault });
    await until("the server knows it", () => records.length === 1);
    expect(records[0]).toMatchObject({ code: 1011, initiator: "remote" });
    expect(errors).toEqual([fault]);
  });

  test("what was queued before goes out, and what comes after is not handled", async () => {
    let handled = 0;
    const server = await startServer({
      message: (socket, data) => {
        handled++;
        if (handled === 2) throw fault;
        socket.send(data);
      },
      error: () => {},
    });
    const peer = await rawClient(server.url);
    peer.write(...["1", "2", "3"].map((data) => binary(data, masked)));
    expect((await peer.frames(2)).map(({ opcode }) => opcode)).toEqual([2, 8]);
    expect(handled).toBe(2);
  });
});

test("handlers may close and terminate at any event", async () => {
  const faults = watchProcess();
  for (const act of ["close", "terminate"] as const) {
    for (const event of ["open", "message", "close"] as const) {
      const records: CloseRecord[] = [];
      const server = await startServer({
        message: () => {},
        [event]: (socket: WebSocketConnection, record: CloseRecord) => {
          socket[act]();
          if (event === "close") records.push(record);
        },
        ...(event === "close" ? {} : { close: (_socket, record) => void records.push(record) }),
      });
      const client = await openClient(server.url, DROP);
      client.send("x");
      if (event === "close") client.close();
      await client.closed;
      await until(`${act} in ${event} ends it`, () => records.length === 1);
      expect(server.connections.size).toBe(0);
    }
  }
  expect(faults).toEqual([]);
});
