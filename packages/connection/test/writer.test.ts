import { fc, test } from "@fast-check/vitest";
import { BINARY, concat, filled, maskingKeys, octets, PING, parseFrames, TEXT, toHex } from "@plyws/testkit";
import { describe, expect, vi } from "vitest";
import { ATTACH_FROM, Connection, type ConnectionHandler, type Outbox, type Role } from "../src/index.ts";
import { ROLES, setUp } from "./support.ts";

const SIZES = [
  [0, 1, 2, 3, 4, 63, 64, 124, 125, 126, 127, 128],
  [ATTACH_FROM - 15, ATTACH_FROM - 14, ATTACH_FROM - 1, ATTACH_FROM, ATTACH_FROM + 1],
  [65_534, 65_535, 65_536, 65_537, 200_000],
].flat();

/** Code units around the edges of headers (in octets of UTF-8) and of what is encoded in place. */
const LENGTHS = [
  [0, 1, 31, 32, 41, 42, 43, 62, 63, 64, 124, 125, 126, 127],
  [5455, 5456, 5457, 8191, 8192, ATTACH_FROM - 1, ATTACH_FROM, 21_845, 21_846],
  [32_767, 32_768, 65_535, 65_536],
].flat();

const UNITS = [
  { name: "ASCII", unit: "x" },
  { name: "two octets each", unit: "é" },
  { name: "three octets each", unit: "€" },
  { name: "surrogate pairs", unit: "😀" },
  { name: "high surrogates alone", unit: "\ud83d" },
  { name: "low surrogates alone", unit: "\ude00" },
  { name: "everything", unit: "aé€😀\ud83d" },
];

const handler: ConnectionHandler = { text() {}, binary() {}, closed() {} };

/** An outbox whose memory is never clean, and whose reservations begin anywhere. */
class DirtyOutbox implements Outbox {
  bytes = filled(0, 0);
  readonly congested = false;
  readonly written: Uint8Array[] = [];
  #at = 0;
  #reservations = 0;

  reserve(size: number): number {
    this.#at = this.#reservations++ % 7;
    this.bytes = filled(this.#at + size, 0xa5);
    return this.#at;
  }

  commit(size: number): void {
    expect(this.#at + size).toBeLessThanOrEqual(this.bytes.length);
    this.written.push(this.bytes.slice(this.#at, this.#at + size));
  }

  attach(payload: Uint8Array): void {
    this.written.push(payload);
  }

  end(): void {
    this.written.push(filled(0, 0));
  }
}

function dirty(role: Role) {
  const outbox = new DirtyOutbox();
  const connection = new Connection({ role }, handler, outbox);
  return { connection, frames: () => parseFrames(concat(...outbox.written.splice(0))) };
}

describe.each(ROLES)("%s", (role) => {
  const whole = (opcode: number, payload: Uint8Array) => {
    return { fin: true, rsv: 0, opcode, masked: role === "client", payload };
  };

  test.each(SIZES)("a binary message of %d octets is one frame, and is not changed", (size) => {
    const { connection, frames } = dirty(role);
    const data = octets(Array.from({ length: size }, (_, i) => i * 7));
    const copy = data.slice();
    expect(connection.sendBinary(data)).toBe(true);
    const sent = frames();
    expect(sent.length).toBe(1);
    expect(Buffer.compare(sent[0]?.payload ?? filled(0, 0), copy)).toBe(0);
    expect({ ...sent[0], payload: filled(0, 0) }).toEqual(whole(BINARY, filled(0, 0)));
    expect(Buffer.compare(data, copy), "not masked in place").toBe(0);
  });

  describe.each(UNITS)("a text of $name", ({ unit }) => {
    test.each(LENGTHS)("and %d code units is one frame of its UTF-8", (length) => {
      const { connection, frames } = dirty(role);
      const data = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
      expect(connection.sendText(data)).toBe(true);
      const [sent, ...rest] = frames();
      expect(rest).toEqual([]);
      expect(Buffer.compare(sent?.payload ?? filled(1, 0), octets(data))).toBe(0);
      expect({ ...sent, payload: filled(0, 0) }).toEqual(whole(TEXT, filled(0, 0)));
    });
  });

  const codeUnits = fc
    .array(
      fc.oneof(fc.nat({ max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat({ max: 0x7f })),
      {
        maxLength: 200,
      },
    )
    .map((units) => String.fromCharCode(...units));

  test.prop([fc.array(codeUnits, { minLength: 1, maxLength: 5 })])(
    "any texts come out as their UTF-8",
    (texts) => {
      const { connection, sent } = setUp(role);
      for (const data of texts) connection.sendText(data);
      expect(sent()).toEqual(texts.map((data) => whole(TEXT, octets(data))));
    },
  );

  test("control frames copy their payload", () => {
    const { connection, sent } = setUp(role);
    const payload = octets("copied");
    connection.ping(payload);
    payload.fill(0);
    expect(sent()).toEqual([whole(PING, octets("copied"))]);
  });
});

describe("a payload is queued by reference", () => {
  test.each([
    { role: "server", size: ATTACH_FROM, byReference: true },
    { role: "server", size: ATTACH_FROM - 1, byReference: false },
    { role: "client", size: ATTACH_FROM, byReference: false },
    { role: "client", size: ATTACH_FROM - 1, byReference: false },
  ] as const)("by a $role, with $size octets: $byReference", ({ role, size, byReference }) => {
    const { connection, outbox } = setUp(role);
    const data = filled(size, 1);
    connection.sendBinary(data);
    expect(outbox.take().includes(data)).toBe(byReference);
  });
});

describe("masking keys", () => {
  test("are fresh for each frame, whatever its kind", () => {
    const { connection, outbox } = setUp("client");
    for (let count = 0; count < 100; count++) {
      connection.sendText("same");
      connection.sendBinary(filled(ATTACH_FROM, 1));
      connection.ping();
      connection.pong();
    }
    connection.close();
    const keys = maskingKeys(concat(...outbox.take())).map(toHex);
    expect(keys).toHaveLength(401);
    // Two of 401 random keys are equal once in fifty thousand runs, three never.
    expect(new Set(keys).size).toBeGreaterThanOrEqual(400);
  });

  test("are asked for once a frame, in order, and may be any 32-bit integers", () => {
    const given = [0, -1, 0x04_03_02_01, 0xff_00_00_00, -0x80000000];
    const keys = given.values();
    const { connection, outbox, sent } = setUp(
      "client",
      {},
      { nextMaskingKey: () => keys.next().value ?? 0 },
    );
    for (const _ of given) connection.sendText("Hello");
    const wire = concat(...outbox.take());
    expect(maskingKeys(wire).map(toHex)).toEqual([
      "00 00 00 00",
      "FF FF FF FF",
      "01 02 03 04",
      "00 00 00 FF",
      "00 00 00 80",
    ]);
    expect(parseFrames(wire).map(({ payload }) => payload)).toEqual(given.map(() => octets("Hello")));
    expect(sent()).toEqual([]);
  });

  test("are not asked for by a server", () => {
    const nextMaskingKey = vi.fn<() => number>(() => 1);
    const { connection, sent } = setUp("server", {}, { nextMaskingKey });
    connection.sendText("x");
    connection.close();
    expect(sent().map(({ masked }) => masked)).toEqual([false, false]);
    expect(nextMaskingKey).not.toHaveBeenCalled();
  });
});
