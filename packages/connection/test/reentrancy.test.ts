import {
  BINARY,
  binary,
  CLOSE,
  close,
  concat,
  continuation,
  PING,
  PONG,
  ping,
  pong,
  type RecordedEvent,
  TEXT,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { Connection, ConnectionState } from "../src/index.ts";
import { type During, ROLES, type Setup, setUp, texts, towards } from "./support.ts";

type Callback = "text" | "binary" | "ping" | "pong";
const CALLBACKS = ["text", "binary", "ping", "pong"] as const;
const broken = new Error("broken");

interface Method {
  readonly call: (connection: Connection, nested: Uint8Array) => unknown;
  /** The texts that are handed out after the event in which it is called, until `receive` returns. */
  readonly next: readonly string[];
  /** The opcodes of what it sends. */
  readonly sends: readonly number[];
  readonly state: ConnectionState;
}

/** Every method of a connection, called inside an event; "after" is a text in the same chunk, "nested" in another. */
const METHODS: Readonly<Record<string, Method>> = {
  receive: {
    call: (connection, nested) => connection.receive(nested),
    next: ["after", "nested"],
    sends: [],
    state: "open",
  },
  receiveEnd: { call: (connection) => connection.receiveEnd(), next: ["after"], sends: [], state: "closed" },
  suspend: { call: (connection) => connection.suspend(), next: [], sends: [], state: "open" },
  resume: { call: (connection) => connection.resume(), next: ["after"], sends: [], state: "open" },
  "suspend and resume": {
    call(connection) {
      connection.suspend();
      connection.resume();
    },
    next: ["after"],
    sends: [],
    state: "open",
  },
  sendText: { call: (connection) => connection.sendText("x"), next: ["after"], sends: [TEXT], state: "open" },
  sendBinary: {
    call: (connection) => connection.sendBinary(Uint8Array.of(1)),
    next: ["after"],
    sends: [BINARY],
    state: "open",
  },
  ping: { call: (connection) => connection.ping(), next: ["after"], sends: [PING], state: "open" },
  pong: { call: (connection) => connection.pong(), next: ["after"], sends: [PONG], state: "open" },
  flushPong: { call: (connection) => connection.flushPong(), next: ["after"], sends: [], state: "open" },
  close: { call: (connection) => connection.close(), next: ["after"], sends: [CLOSE], state: "closing" },
  fail: { call: (connection) => connection.fail(1011, broken), next: [], sends: [CLOSE], state: "draining" },
  abort: { call: (connection) => connection.abort(broken), next: [], sends: [], state: "closed" },
  "close and receiveEnd": {
    call(connection) {
      connection.close();
      connection.receiveEnd();
    },
    next: ["after"],
    sends: [CLOSE],
    state: "closed",
  },
  "fail and receiveEnd": {
    call(connection) {
      connection.fail(1011, broken);
      connection.receiveEnd();
    },
    next: [],
    sends: [CLOSE],
    state: "closed",
  },
  "receive and fail": {
    call(connection, nested) {
      connection.receive(nested);
      connection.fail(1011, broken);
    },
    next: [],
    sends: [CLOSE],
    state: "draining",
  },
};

/** A connection that calls the method inside the first event of this kind. */
function calling(role: "client" | "server", callback: Callback | "closed", { call }: Method) {
  let calls = 0;
  const during: During = {
    [callback]: () => {
      if (calls++ === 0) call(setup.connection, text("nested", towards(role)));
    },
  };
  const setup: Setup = setUp(role, during);
  return setup;
}

describe.each(ROLES)("%s", (role) => {
  const to = towards(role);
  const triggers: Readonly<Record<string, { frames: Uint8Array; event: RecordedEvent }>> = {
    text: { frames: text("now", to), event: { type: "text", data: "now" } },
    "fragmented text": {
      frames: concat(text("n", { fin: false, ...to }), continuation("ow", to)),
      event: { type: "text", data: "now" },
    },
    binary: { frames: binary("now", to), event: { type: "binary", data: new TextEncoder().encode("now") } },
    ping: { frames: ping("now", to), event: { type: "ping", data: new TextEncoder().encode("now") } },
    pong: { frames: pong("now", to), event: { type: "pong", data: new TextEncoder().encode("now") } },
  };

  for (const [trigger, { frames, event }] of Object.entries(triggers)) {
    for (const [name, method] of Object.entries(METHODS)) {
      test(`${name} inside ${trigger}`, () => {
        const callback = CALLBACKS.find((known) => trigger.endsWith(known)) ?? "text";
        const setup = calling(role, callback, method);
        const { connection, events, records } = setup;
        connection.receive(concat(frames, text("after", to)));
        const next = method.next.map((data) => ({ type: "text", data }));
        expect(events).toEqual([event, ...next]);
        expect(connection.state).toBe(method.state);
        const answer = callback === "ping" ? [PONG] : [];
        expect(setup.sent().map(({ opcode }) => opcode)).toEqual([...answer, ...method.sends]);
        expect(records).toHaveLength(method.state === "closed" ? 1 : 0);

        // It is as usable as its state allows afterwards, and ends once.
        connection.resume();
        connection.receive(text("later", to));
        connection.receiveEnd();
        const rest = method.state === "open" || method.state === "closing" ? ["later"] : [];
        const suspended = name === "suspend" ? ["after"] : [];
        expect(events.slice(1 + next.length)).toEqual(
          [...suspended, ...rest].map((data) => ({ type: "text", data })),
        );
        expect(records).toHaveLength(1);
      });
    }
  }

  test.each(Object.entries(METHODS))("%s inside closed changes nothing", (_, method) => {
    const setup = calling(role, "closed", method);
    const { connection, events, records } = setup;
    connection.receive(close(1000, "", to));
    setup.sent();
    connection.receiveEnd();
    expect(connection.state).toBe("closed");
    expect([events, setup.sent(), records.length]).toEqual([[], [], 1]);
  });

  test("receive inside receive inside receive keeps the order of the stream", () => {
    let depth = 0;
    const { connection, events } = setUp(role, {
      text() {
        if (++depth > 3) return;
        const nested = concat(text(`a${depth}`, to), text(`b${depth}`, to));
        connection.receive(nested.subarray(0, 5));
        connection.receive(nested.subarray(5));
      },
    });
    connection.receive(concat(text("a0", to), text("b0", to)));
    const order = texts(events);
    expect(order).toEqual(["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]);
  });
});
