import { fc, test as property } from "@fast-check/vitest";
import {
  BINARY,
  binary,
  close,
  concat,
  continuation,
  cuttings,
  type FrameOptions,
  filled,
  frame,
  octets,
  PING,
  ping,
  seededRandom,
  TEXT,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { Connection, OctetQueue, type Role } from "../src/index.ts";
import { READ_SIZE, RSV, RunLength, runLength } from "./run-length.ts";
import { ROLES, setUp, towards } from "./support.ts";

/** What is set on the first frame of an encoded message. */
function encodedTowards(role: Role): FrameOptions {
  return { ...towards(role), rsv: RSV };
}

const RUN = filled(100, 0x61);
const LONG = runLength(RUN);

describe.each(ROLES)("%s with an extension", (role) => {
  const to = towards(role);
  const encoded = encodedTowards(role);
  const rowsOf = (): [name: string, stream: Uint8Array, events: unknown[]][] => [
    ["a text", text(runLength(octets("aaaab")), encoded), [{ type: "text", data: "aaaab" }]],
    ["octets", binary(runLength(octets("aab")), encoded), [{ type: "binary", data: octets("aab") }]],
    ["nothing", binary("", encoded), [{ type: "binary", data: octets("") }]],
    ["more than is read at once", binary(LONG, encoded), [{ type: "binary", data: RUN }]],
    [
      "a text that is more than is read at once",
      text(LONG, encoded),
      [{ type: "text", data: "a".repeat(100) }],
    ],
    [
      "fragments, with a Ping between and an empty one",
      concat(
        binary(runLength(octets("aab")), { ...encoded, fin: false }),
        ping("p", to),
        continuation("", { ...to, fin: false }),
        continuation(runLength(octets("bc")), to),
      ),
      [
        { type: "ping", data: octets("p") },
        { type: "binary", data: octets("aabbc") },
      ],
    ],
    [
      "fragments that part a run, and a code point",
      concat(
        text([2, 0xc3].slice(0, 1), { ...encoded, fin: false }),
        continuation([0x61, 1, 0xc3, 1], { ...to, fin: false }),
        continuation([0xa9], to),
      ),
      [{ type: "text", data: "aaé" }],
    ],
    [
      "messages as they are between encoded ones",
      concat(text("plain", to), text([3, 0x78], encoded), binary("raw", to), binary([2, 1], encoded)),
      [
        { type: "text", data: "plain" },
        { type: "text", data: "xxx" },
        { type: "binary", data: octets("raw") },
        { type: "binary", data: Uint8Array.of(1, 1) },
      ],
    ],
  ];

  test.each(rowsOf())("decodes %s, however the stream is cut", (_, stream, due) => {
    for (const { name, chunks } of cuttings(stream)) {
      const extension = new RunLength();
      const { connection, events, records } = setUp(role, {}, { extension });
      for (const chunk of chunks) connection.receive(chunk);
      expect(events, name).toEqual(due);
      expect(records, name).toEqual([]);
    }
  });

  test("gives what is there as a whole to the extension as a whole", () => {
    const extension = new RunLength();
    const { connection } = setUp(role, {}, { extension });
    connection.receive(binary([2, 1], encoded));
    expect(extension.calls).toEqual(["decodePiece 2 last"]);
  });

  test("hands out octets that stay as they are when the extension goes on", () => {
    const { connection, events } = setUp(role, {}, { extension: new RunLength() });
    const kept: Uint8Array[] = [];
    connection.receive(concat(binary([2, 1], encoded), binary([2, 2], encoded)));
    for (const event of events) if (event.type === "binary") kept.push(event.data);
    expect(kept).toEqual([Uint8Array.of(1, 1), Uint8Array.of(2, 2)]);
  });

  const violations: [name: string, stream: Uint8Array, code: string, closeCode: number][] = [
    [
      "its bit on a continuation frame",
      concat(binary([1, 1], { ...encoded, fin: false }), continuation([1, 1], encoded)),
      "reserved-bits",
      1002,
    ],
    [
      "its bit on a continuation of a message as it is",
      concat(binary("a", { ...to, fin: false }), continuation([1, 1], encoded)),
      "reserved-bits",
      1002,
    ],
    ["its bit on a Ping", frame({ opcode: PING, payload: octets(""), ...encoded }), "reserved-bits", 1002],
    ["its bit on a Close frame", close(1000, "", encoded), "reserved-bits", 1002],
    ["another bit", binary("", { ...to, rsv: 0b100 }), "reserved-bits", 1002],
    ["another bit beside its own", binary("", { ...to, rsv: RSV | 0b001 }), "reserved-bits", 1002],
    ["a payload that cannot be decoded", binary([1, 1, 0, 1], encoded), "invalid-deflate", 1007],
    ["a text that is no UTF-8 when decoded", text([1, 0xff], encoded), "invalid-utf8", 1007],
    ["a text that ends inside a code point when decoded", text([1, 0xc3], encoded), "invalid-utf8", 1007],
    ["a message that is too big when decoded", binary([255, 1], encoded), "message-too-big", 1009],
    [
      "a message that is too big by the second piece",
      concat(binary([60, 1], { ...encoded, fin: false }), continuation([60, 1], to)),
      "message-too-big",
      1009,
    ],
  ];

  test.each(violations)("fails on %s, however the stream is cut", (_, stream, code, closeCode) => {
    for (const { name, chunks } of cuttings(concat(stream, text("after", to)))) {
      const extension = new RunLength();
      const { connection, events, records } = setUp(role, {}, { extension, maxMessageSize: 100 });
      for (const chunk of chunks) connection.receive(chunk);
      connection.receiveEnd();
      expect(events, name).toEqual([]);
      expect(records, name).toMatchObject([{ sent: { code: closeCode }, error: { code } }]);
      expect(extension.disposed, name).toBeGreaterThan(0);
    }
  });

  test("holds no more of a message than its limit, whatever it would become", () => {
    const extension = new RunLength();
    const { connection } = setUp(role, {}, { extension, maxMessageSize: 100 });
    connection.receive(binary(runLength(filled(100_000, 1)), encoded));
    expect(connection.state).toBe("draining");
  });

  test("does without the extension when there is none", () => {
    const { connection, records } = setUp(role);
    connection.receive(binary([1, 1], encoded));
    connection.receiveEnd();
    expect(records).toMatchObject([{ error: { code: "reserved-bits" } }]);
  });

  const endings: [name: string, end: (connection: Connection) => void][] = [
    ["the peer closes", (connection) => connection.receive(close(1000, "", to))],
    ["the stream ends", (connection) => connection.receiveEnd()],
    ["it is given up", (connection) => connection.abort()],
    ["it fails", (connection) => connection.fail(1011, new Error("broken"))],
  ];

  test.each(endings)("disposes of the extension when %s, even inside a message", (_, end) => {
    for (const start of [concat(), binary([1, 1, 2], { ...encoded, fin: false })]) {
      const extension = new RunLength();
      const { connection } = setUp(role, {}, { extension });
      connection.receive(start);
      end(connection);
      expect(extension.disposed).toBeGreaterThan(0);
    }
  });

  test.each(endings)("takes it when %s inside its event", (_, end) => {
    const extension = new RunLength();
    const setup = setUp(role, { binary: () => end(setup.connection) }, { extension });
    setup.connection.receive(concat(binary([1, 1], encoded), binary([1, 2], encoded)));
    setup.connection.receiveEnd();
    expect(setup.records).toHaveLength(1);
    expect(setup.events[0]).toEqual({ type: "binary", data: Uint8Array.of(1) });
  });
});

describe.each(ROLES)("%s with an extension that makes much of little", (role) => {
  const to = towards(role);
  const encoded = encodedTowards(role);
  const READS = Math.ceil(RUN.length / READ_SIZE);

  test("counts each read as a frame, so that other connections get their turn", () => {
    const { connection, events } = setUp(role, {}, { extension: new RunLength() });
    const stream = concat(binary(LONG, encoded), ping("p", to));
    connection.frameBudget = 1;
    connection.receive(stream);
    for (let read = 1; read < READS; read++) {
      expect(events).toEqual([]);
      expect(connection.frameBudget).toBe(0);
      connection.frameBudget = 1;
    }
    expect(events).toEqual([{ type: "binary", data: RUN }]);
    connection.frameBudget = 1;
    expect(events).toHaveLength(2);
  });

  test("handles it to its end when the stream has ended in between", () => {
    const { connection, events, records } = setUp(role, {}, { extension: new RunLength() });
    connection.frameBudget = 2;
    connection.receive(binary(LONG, encoded));
    connection.receiveEnd();
    expect([events, records]).toEqual([[], []]);
    connection.frameBudget = READS;
    expect(events).toEqual([{ type: "binary", data: RUN }]);
    expect(records).toHaveLength(1);
  });
});

/** A connection that is stopped while it decodes, and whose handler keeps what is plain. */
function keeping(role: Role, form: boolean | "large") {
  const kept: Uint8Array[] = [];
  const pieces: Uint8Array[] = [];
  const spent: Uint8Array[] = [];
  const keep = (data: Uint8Array): void => {
    connection.keepChunk(data);
    kept.push(data);
  };
  const connection: Connection = new Connection(
    { role, extension: new RunLength() },
    {
      text: () => expect.unreachable(),
      binary: keep,
      piece: (_, data) => {
        connection.keepChunk(data);
        pieces.push(data);
      },
      spent: (chunk) => spent.push(chunk),
      closed: () => {},
    },
    new OctetQueue(),
  );
  connection.streaming = form;
  connection.frameBudget = 2;
  return { connection, kept, pieces, spent };
}

describe.each(ROLES)("%s with an extension, about the memory of a chunk", (role) => {
  const to = towards(role);
  const encoded = encodedTowards(role);
  const plain = filled(50, 0x62);
  const fragments = [binary(LONG, { ...encoded, fin: false }), continuation("", to)];
  const forms: [name: string, form: boolean | "large", frames: Uint8Array[]][] = [
    ["in one frame", false, [binary(LONG, encoded)]],
    ["in fragments", false, fragments],
    ["in one frame, read in pieces", "large", [binary(LONG, encoded)]],
    ["in fragments, read in pieces", "large", fragments],
  ];

  test.each(forms)("decodes a message %s when the one before is transferred", (_, form, [first, ...rest]) => {
    const { connection, kept, pieces } = keeping(role, form);
    const chunk = new Uint8Array(concat(binary(plain, to), first!));
    connection.receive(chunk);
    expect(kept).toEqual([plain]);
    // As an application does that hands what it got over to a worker.
    structuredClone(kept[0], { transfer: [chunk.buffer] });
    connection.frameBudget = Number.POSITIVE_INFINITY;
    for (const next of rest) connection.receive(next);
    expect(concat(...kept.slice(1), ...pieces)).toEqual(RUN);
    expect(connection.state).toBe("open");
  });

  test.each(forms)("has spent it when a message %s is decoded, whoever keeps that", (_, form, frames) => {
    const { connection, spent } = keeping(role, form);
    connection.frameBudget = Number.POSITIVE_INFINITY;
    const chunk = concat(...frames, ping("p", to));
    connection.receive(chunk);
    expect(spent).toEqual([chunk]);
  });
});

/** A connection whose messages come in pieces, and which may be stopped by every piece. */
function streaming(role: Role, onPiece: (connection: Connection) => void = () => {}) {
  const pieces: { opcode: number; data: Uint8Array; last: boolean }[] = [];
  const connection: Connection = new Connection(
    { role, extension: new RunLength(), maxMessageSize: 10 },
    {
      text: () => expect.unreachable(),
      binary: () => expect.unreachable(),
      piece: (opcode, data, last) => {
        pieces.push({ opcode, data, last });
        onPiece(connection);
      },
      closed: () => {},
    },
    new OctetQueue(),
  );
  connection.streaming = true;
  return { connection, pieces };
}

function joined(pieces: readonly { opcode: number; data: Uint8Array; last: boolean }[]) {
  const messages: { opcode: number; data: Uint8Array }[] = [];
  let parts: Uint8Array[] = [];
  for (const { opcode, data, last } of pieces) {
    parts.push(data);
    if (!last) continue;
    messages.push({ opcode, data: concat(...parts) });
    parts = [];
  }
  return messages;
}

describe.each(ROLES)("%s with an extension, in pieces", (role) => {
  const encoded = encodedTowards(role);
  const makeStream = () => concat(binary(LONG, encoded), text([3, 0x78], encoded), binary("", encoded));
  const due = [
    { opcode: BINARY, data: RUN },
    { opcode: TEXT, data: octets("xxx") },
    { opcode: BINARY, data: octets("") },
  ];

  test("gives pieces of a bounded size, without a limit on the message", () => {
    for (const { name, chunks } of cuttings(makeStream())) {
      const { connection, pieces } = streaming(role);
      for (const chunk of chunks) connection.receive(chunk);
      expect(joined(pieces), name).toEqual(due);
      expect(Math.max(...pieces.map(({ data }) => data.length)), name).toBeLessThanOrEqual(READ_SIZE);
    }
  });

  const stops: [
    name: string,
    stop: (connection: Connection) => void,
    goOn: (connection: Connection) => void,
  ][] = [
    ["suspended", (connection) => connection.suspend(), (connection) => connection.resume()],
    [
      "held",
      (connection) => {
        connection.holding = true;
      },
      (connection) => {
        connection.holding = false;
      },
    ],
    [
      "out of budget",
      (connection) => {
        connection.frameBudget = 0;
      },
      (connection) => {
        connection.frameBudget = 1;
      },
    ],
  ];

  test.each(stops)("stops between two pieces of one frame when %s", (name, stop, goOn) => {
    const { connection, pieces } = streaming(role, stop);
    connection.receive(makeStream());
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.last).toBe(false);
    expect(connection.held).toBe(name === "held");
    connection.receiveEnd();
    expect(connection.state).toBe("open");
    for (let count = 0; connection.state !== "closed" && count < 100; count++) goOn(connection);
    expect(joined(pieces)).toEqual(due);
  });

  test("gives nothing more once it was given up inside a piece", () => {
    const { connection, pieces } = streaming(role, () => connection.abort());
    connection.receive(makeStream());
    expect(pieces).toHaveLength(1);
    expect(connection.state).toBe("closed");
  });
});

property.prop({
  messages: fc.array(
    fc.record({
      data: fc.uint8Array({ maxLength: 60 }),
      encode: fc.boolean(),
      fragments: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 8 },
  ),
  seed: fc.integer(),
})("whatever is encoded in whatever fragments arrives as it was", ({ messages, seed }) => {
  const random = seededRandom(seed);
  const frames = messages.flatMap(({ data, encode, fragments }) => {
    const payload = encode ? runLength(data) : data;
    const size = Math.ceil(payload.length / fragments) || 1;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < payload.length || parts.length === 0; at += size)
      parts.push(payload.subarray(at, at + size));
    return parts.map((part, index) => {
      const fin = index === parts.length - 1;
      const options = { ...towards("server"), fin };
      if (index > 0) return continuation(part, options);
      return binary(part, { ...options, rsv: encode ? RSV : 0 });
    });
  });
  const { connection, events } = setUp("server", {}, { extension: new RunLength() });
  const stream = concat(...frames);
  for (let at = 0; at < stream.length; ) {
    const end = at + 1 + Math.floor(random() * 20);
    connection.receive(stream.slice(at, end));
    at = end;
  }
  expect(events).toEqual(messages.map(({ data }) => ({ type: "binary", data })));
});
