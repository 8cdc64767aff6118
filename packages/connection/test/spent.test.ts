import {
  binary,
  chopped,
  concat,
  continuation,
  filled,
  frame,
  integer,
  ping,
  type Random,
  seededRandom,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { Connection, OctetQueue } from "../src/index.ts";
import { ROLES, towards } from "./support.ts";

const KIB = 1024;

describe.each(ROLES)("%s", (role) => {
  const to = towards(role);

  /** A connection with a handler that copies, or keeps, what it gets. */
  function setUp(keeps: (data: Uint8Array) => boolean = () => false) {
    const spent: Uint8Array[] = [];
    const got: Uint8Array[] = [];
    const take = (data: Uint8Array): void => {
      const kept = keeps(data);
      if (kept) connection.keepChunk(data);
      got.push(kept ? data : data.slice());
    };
    const connection: Connection = new Connection(
      { role },
      {
        text: (data) => got.push(new TextEncoder().encode(data)),
        binary: take,
        piece: (_, data) => take(data),
        closed: () => {},
        // Whoever gives a chunk back may find other octets in it at once.
        spent: (chunk) => spent.push(chunk.fill(0xee)),
      },
      new OctetQueue(),
    );
    return { connection, spent, got };
  }

  test.each([
    ["whole messages", concat(text("a", to), binary("b", to))],
    ["half of a header", binary(filled(300, 1), to).slice(0, 3)],
    ["half of a message", binary(filled(300, 1), to).slice(0, 100)],
    ["half of a control frame", ping("x".repeat(100), to).slice(0, 50)],
    ["a Ping", ping("x", to)],
  ])("a chunk with %s is spent when it was looked at", (_, chunk) => {
    const { connection, spent } = setUp();
    connection.receive(chunk);
    expect(spent).toEqual([chunk]);
    expect(spent[0]).toBe(chunk);
  });

  test("not before it was looked at to its end", () => {
    const { connection, spent, got } = setUp();
    connection.frameBudget = 1;
    connection.receive(concat(binary("a", to), binary("b", to)));
    expect([got.length, spent.length]).toEqual([1, 0]);
    connection.frameBudget = 1;
    expect([got.length, spent.length]).toEqual([2, 1]);
  });

  test("not when the handler keeps a view of it, but the next one again", () => {
    const { connection, spent } = setUp((data) => data.length > 1);
    connection.receive(binary("kept", to));
    expect(spent).toEqual([]);
    connection.receive(binary("c", to));
    expect(spent).toHaveLength(1);
  });

  test("not when it is a large part of a message of unknown size that is put together", () => {
    const { connection, spent, got } = setUp();
    const payload = filled(200 * KIB, 7);
    const chunks = chopped(binary(payload, { ...to, fin: false }), 64 * KIB);
    const end = continuation("", to);
    for (const chunk of [...chunks, end]) connection.receive(chunk);
    expect(got).toEqual([payload]);
    expect(spent).toEqual([chunks.at(-1), end]);
  });

  test("when it is a part of a message whose size is known, at once", () => {
    const { connection, spent, got } = setUp();
    const payload = filled(200 * KIB, 7);
    const chunks = chopped(binary(payload, to), 64 * KIB);
    for (const chunk of chunks) connection.receive(chunk);
    expect(got).toEqual([payload]);
    expect(spent).toEqual(chunks);
  });

  test("not after the connection has failed", () => {
    const { connection, spent } = setUp();
    connection.receive(frame({ opcode: 3, ...to }));
    expect(spent).toEqual([]);
  });

  /** A message in one frame or several, with Pings between. */
  function message(random: Random, payload: Uint8Array): Uint8Array {
    const count = random() < 0.5 ? 1 : integer(random, 1, 5);
    const size = Math.max(1, Math.ceil(payload.length / count));
    const parts = payload.length === 0 ? [payload] : chopped(payload, size);
    return concat(
      ...parts.flatMap((part, i) => {
        const options = { fin: i === parts.length - 1, ...to };
        return [i === 0 ? binary(part, options) : continuation(part, options), ping("between", to)];
      }),
    );
  }

  test.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "memory that is used again never shows in a message (seed %i)",
    (seed) => {
      const random = seededRandom(seed);
      const { connection, got } = setUp(() => random() < 0.3);
      const payloads = Array.from({ length: 40 }, () =>
        filled(integer(random, 0, 2 ** integer(random, 0, 18)), integer(random, 1, 200)),
      );
      const wire = concat(...payloads.map((payload) => message(random, payload)));
      for (let at = 0; at < wire.length; ) {
        const size = integer(random, 1, 64 * KIB);
        connection.streaming = random() < 0.3;
        if (random() < 0.2) connection.suspend();
        if (random() < 0.2) connection.frameBudget = integer(random, 0, 20);
        connection.receive(wire.slice(at, at + size));
        if (random() < 0.8) connection.resume();
        if (random() < 0.8) connection.frameBudget = Number.POSITIVE_INFINITY;
        at += size;
      }
      connection.frameBudget = Number.POSITIVE_INFINITY;
      connection.resume();
      expect(Buffer.concat(got).equals(Buffer.concat(payloads))).toBe(true);
    },
  );
});
