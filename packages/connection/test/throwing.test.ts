import { ProtocolError } from "@plyws/frame";
import { binary, concat, continuation, PONG, ping, pong, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { createStringCodec } from "../src/index.ts";
import { type During, ROLES, setUp, texts, towards } from "./support.ts";

const boom = new Error("boom");

/** Throws in the first event of a kind. */
function throwing(callback: keyof During, error: Error = boom): During {
  let thrown = false;
  return {
    [callback]() {
      if (thrown) return;
      thrown = true;
      throw error;
    },
  };
}

describe.each(ROLES)("%s", (role) => {
  const to = towards(role);
  const frames = {
    text: text("now", to),
    "fragmented text": concat(text("n", { fin: false, ...to }), continuation("ow", to)),
    binary: binary("now", to),
    ping: ping("now", to),
    pong: pong("now", to),
  };

  describe.each([
    { callback: "text", trigger: "text" },
    { callback: "text", trigger: "fragmented text" },
    { callback: "binary", trigger: "binary" },
    { callback: "ping", trigger: "ping" },
    { callback: "pong", trigger: "pong" },
  ] as const)("what $trigger throws", ({ callback, trigger }) => {
    const chunk = () => concat(frames[trigger], text("second", to), text("third", to));

    test("comes out of receive, and resume goes on", () => {
      const { connection, events, sent } = setUp(role, throwing(callback));
      expect(() => connection.receive(chunk())).toThrow(boom);
      expect(connection.state).toBe("open");
      expect(events).toHaveLength(1);
      connection.resume();
      expect(texts(events.slice(1))).toEqual(["second", "third"]);
      expect(sent().map(({ opcode }) => opcode)).toEqual(callback === "ping" ? [PONG] : []);
    });

    test("comes out of receive, and the next receive goes on", () => {
      const { connection, events } = setUp(role, throwing(callback));
      const whole = chunk();
      expect(() => connection.receive(whole.subarray(0, -3))).toThrow(boom);
      connection.receive(whole.subarray(-3));
      expect(texts(events.slice(1))).toEqual(["second", "third"]);
    });

    test("comes out of receive, and receiveEnd goes on", () => {
      const { connection, events, records } = setUp(role, throwing(callback));
      expect(() => connection.receive(chunk())).toThrow(boom);
      connection.receiveEnd();
      expect(texts(events.slice(1))).toEqual(["second", "third"]);
      expect(records).toHaveLength(1);
    });

    test("comes out of resume", () => {
      const { connection, events } = setUp(role, throwing(callback));
      connection.suspend();
      connection.receive(chunk());
      expect(() => connection.resume()).toThrow(boom);
      expect(connection.suspended).toBe(false);
      connection.resume();
      expect(texts(events.slice(1))).toEqual(["second", "third"]);
    });

    test("comes out of receive as the last event of a stream that has ended, and closed is told", () => {
      const { connection, records } = setUp(role, throwing(callback));
      connection.suspend();
      connection.receive(frames[trigger].slice());
      connection.receiveEnd();
      expect(records).toHaveLength(0);
      expect(() => connection.resume()).toThrow(boom);
      expect(records).toHaveLength(1);
    });

    test("may be answered by failing the connection", () => {
      const { connection, events, records, sent } = setUp(role, throwing(callback));
      expect(() => connection.receive(chunk())).toThrow(boom);
      sent();
      connection.fail(1011, boom);
      expect(connection.state).toBe("draining");
      connection.resume();
      connection.receive(text("more", to));
      connection.receiveEnd();
      expect(events).toHaveLength(1);
      expect(records).toMatchObject([{ error: boom, sent: { code: 1011 }, clean: false }]);
    });

    test("is no fault of the peer, even when it is a ProtocolError", () => {
      const fault = new ProtocolError("reserved-bits");
      const { connection, sent } = setUp(role, throwing(callback, fault));
      expect(() => connection.receive(chunk())).toThrow(fault);
      expect(connection.state).toBe("open");
      expect(sent().every(({ opcode }) => opcode === PONG)).toBe(true);
    });
  });

  test("what closed throws comes out of receiveEnd, once", () => {
    const { connection, records } = setUp(role, throwing("closed"));
    expect(() => connection.receiveEnd()).toThrow(boom);
    expect(connection.state).toBe("closed");
    connection.receiveEnd();
    connection.abort();
    expect(records).toHaveLength(1);
  });

  test("what closed throws comes out of abort, also inside an event", () => {
    const setup = setUp(role, { ...throwing("closed"), text: () => setup.connection.abort() });
    const { connection, events, records } = setup;
    expect(() => connection.receive(concat(text("a", to), text("b", to)))).toThrow(boom);
    expect([connection.state, events.length, records.length]).toEqual(["closed", 1, 1]);
  });

  test("what a text codec throws comes out too, with the rest intact", () => {
    const codec = createStringCodec();
    let first = true;
    const { connection, events } = setUp(
      role,
      {},
      {
        text: {
          ...codec,
          decode(utf8, start, end) {
            if (!first) return codec.decode(utf8, start, end);
            first = false;
            throw boom;
          },
        },
      },
    );
    expect(() => connection.receive(concat(text("lost", to), text("kept", to)))).toThrow(boom);
    connection.resume();
    expect(texts(events)).toEqual(["kept"]);
  });
});
