import { fc, test } from "@fast-check/vitest";
import { ProtocolError } from "@plyws/frame";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  close,
  concat,
  filled,
  frame,
  octetByOctet,
  octets,
  PING,
  PONG,
  parseFrames,
  type RecordedEvent,
  randomChunks,
  randomCuts,
  TEXT,
  Wire,
} from "@plyws/testkit";
import { describe, expect } from "vitest";
import type { Connection, Role } from "../src/index.ts";
import { ROLES, type Setup, setUp } from "./support.ts";

const roles = fc.constantFrom(...ROLES);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom("", "\ufeffx", "€".repeat(80)),
);
const anyOctets = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(filled(125, 1), filled(126, 2), filled(65_535, 3), filled(65_536, 4)),
);
const controlPayload = fc.uint8Array({ maxLength: 125 });

/** What one side sends, and so what the other side is told. */
const sendings = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("text" as const), data: anyText }),
    fc.record({ type: fc.constant("binary" as const), data: anyOctets }),
    fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), data: controlPayload }),
  ),
  { maxLength: 12 },
);

function send(connection: Connection, event: RecordedEvent): void {
  if (event.type === "text") connection.sendText(event.data);
  else if (event.type === "binary") connection.sendBinary(event.data);
  else if (event.type !== "closed") connection[event.type](event.data);
}

/** The Pongs that the Pings among the events are answered by. */
function pongsFor(sent: readonly RecordedEvent[]): RecordedEvent[] {
  return sent.flatMap((event) => (event.type === "ping" ? [{ type: "pong", data: event.data }] : []));
}

test.prop([sendings, sendings, fc.integer(), fc.constantFrom("a", "b", "both")], { numRuns: 200 })(
  "two connections tell each other everything, however the stream is cut, and close cleanly",
  (fromClient, fromServer, seed, closer) => {
    const wire = new Wire(randomChunks(seed));
    const sides = { a: setUp("client"), b: setUp("server") };
    const flush = (name: "a" | "b") => {
      const taken = concat(...sides[name].outbox.take());
      if (taken.length > 0) wire[name].send(taken);
      if (sides[name].outbox.ended) wire[name].end();
    };
    for (const name of ["a", "b"] as const) {
      const { connection } = sides[name];
      wire[name].onData = (chunk) => {
        connection.receive(chunk);
        flush(name);
      };
      wire[name].onEnd = () => {
        connection.receiveEnd();
        flush(name);
      };
    }
    fromClient.forEach((event) => send(sides.a.connection, event));
    fromServer.forEach((event) => send(sides.b.connection, event));
    flush("a");
    flush("b");
    wire.run();
    expect(sides.b.events).toEqual([...fromClient, ...pongsFor(fromServer)]);
    expect(sides.a.events).toEqual([...fromServer, ...pongsFor(fromClient)]);

    for (const name of closer === "both" ? (["a", "b"] as const) : ([closer] as ("a" | "b")[])) {
      sides[name].connection.close(4000, name);
      flush(name);
    }
    wire.run();
    for (const { records } of Object.values(sides))
      expect(records).toMatchObject([{ code: 4000, clean: true }]);
  },
);

interface Planned {
  readonly wire: Uint8Array;
  readonly events: readonly RecordedEvent[];
}

