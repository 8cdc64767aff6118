import { fc, test } from "@fast-check/vitest";
import { close, concat, continuation, cuttings, frame, octetByOctet, ping, text } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { type During, ROLES, type Setup, setUp, texts, towards } from "./support.ts";

describe.each(ROLES)("%s", (role) => {
  const to = towards(role);
  const stream = concat(
    text("one", to),
    text("tw", { fin: false, ...to }),
    ping("between", to),
    continuation("o", to),
    text("", to),
    text("three".repeat(30), to),
    close(1000, "bye", to),
  );
  const expected = (() => {
    const { connection, events } = setUp(role);
    connection.receive(stream.slice());
    return events;
  })();

  test("a suspended connection hands out nothing, and everything after resume, however it was cut", () => {
    for (const { name, chunks } of cuttings(stream)) {
      const { connection, events, records, sent } = setUp(role);
      connection.suspend();
      expect(connection.suspended).toBe(true);
      for (const chunk of chunks) connection.receive(chunk);
      connection.receiveEnd();
      expect([events, sent(), records], name).toEqual([[], [], []]);
      connection.resume();
      expect(connection.suspended).toBe(false);
      expect(events, name).toEqual(expected);
      expect(records, name).toMatchObject([{ code: 1000, reason: "bye", clean: true }]);
    }
  });

  test("one that is suspended inside every event hands out one event a time, in order", () => {
    for (const { name, chunks } of cuttings(stream)) {
      const suspend = () => setup.connection.suspend();
      const during: During = { text: suspend, ping: suspend };
      const setup: Setup = setUp(role, during);
      const { connection, events, records } = setup;
      for (const chunk of chunks) connection.receive(chunk);
      connection.receiveEnd();
      for (let count = 1; count <= expected.length; count++) {
        expect(events, name).toEqual(expected.slice(0, count));
        connection.resume();
      }
      expect(events, name).toEqual(expected);
      expect(records, name).toHaveLength(1);
    }
  });

  test.prop([fc.array(fc.oneof(fc.nat({ max: 40 }), fc.constantFrom("suspend", "resume"))), fc.boolean()])(
    "suspending and resuming at any time loses nothing and keeps the order",
    (script, endsEarly) => {
      const { connection, events, records } = setUp(role);
      let at = 0;
      for (const step of script) {
        if (step === "suspend") connection.suspend();
        else if (step === "resume") connection.resume();
        else if (typeof step === "number") {
          connection.receive(stream.slice(at, at + step));
          at += step;
        }
        expect(events).toEqual(expected.slice(0, events.length));
      }
      connection.receive(stream.slice(at));
      if (endsEarly) connection.receiveEnd();
      connection.resume();
      if (!endsEarly) connection.receiveEnd();
      expect(events).toEqual(expected);
      expect(records).toMatchObject([{ clean: true }]);
    },
  );

  test("chunks that come while suspended may be cut inside frames that began before", () => {
    const whole = text("a text that is cut", to);
    for (let at = 1; at < whole.length; at++) {
      const { connection, events } = setUp(role);
      connection.receive(whole.slice(0, at));
      connection.suspend();
      for (const chunk of octetByOctet(whole.subarray(at))) connection.receive(chunk);
      expect(events).toEqual([]);
      connection.resume();
      expect(texts(events)).toEqual(["a text that is cut"]);
    }
  });

  test("the end of the stream waits for what is unread, and for nothing else", () => {
    const { connection, records } = setUp(role);
    connection.suspend();
    connection.receiveEnd();
    expect(records).toHaveLength(1);
  });

  test.each([
    ["fail", (setup: Setup) => setup.connection.fail(1011, new Error("broken"))],
    ["abort", (setup: Setup) => setup.connection.abort(new Error("broken"))],
  ])("%s drops what is unread; when the stream has ended before, that closes it", (_, drop) => {
    const setup = setUp(role);
    const { connection, events, records } = setup;
    connection.suspend();
    connection.receive(stream.slice());
    connection.receiveEnd();
    expect(records).toHaveLength(0);
    drop(setup);
    expect(connection.state).toBe("closed");
    connection.resume();
    connection.receiveEnd();
    expect(events).toEqual([]);
    expect(records).toMatchObject([{ code: 1006, clean: false, initiator: "local" }]);
  });

  test("it may be closed while suspended: the answer is seen after resume", () => {
    const { connection, records, events } = setUp(role);
    connection.suspend();
    connection.receive(concat(text("late", to), close(1000, "", to)));
    connection.close(1000);
    connection.receiveEnd();
    expect(connection.state).toBe("closing");
    connection.resume();
    expect(texts(events)).toEqual(["late"]);
    expect(records).toMatchObject([{ clean: true, initiator: "local" }]);
  });

  test("a violation in what was kept is found after resume", () => {
    const { connection, records } = setUp(role);
    connection.suspend();
    connection.receive(concat(text("fine", to), frame({ opcode: 3, ...to })));
    expect(connection.state).toBe("open");
    connection.resume();
    expect(connection.state).toBe("draining");
    connection.receiveEnd();
    expect(records).toMatchObject([{ sent: { code: 1002 } }]);
  });
});
