import { CLOSE, close, frame, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type ConnectionState, type Occasion, type Role, TRANSITIONS } from "../src/index.ts";
import { ROLES, type Setup, setUp, towards } from "./support.ts";

/** The table once more, by hand: from, on, to, whether a Close frame is sent, who ends its half of the stream. */
const TABLE: readonly [ConnectionState, Occasion, ConnectionState, boolean, Role | "both" | "nobody"][] = [
  ["open", "close", "closing", true, "nobody"],
  ["open", "peerClose", "draining", true, "server"],
  ["open", "violation", "draining", true, "both"],
  ["open", "endOfStream", "closed", false, "both"],
  ["closing", "peerClose", "draining", false, "server"],
  ["closing", "violation", "draining", false, "both"],
  ["closing", "endOfStream", "closed", false, "both"],
  ["draining", "endOfStream", "closed", false, "both"],
];

test("TRANSITIONS says what the table of this test says", () => {
  const rows = Object.entries(TRANSITIONS).flatMap(([from, occasions]) =>
    Object.entries(occasions).map(([on, { next, sendClose, end }]) => [from, on, next, sendClose, end]),
  );
  expect(rows).toEqual(TABLE);
});

/** Ways into each state, all through octets and calls. */
const REACH: Readonly<Record<ConnectionState, Readonly<Record<string, (setup: Setup, role: Role) => void>>>> =
  {
    open: { "from the start": () => {} },
    closing: { "by close()": ({ connection }) => connection.close() },
    draining: {
      "by the peer's Close": ({ connection }, role) => connection.receive(close(1000, "", towards(role))),
      "by both Close frames": ({ connection }, role) => {
        connection.close();
        connection.receive(close(1000, "", towards(role)));
      },
      "by a violation": ({ connection }, role) => connection.receive(frame({ opcode: 3, ...towards(role) })),
      "by fail()": ({ connection }) => connection.fail(1011, new Error("broken")),
    },
    closed: {
      "by the end of the stream": ({ connection }) => connection.receiveEnd(),
      "by abort()": ({ connection }) => connection.abort(),
    },
  };

/** What makes each occasion. */
const MAKE: Readonly<Record<Occasion, Readonly<Record<string, (setup: Setup, role: Role) => void>>>> = {
  close: { "close()": ({ connection }) => connection.close(4000, "enough") },
  peerClose: {
    "a Close frame": ({ connection }, role) => connection.receive(close(1001, "away", towards(role))),
  },
  violation: {
    "a reserved opcode": ({ connection }, role) => connection.receive(frame({ opcode: 7, ...towards(role) })),
    "fail()": ({ connection }) => connection.fail(1011, new Error("broken")),
  },
  endOfStream: {
    "the end of the stream": ({ connection }) => connection.receiveEnd(),
    "abort()": ({ connection }) => connection.abort(),
  },
};

describe.each(ROLES)("%s", (role) => {
  for (const [from, ways] of Object.entries(REACH)) {
    for (const [way, reach] of Object.entries(ways)) {
      for (const [occasion, means] of Object.entries(MAKE)) {
        const row = TABLE.find(([state, on]) => state === from && on === occasion);
        for (const [name, make] of Object.entries(means)) {
          test(`${from} (${way}), then ${name}: ${row?.[2] ?? "nothing changes"}`, () => {
            const setup = setUp(role);
            reach(setup, role);
            expect(setup.connection.state).toBe(from);
            const endedBefore = setup.outbox.ended;
            const recordsBefore = setup.records.length;
            setup.sent();

            make(setup, role);
            const [, , next, sendClose, end] = row ?? [from, occasion, from, false, "nobody"];
            expect(setup.connection.state).toBe(next);
            expect(setup.sent().map(({ opcode }) => opcode)).toEqual(sendClose ? [CLOSE] : []);
            expect(setup.outbox.ended).toBe(endedBefore || end === "both" || end === role);
            expect(setup.records.length - recordsBefore).toBe(next === "closed" && row ? 1 : 0);
          });
        }
      }
    }
  }

  test.each([
    { state: "open", reach: REACH.open["from the start"], sends: true, receives: 1 },
    { state: "closing", reach: REACH.closing["by close()"], sends: false, receives: 1 },
    { state: "draining", reach: REACH.draining["by the peer's Close"], sends: false, receives: 0 },
    { state: "closed", reach: REACH.closed["by the end of the stream"], sends: false, receives: 0 },
  ])("$state: can send: $sends, messages that come in: $receives", ({ state, reach, sends, receives }) => {
    const setup = setUp(role);
    const { connection } = setup;
    reach?.(setup, role);
    expect(connection.state).toBe(state);
    setup.sent();
    connection.receive(text("in", towards(role)));
    expect(setup.events).toHaveLength(receives);
    const results = [
      connection.sendText("x"),
      connection.sendBinary(Uint8Array.of(1)),
      connection.ping(),
      connection.pong(),
    ];
    expect(results).toEqual([sends, sends, sends, sends]);
    expect(setup.sent()).toHaveLength(sends ? 4 : 0);
  });
});