/** A legal stream made by the frame builder of the test kit, and what its author knows that it says. */
const legalStream = (role: Role): fc.Arbitrary<Planned> => {
  const mask = role === "server" ? fc.uint8Array({ minLength: 4, maxLength: 4 }) : fc.constant(null);
  const control = fc.record({ opcode: fc.constantFrom(PING, PONG), payload: controlPayload, mask });
  const message = fc.record({
    content: fc.oneof(
      anyText.map((data) => ({
        opcode: TEXT,
        payload: octets(data),
        event: { type: "text" as const, data },
      })),
      anyOctets.map((data) => ({ opcode: BINARY, payload: data, event: { type: "binary" as const, data } })),
    ),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.array(control, { maxLength: 2 }),
    mask,
  });
  return fc.array(message, { maxLength: 6 }).map((messages) => {
    const parts: Uint8Array[] = [];
    const events: RecordedEvent[] = [];
    for (const { content, cuts, between, mask: key } of messages) {
      const { opcode, payload, event } = content;
      const edges = [
        0,
        ...cuts.map((cut) => cut % (payload.length + 1)).toSorted((x, y) => x - y),
        payload.length,
      ];
      edges.slice(1).forEach((end, i) => {
        const fin = i === edges.length - 2;
        const piece = payload.slice(edges[i], end);
        parts.push(frame({ opcode: i === 0 ? opcode : CONTINUATION, payload: piece, fin, mask: key }));
        if (fin) events.push(event);
        for (const ping of between) {
          parts.push(frame(ping));
          events.push({ type: ping.opcode === PING ? "ping" : "pong", data: ping.payload });
        }
      });
    }
    return { wire: concat(...parts), events };
  });
};

function deliver(setup: Setup, chunks: readonly Uint8Array[]): Setup {
  for (const chunk of chunks) setup.connection.receive(chunk);
  return setup;
}

describe.each(ROLES)("%s", (role) => {
  test.prop([legalStream(role), fc.integer()], { numRuns: 150 })(
    "a legal stream says what its author planned, however it is cut",
    ({ wire, events }, seed) => {
      const whole = deliver(setUp(role), [wire.slice()]);
      expect(whole.events).toEqual(events);
      const answers = whole.sent();
      expect(answers.map(({ payload }) => payload)).toEqual(
        events.flatMap((event) => (event.type === "ping" ? [event.data] : [])),
      );
      for (const chunks of [randomCuts(wire, seed), wire.length < 5000 ? octetByOctet(wire) : []]) {
        if (chunks.length === 0) continue;
        const cut = deliver(setUp(role), chunks);
        expect(cut.events).toEqual(events);
        expect(cut.sent().map(({ payload }) => payload)).toEqual(answers.map(({ payload }) => payload));
        expect(cut.connection.state).toBe("open");
      }
    },
  );

  const damaged = fc
    .tuple(
      legalStream(role),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
    )
    .map(([{ wire }, changes]) => {
      const octetsOf = wire.slice(0, 3000);
      for (const [at, value] of changes) if (octetsOf.length > 0) octetsOf[at % octetsOf.length] = value;
      return octetsOf;
    });
  const garbage = fc.uint8Array({ maxLength: 200 });

  test.prop([fc.oneof(damaged, garbage), fc.integer()], { numRuns: 1000 })(
    "any octets end in events or one ProtocolError, the same at every cutting, never in another exception",
    (wire, seed) => {
      const outcomes = [[wire.slice()], randomCuts(wire, seed), octetByOctet(wire)].map((chunks) => {
        const setup = deliver(setUp(role), chunks);
        setup.connection.receiveEnd();
        const frames = parseFrames(concat(...setup.outbox.take()));
        const [record] = setup.records;
        expect(setup.records).toHaveLength(1);
        expect(setup.connection.state).toBe("closed");
        expect(record?.error === null || record?.error instanceof ProtocolError).toBe(true);
        expect(frames.every((sent) => sent.masked === (role === "client"))).toBe(true);
        const closing = frames.filter(({ opcode }) => opcode === CLOSE);
        const answered = record?.error !== null || record?.received !== null;
        expect(closing).toHaveLength(answered ? 1 : 0);
        if (answered) expect(frames.at(-1)?.opcode).toBe(CLOSE);
        return { events: setup.events, record };
      });
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect(outcomes[2]).toEqual(outcomes[0]);
    },
  );
});

test.prop([roles, fc.uint8Array({ maxLength: 100 })])("octets after Close change nothing", (role, wire) => {
  const { connection, events, records, sent } = setUp(role);
  connection.receive(close(1000, "", { mask: role === "server" ? octets([1, 2, 3, 4]) : null }));
  sent();
  connection.receive(wire);
  connection.receiveEnd();
  expect([events, sent()]).toEqual([[], []]);
  expect(records).toMatchObject([{ code: 1000, clean: true, error: null }]);
});
