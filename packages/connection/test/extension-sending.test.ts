import { BINARY, CONTINUATION, concat, filled, octets, PING, TEXT } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { ATTACH_FROM, type Connection, PreparedMessage } from "../src/index.ts";
import { RSV, RunLength, runLength } from "./run-length.ts";
import { ROLES, setUp } from "./support.ts";

const RUN = filled(100, 0x61);
const ENCODED = { opcode: BINARY, rsv: RSV, payload: runLength(RUN) };
const PLAIN = { opcode: BINARY, rsv: 0, payload: RUN };

describe.each(ROLES)("%s with an extension", (role) => {
  const rows: [name: string, send: (connection: Connection) => void, due: object[]][] = [
    ["octets that suit it", (c) => c.sendBinary(RUN), [ENCODED]],
    ["a text that suits it", (c) => c.sendText("a".repeat(100)), [{ ...ENCODED, opcode: TEXT }]],
    ["octets that do not suit it", (c) => c.sendBinary(filled(3, 7)), [{ rsv: 0, payload: filled(3, 7) }]],
    [
      "a text that does not suit it",
      (c) => c.sendText("aaa"),
      [{ opcode: TEXT, rsv: 0, payload: octets("aaa") }],
    ],
    [
      "a short text that is long in UTF-8",
      (c) => c.sendText("éé"),
      [{ opcode: TEXT, rsv: 0, payload: octets("éé") }],
    ],
    ["what must not be encoded", (c) => c.sendBinary(RUN, false), [PLAIN]],
    [
      "a text that must not be encoded",
      (c) => c.sendText("aaaaaaaa", false),
      [{ opcode: TEXT, rsv: 0, payload: octets("aaaaaaaa") }],
    ],
    [
      "what must be encoded",
      (c) => c.sendBinary(filled(3, 7), true),
      [{ rsv: RSV, payload: octets([3, 7]) }],
    ],
    [
      "a text that must be encoded",
      (c) => c.sendText("aaa", true),
      [{ rsv: RSV, payload: octets([3, 0x61]) }],
    ],
    [
      "what gains nothing",
      (c) => c.sendText("abcdef"),
      [{ opcode: TEXT, rsv: 0, payload: octets("abcdef") }],
    ],
    ["a prepared message", (c) => c.sendPrepared(new PreparedMessage(RUN)), [ENCODED]],
    ["a prepared message as it is", (c) => c.sendPrepared(new PreparedMessage(RUN), false), [PLAIN]],
    ["a prepared message that says no", (c) => c.sendPrepared(new PreparedMessage(RUN, false)), [PLAIN]],
    [
      "a prepared message that says no, yet",
      (c) => c.sendPrepared(new PreparedMessage(RUN, false), true),
      [ENCODED],
    ],
    [
      "a prepared message that says yes",
      (c) => c.sendPrepared(new PreparedMessage(filled(3, 7), true)),
      [{ rsv: RSV, payload: octets([3, 7]) }],
    ],
    [
      "fragments, as they are unless told otherwise",
      (c) => {
        c.sendFragment(BINARY, RUN, false);
        c.sendFragment(BINARY, RUN, true);
      },
      [
        { ...PLAIN, fin: false },
        { ...PLAIN, opcode: CONTINUATION, fin: true },
      ],
    ],
    [
      "fragments, the bit on the first alone",
      (c) => {
        c.sendFragment(BINARY, RUN, false, true);
        c.ping(octets("p"));
        c.sendFragment(BINARY, RUN, true, false);
        c.sendFragment(TEXT, RUN, true);
      },
      [
        { ...ENCODED, fin: false },
        { opcode: PING, rsv: 0 },
        { ...ENCODED, opcode: CONTINUATION, rsv: 0, fin: true },
        { ...PLAIN, opcode: TEXT, fin: true },
      ],
    ],
    [
      "messages and control frames in the order of the calls",
      (c) => {
        c.sendBinary(RUN);
        c.ping();
        c.sendBinary(RUN, false);
        c.sendText("aaaa");
      },
      [ENCODED, { opcode: PING }, PLAIN, { opcode: TEXT, rsv: RSV }],
    ],
  ];

  test.each(rows)("sends %s", (_, send, due) => {
    const { connection, sent } = setUp(role, {}, { extension: new RunLength() });
    send(connection);
    expect(sent()).toMatchObject(due);
  });

  test("keeps what is long, though it is only lent to it", () => {
    const { connection, sent } = setUp(role, {}, { extension: new RunLength() });
    // Alternating in twos, so that it is as long encoded as it is.
    const long = Uint8Array.from({ length: ATTACH_FROM + 64 }, (_, at) => (at < 600 ? 1 : (at >> 1) & 1));
    connection.sendBinary(long, true);
    connection.sendBinary(filled(40_000, 9), true);
    const [first, second] = sent();
    expect(first).toMatchObject({ rsv: RSV, payload: runLength(long) });
    expect(second).toMatchObject({ rsv: RSV, payload: runLength(filled(40_000, 9)) });
  });

  test("does not encode for a connection that is not open any more", () => {
    const extension = new RunLength();
    const { connection } = setUp(role, {}, { extension });
    connection.close();
    expect(connection.sendBinary(RUN)).toBe(false);
    expect(connection.sendText("a".repeat(100))).toBe(false);
    expect(connection.sendPrepared(new PreparedMessage(RUN))).toBe(false);
    expect(connection.sendFragment(BINARY, RUN, true, true)).toBe(false);
    expect(extension.calls).toEqual([]);
  });

  test("refuses what is no text and no octets, as without", () => {
    const { connection } = setUp(role, {}, { extension: new RunLength() });
    // @ts-expect-error a number is no text
    expect(() => connection.sendText(12_345, true)).toThrow(TypeError);
    // @ts-expect-error a string is no octets
    expect(() => connection.sendBinary("a".repeat(100), true)).toThrow(TypeError);
    // @ts-expect-error a string is no octets
    expect(() => connection.sendFragment(BINARY, "a".repeat(100), true, true)).toThrow(TypeError);
  });

  test("what is wanted of an extension is no matter without one", () => {
    const { connection, sent } = setUp(role);
    connection.sendBinary(RUN, true);
    connection.sendFragment(BINARY, RUN, true, true);
    connection.sendPrepared(new PreparedMessage(RUN), true);
    expect(sent()).toMatchObject([PLAIN, PLAIN, PLAIN]);
  });
});

