import { ProtocolError, type ProtocolErrorCode } from "@plyws/frame";
import { close, closePayload, continuation, type FrameOptions, frame, hex, ping, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { CloseRecord, Connection } from "../src/index.ts";
import { ROLES, setUp, towards } from "./support.ts";

const broken = new Error("the application broke");
const reset = new Error("the stream was reset");

interface Row {
  readonly title: string;
  /** What happens before the end of the stream. */
  readonly script: (connection: Connection, to: FrameOptions) => void;
  /** The error that the stream ends with. */
  readonly cause?: Error;
  readonly record: Omit<CloseRecord, "error">;
  readonly error?: Error | ProtocolErrorCode;
}

const info = (code: number, reason = "") => ({ code, reason });
const clean = (
  received: CloseRecord["received"] & {},
  sent: CloseRecord["sent"],
  initiator: CloseRecord["initiator"],
) => ({ ...received, clean: true, received, sent, initiator });
const lost = (sent: CloseRecord["sent"], initiator: CloseRecord["initiator"]) => ({
  ...info(1006),
  clean: false,
  received: null,
  sent,
  initiator,
});

const ROWS: readonly Row[] = [
  {
    title: "the peer closes, and its code is echoed without its reason",
    script: (connection, to) => connection.receive(close(4999, "bye", to)),
    record: clean(info(4999, "bye"), info(4999), "remote"),
  },
  {
    title: "the peer closes without a code: 1005, and no code is sent",
    script: (connection, to) => connection.receive(close(undefined, "", to)),
    record: clean(info(1005), info(1005), "remote"),
  },
  {
    title: "we close and the peer answers",
    script(connection, to) {
      connection.close(3000, "done");
      connection.receive(close(3000, "", to));
    },
    record: clean(info(3000), info(3000, "done"), "local"),
  },
  {
    title: "we close without a code",
    script(connection, to) {
      connection.close(1005);
      connection.receive(close(undefined, "", to));
    },
    record: clean(info(1005), info(1005), "local"),
  },
  {
    title: "both close: the code that is told is that of the peer",
    script(connection, to) {
      connection.close(1001, "mine");
      connection.receive(text("on its way", to));
      connection.receive(close(1000, "yours", to));
    },
    record: clean(info(1000, "yours"), info(1001, "mine"), "local"),
  },
  {
    title: "the peer closes, then we: nothing is left to close",
    script(connection, to) {
      connection.receive(close(1000, "", to));
      expect(connection.close(4000)).toBe(false);
    },
    record: clean(info(1000), info(1000), "remote"),
  },
  {
    title: "the peer closes inside a fragmented message",
    script(connection, to) {
      connection.receive(text("never ", { fin: false, ...to }));
      connection.receive(close(1001, "", to));
      connection.receive(continuation("ended", to));
    },
    record: clean(info(1001), info(1001), "remote"),
  },
  {
    title: "the peer closes, then sends nonsense, then the stream breaks",
    script(connection, to) {
      connection.receive(close(1000, "", to));
      connection.receive(hex("ff ff ff ff"));
    },
    cause: reset,
    record: clean(info(1000), info(1000), "remote"),
    error: reset,
  },
  {
    title: "the peer closes and we do not wait for its end of the stream",
    script(connection, to) {
      connection.receive(close(1000, "", to));
      connection.abort();
    },
    record: clean(info(1000), info(1000), "remote"),
  },
  { title: "the stream ends", script: () => {}, record: lost(null, "remote") },
  { title: "the stream breaks", script: () => {}, cause: reset, record: lost(null, "remote"), error: reset },
  {
    title: "the stream ends inside a frame",
    script: (connection, to) => connection.receive(text("whole", to).subarray(0, -1)),
    record: lost(null, "remote"),
  },
  {
    title: "the stream ends inside a message",
    script: (connection, to) => connection.receive(text("more", { fin: false, ...to })),
    record: lost(null, "remote"),
  },
  {
    title: "the stream ends inside the Close frame",
    script: (connection, to) => connection.receive(close(1000, "bye", to).subarray(0, -1)),
    record: lost(null, "remote"),
  },
  {
    title: "we close and the peer goes away without an answer",
    script: (connection) => connection.close(1001),
    record: lost(info(1001), "local"),
  },
  {
    title: "we close and give up waiting",
    script(connection) {
      connection.close(1001);
      connection.abort(broken);
    },
    record: lost(info(1001), "local"),
    error: broken,
  },
  {
    title: "we give up at once",
    script: (connection) => connection.abort(broken),
    record: lost(null, "local"),
    error: broken,
  },
  {
    title: "the peer breaks a rule",
    script: (connection, to) => connection.receive(frame({ opcode: 3, ...to })),
    record: lost(info(1002, "reserved-opcode"), "local"),
    error: "reserved-opcode",
  },
  {
    title: "the peer breaks a rule, and then closes: that is not looked at any more",
    script(connection, to) {
      connection.receive(text(hex("ff"), to));
      connection.receive(close(1000, "", to));
    },
    record: lost(info(1007, "invalid-utf8"), "local"),
    error: "invalid-utf8",
  },
  {
    title: "the peer breaks a rule after we have closed: no second Close frame",
    script(connection, to) {
      connection.close(4000, "first");
      connection.receive(ping("x".repeat(126), to));
    },
    record: lost(info(4000, "first"), "local"),
    error: "control-too-long",
  },
  {
    title: "the peer closes with a code that nobody may send",
    script: (connection, to) => connection.receive(close(1006, "", to)),
    record: lost(info(1002, "close-code"), "local"),
    error: "close-code",
  },
  {
    title: "the peer answers with half a code",
    script(connection, to) {
      connection.close();
      connection.receive(frame({ opcode: 8, payload: closePayload(1000).subarray(1), ...to }));
    },
    record: lost(info(1000), "local"),
    error: "close-payload",
  },
  {
    title: "the application breaks, and the first error is the one that is told",
    script(connection) {
      connection.fail(1011, broken);
      connection.fail(1008, new Error("later"));
      connection.receive(hex("ff ff"));
    },
    cause: reset,
    record: lost(info(1011), "local"),
    error: broken,
  },
  {
    title: "the application breaks after the peer has closed: that changes nothing",
    script(connection, to) {
      connection.receive(close(1000, "", to));
      connection.fail(1011, broken);
    },
    record: clean(info(1000), info(1000), "remote"),
  },
];

describe.each(ROLES)("%s", (role) => {
  test.each(ROWS)("$title", ({ script, cause, record, error }) => {
    const { connection, records } = setUp(role);
    script(connection, towards(role));
    connection.receiveEnd(cause);
    connection.receiveEnd(new Error("again"));
    connection.abort(new Error("and again"));
    expect(connection.state).toBe("closed");
    expect(records).toHaveLength(1);
    const [{ error: told, ...rest } = { error: null }] = records;
    expect(rest).toEqual(record);
    expect(told instanceof ProtocolError ? told.code : told).toBe(error ?? null);
  });
});
