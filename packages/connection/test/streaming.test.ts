import { Opcode } from "@plyws/frame";
import {
  BINARY,
  binary,
  CONTINUATION,
  concat,
  continuation,
  cuttings,
  filled,
  frame,
  hex,
  octets,
  PING,
  ping,
  TEXT,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { Connection, OctetQueue, type Role, StateError } from "../src/index.ts";
import { ROLES, setUp, texts, towards } from "./support.ts";

type Event = string | { opcode: number; data: Uint8Array; last: boolean };

/** A connection whose messages come in pieces; whole ones are recorded as a string. */
function streaming(role: Role, maxMessageSize?: number) {
  const events: Event[] = [];
  const connection: Connection = new Connection(
    { role, maxMessageSize },
    {
      text: (data) => events.push(`text ${data}`),
      binary: (data) => events.push(`binary of ${data.length}`),
      piece: (opcode, data, last) => events.push({ opcode, data: data.slice(), last }),
      ping: () => events.push("ping"),
      closed: ({ error }) => events.push(`closed: ${error?.message ?? ""}`),
    },
    new OctetQueue(),
  );
  connection.streaming = true;
  return { connection, events };
}

/** The pieces joined: messages as they were sent. */
function joined(events: readonly Event[]): Event[] {
  const messages: Event[] = [];
  let parts: Uint8Array[] = [];
  for (const event of events) {
    if (typeof event === "string") messages.push(event);
    else {
      parts.push(event.data);
      if (event.last) {
        messages.push({ ...event, data: concat(...parts) });
        parts = [];
      }
    }
  }
  return messages;
}

describe.each(ROLES)("%s, messages in pieces", (role) => {
  const to = towards(role);

  test("come as they arrive, however they are cut", () => {
    const stream = concat(
      text("héllo", to),
      binary("", to),
      binary("ab", { fin: false, ...to }),
      ping("", to),
      continuation("", { fin: false, ...to }),
      continuation("cd", to),
    );
    for (const { name, chunks } of cuttings(stream)) {
      const { connection, events } = streaming(role);
      for (const chunk of chunks) connection.receive(chunk);
      const [first, second, ...rest] = joined(events);
      expect([first, second], name).toEqual([
        { opcode: TEXT, data: octets("héllo"), last: true },
        { opcode: BINARY, data: octets(""), last: true },
      ]);
      expect(rest, name).toEqual(["ping", { opcode: BINARY, data: octets("abcd"), last: true }]);
    }
  });

  test("have no limit, and are not kept", () => {
    const { connection, events } = streaming(role, 10);
    connection.receive(frame({ opcode: BINARY, payload: filled(1000, 0), fin: false, ...to }));
    connection.receive(frame({ opcode: CONTINUATION, payload: filled(1000, 0), ...to }));
    expect(events.map((event) => typeof event === "object" && [event.data.length, event.last])).toEqual([
      [1000, false],
      [1000, true],
    ]);
  });

  test("are text only as far as they are UTF-8: nothing of a wrong piece comes out", () => {
    const { connection, events } = streaming(role);
    connection.receive(text(hex("ce ba e1"), { fin: false, ...to }));
    connection.receive(continuation(hex("bd 41"), { fin: false, ...to }));
    connection.receiveEnd();
    expect(events).toEqual([
      { opcode: TEXT, data: hex("ce ba e1"), last: false },
      "closed: a text message is not valid UTF-8 (RFC 6455 section 8.1)",
    ]);
  });

  test("begin and end with a message: what is in progress goes on as it began", () => {
    const { connection, events } = streaming(role, 10);
    connection.receive(text("one", { fin: false, ...to }));
    connection.streaming = false;
    connection.receive(continuation("x".repeat(20), to));
    connection.receive(text("two", { fin: false, ...to }));
    connection.streaming = true;
    connection.receive(concat(continuation("!", to), text("three", to)));
    expect(events.map((event) => (typeof event === "string" ? event : event.data.length))).toEqual([
      3,
      20,
      "text two!",
      5,
    ]);
  });

  test.each([true, false])("are settled by the header of the first frame (streaming: %s)", (before) => {
    const { connection, events } = streaming(role, 10);
    connection.streaming = before;
    const wire = text("0123456789", to);
    connection.receive(wire.slice(0, -10));
    connection.streaming = !before;
    connection.receive(wire.slice(-10));
    expect(events.map((event) => typeof event)).toEqual([before ? "object" : "string"]);
  });

  test.each([true, false])("are settled when a frame that was held begins (streaming: %s)", (after) => {
    const { connection, events } = streaming(role, 10);
    connection.streaming = !after;
    connection.holding = true;
    connection.receive(text("0123456789", to));
    connection.receive(text("larger than the limit", to));
    expect(events).toEqual([]);
    connection.streaming = after;
    connection.holding = false;
    expect(events.map((event) => typeof event)).toEqual([
      after ? "object" : "string",
      ...(after ? ["object"] : []),
    ]);
    expect(connection.state).toBe(after ? "open" : "draining");
  });

  test.each([
    ["as large as the limit", text("0123456789", to), ["text 0123456789"]],
    ["empty", binary("", to), ["binary of 0"]],
    ["larger than the limit", text("0123456789a", to), [11]],
    ["in fragments", concat(text("a", { fin: false, ...to }), continuation("b", to)), [1, 1]],
    [
      "in one fragment and an empty one",
      concat(text("a", { fin: false, ...to }), continuation("", to)),
      [1, 0],
    ],
  ])("with only the large ones in pieces: one that is %s", (_, wire, expected) => {
    const { connection, events } = streaming(role, 10);
    connection.streaming = "large";
    connection.receive(concat(wire, text("next", to)));
    expect(events.map((event) => (typeof event === "string" ? event : event.data.length))).toEqual([
      ...expected,
      "text next",
    ]);
  });

  test("may suspend, and may throw, between two pieces", () => {
    const events: string[] = [];
    const connection: Connection = new Connection(
      { role },
      {
        text: () => {},
        binary: () => {},
        piece(_, data, last) {
          events.push(`${data.length} ${last}`);
          if (events.length === 1) connection.suspend();
          if (events.length === 2) throw new Error("boom");
        },
        closed: () => events.push("closed"),
      },
      new OctetQueue(),
    );
    connection.streaming = true;
    connection.receive(concat(text("a", { fin: false, ...to }), continuation("bb", { fin: false, ...to })));
    connection.receive(continuation("ccc", to));
    expect(events).toEqual(["1 false"]);
    expect(() => connection.resume()).toThrow("boom");
    connection.receiveEnd();
    expect(events).toEqual(["1 false", "2 false", "3 true", "closed"]);
  });
});

describe.each(ROLES)("%s, a budget of frames", (role) => {
  const to = towards(role);
  const stream = () => concat(...["a", "b", "c", "d", "e"].map((data) => text(data, to)));

  test("stops after so many, and goes on when it is set again", () => {
    const { connection, events, records } = setUp(role);
    connection.frameBudget = 2;
    connection.receive(stream());
    expect([texts(events), connection.frameBudget]).toEqual([["a", "b"], 0]);
    connection.receive(text("f", to));
    connection.receiveEnd();
    connection.resume();
    expect(texts(events)).toEqual(["a", "b"]);
    connection.frameBudget = 1;
    expect(texts(events)).toEqual(["a", "b", "c"]);
    connection.frameBudget = Number.POSITIVE_INFINITY;
    expect(texts(events)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(records).toHaveLength(1);
  });

  test("may be set inside an event", () => {
    const { connection, events } = setUp(role, { text: () => (connection.frameBudget = 1) });
    connection.frameBudget = 1;
    connection.receive(stream());
    expect(texts(events)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("does not keep a connection open that is failed", () => {
    const { connection, records } = setUp(role);
    connection.frameBudget = 1;
    connection.receive(stream());
    connection.receiveEnd();
    connection.fail(1011, new Error("broken"));
    expect(records).toHaveLength(1);
  });
});

describe.each(ROLES)("%s, sending in fragments", (role) => {
  test("makes one message, with control frames between", () => {
    const { connection, sent } = setUp(role);
    connection.sendFragment(Opcode.Text, octets("a"), false);
    connection.ping();
    connection.sendFragment(Opcode.Text, octets(""), false);
    connection.sendFragment(Opcode.Text, filled(20_000, 0x62), true);
    connection.sendFragment(Opcode.Binary, octets("whole"), true);
    expect(connection.sendText("next")).toBe(true);
    expect(sent().map(({ opcode, fin, payload }) => [opcode, fin, payload.length])).toEqual([
      [TEXT, false, 1],
      [PING, true, 0],
      [CONTINUATION, false, 0],
      [CONTINUATION, true, 20_000],
      [BINARY, true, 5],
      [TEXT, true, 4],
    ]);
  });

  test("lets no other message in between", () => {
    const { connection, sent } = setUp(role);
    connection.sendFragment(Opcode.Binary, octets("a"), false);
    sent();
    expect(() => connection.sendText("no")).toThrow(StateError);
    expect(() => connection.sendBinary(octets("no"))).toThrow(StateError);
    expect([connection.state, sent()]).toEqual(["open", []]);
    connection.close();
    expect([connection.sendText("no"), connection.sendFragment(Opcode.Binary, octets("b"), true)]).toEqual([
      false,
      false,
    ]);
  });
});