const receivers = (sharedForm: object | null) =>
  [1, 2, 3].map(() => {
    const extension = new RunLength({ sharedForm });
    return { extension, ...setUp("server", {}, { extension }) };
  });

describe("a prepared message", () => {
  const shared = {};
  test("is encoded once for all whose extensions make the same of it", () => {
    const all = receivers(shared);
    const message = new PreparedMessage(RUN);
    for (const { connection } of all) connection.sendPrepared(message);
    expect(all.map(({ sent }) => sent())).toMatchObject([[ENCODED], [ENCODED], [ENCODED]]);
    expect(all.map(({ extension }) => extension.calls)).toEqual([["encodeMessage 100"], [], []]);
  });

  test("is encoded for each whose extension depends on the messages before", () => {
    const all = receivers(null);
    const message = new PreparedMessage(RUN);
    for (const { connection } of all) connection.sendPrepared(message);
    expect(all.map(({ extension }) => extension.calls.length)).toEqual([1, 1, 1]);
  });

  test("has one form for each kind of extension, and itself", () => {
    const message = new PreparedMessage(RUN);
    const [one] = receivers(shared);
    const [other] = receivers({});
    const plain = setUp("server");
    for (const { connection } of [one!, other!, plain]) connection.sendPrepared(message);
    expect(one!.sent()).toMatchObject([ENCODED]);
    expect(other!.sent()).toMatchObject([ENCODED]);
    expect(plain.sent()).toMatchObject([PLAIN]);
    expect([one, other].map((receiver) => receiver!.extension.calls)).toEqual([
      ["encodeMessage 100"],
      ["encodeMessage 100"],
    ]);
  });

  test("that gains nothing is sent as it is, and that is found out once", () => {
    const all = receivers(shared);
    const message = new PreparedMessage("abcdef");
    for (const { connection } of all) connection.sendPrepared(message);
    for (const { sent } of all) expect(sent()).toMatchObject([{ rsv: 0, payload: octets("abcdef") }]);
    expect(all.map(({ extension }) => extension.calls.length)).toEqual([1, 0, 0]);
  });

  test("is masked anew for each by clients", () => {
    const keys = [1, 2];
    const message = new PreparedMessage(RUN);
    const frames = keys.map((key) => {
      const extension = new RunLength({ sharedForm: shared });
      const { connection, outbox } = setUp("client", {}, { extension, nextMaskingKey: () => key });
      connection.sendPrepared(message);
      return concat(...outbox.take());
    });
    expect(frames[0]).not.toEqual(frames[1]);
  });
});
