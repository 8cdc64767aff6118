import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  broadcast,
  type CloseRecord,
  prepare,
  type WebSocketConnection,
  type WebSocketEvents,
} from "../src/index.ts";
import { DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { until } from "./support/turns.ts";

const fault = new Error("the handler is broken");
const large = binaryOf(300_000);
const prepared = prepare("prepared");

type Act = (socket: WebSocketConnection) => unknown;

/** Everything that can be done with a connection, and with the handler itself. */
const ACTS: readonly [string, Act][] = [
  ["send", (socket) => socket.send("x")],
  ["send large", (socket) => socket.send(large)],
  ["send prepared", (socket) => socket.send(prepared)],
  ["broadcast", (socket) => broadcast([socket, socket], "x", "disconnect")],
  ["sendAsync", (socket) => void socket.sendAsync(large)],
  ["await sendAsync", (socket) => socket.sendAsync(large)],
  ["sendStream", (socket) => void socket.sendStream(["a", "b"], "text")],
  ["await sendStream", (socket) => socket.sendStream(["a", large])],
  ["sendStream without end", (socket) => void socket.sendStream(new ReadableStream())],
  [
    "send nothing that can be sent",
    (socket) => {
      // @ts-expect-error a number is no message
      socket.send(5);
    },
  ],
  ["drained", (socket) => socket.drained()],
  ["ping", (socket) => void socket.ping()],
  ["receive", (socket) => void socket.receive()],
  ["receiveStream and leave", async (socket) => void (await (await socket.receiveStream())?.return())],
  [
    "for await",
    async (socket) => {
      for await (const _ of socket) break;
    },
  ],
  ["pause", (socket) => socket.pause()],
  [
    "pause and resume",
    (socket) => {
      socket.pause();
      socket.resume();
    },
  ],
  [
    "resume later",
    (socket) => {
      socket.pause();
      setImmediate(() => socket.resume());
    },
  ],
  ["close", (socket) => socket.close(4000, "matrix")],
  [
    "close twice",
    (socket) => {
      socket.close();
      socket.close(4001);
    },
  ],
  ["close with a code that cannot be sent", (socket) => socket.close(1006)],
  ["terminate", (socket) => socket.terminate()],
  [
    "send and terminate",
    (socket) => {
      socket.send("x");
      socket.terminate();
      socket.send("x");
    },
  ],
  [
    "close and terminate",
    (socket) => {
      socket.close();
      socket.terminate();
    },
  ],
  ["await closed", (socket) => void socket.closed],
  [
    "look at everything",
    (socket) => [
      socket.state,
      socket.bufferedAmount,
      socket.roundTripTime,
      socket.remoteAddress,
      socket.counters,
    ],
  ],
  [
    "throw",
    () => {
      throw fault;
    },
  ],
  [
    "throw undefined",
    () => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw undefined;
    },
  ],
  ["reject", () => Promise.reject(fault)],
  [
    "reject later",
    async () => {
      await delay(1);
      throw fault;
    },
  ],
];

/** Those after which the handler, or what it called, has failed. */
const FAILING = /throw|reject|nothing that can be sent|cannot be sent/;

type Callback = "open" | "message" | "stream" | "drain" | "error" | "close";
const CALLBACKS: readonly Callback[] = ["open", "message", "stream", "drain", "error", "close"];

/** Acts in one callback, and makes it happen. */
function acting(callback: Callback, act: (socket: WebSocketConnection) => unknown): WebSocketEvents {
  // Beside a message event, a stream would not get what is small.
  if (callback === "stream") return { stream: act };
  const base: WebSocketEvents = {
    message: (socket, data) => {
      if (callback === "error") throw new Error("to make the error event happen");
      if (callback === "drain") socket.send(large);
      else if (data !== "x") socket.send(data);
    },
    error: () => {},
  };
  return { ...base, [callback]: act };
}

describe.each(CALLBACKS)("in %s", (callback) => {
  describe.each(["server", "client"] as const)("of a %s", (role) => {
    test.each(ACTS)("%s", async (name, act) => {
      const faults = watchProcess();
      const warnings = watchWarnings();
      const errors: Error[] = [];
      const records: CloseRecord[] = [];
      let subject: WebSocketConnection | null = null;
      const events: WebSocketEvents = acting(callback, (socket) => {
        if (subject !== null) return undefined;
        subject = socket;
        return act(socket);
      });
      const watched: WebSocketEvents = {
        ...events,
        error: (socket, error) => {
          errors.push(error);
          return events.error?.(socket, error);
        },
        close: (socket, record) => {
          records.push(record);
          return events.close?.(socket, record);
        },
      };
      const quick = { closeTimeout: 300 };
      const server = await startServer(role === "server" ? watched : DROP, quick);
      const client = await openClient(server.url, role === "client" ? watched : DROP, quick);
      await until("the server has it", () => server.connections.size + records.length > 0);
      const [accepted] = server.connections;
      const other = role === "client" ? accepted : client;
      // This makes every event happen, one way or another.
      if (callback !== "open") other?.send("trigger");
      if (callback === "close") other?.close();
      await until("it has happened", () => subject !== null);
      await delay(3);
      other?.send("after");
      await delay(3);
      client.close();
      accepted?.resume();
      client.resume();
      await until("the close event", () => records.length === 1);
      await until("the other end knows it", () => server.connections.size === 0);
      expect(await subject!.closed).toBe(records[0]);
      await delay(1);

      const failed = FAILING.test(name);
      const endedByFault = callback === "error" || (failed && callback !== "close");
      // "error" happens because another handler has thrown; what it throws itself becomes a warning.
      expect(errors.length).toBe(failed || callback === "error" ? 1 : 0);
      expect(records.length).toBe(1);
      expect(records[0]?.sent?.code === 1011).toBe(endedByFault);
      expect(records[0]?.error === errors[0]).toBe(endedByFault);
      expect(warnings.length).toBe(failed && callback === "error" ? 1 : 0);
      expect(faults).toEqual([]);
      const healthy = await startServer(ECHO);
      expect(await roundTrip(await openClient(healthy.url), "alive")).toBe("alive");
    });
  });
});
