import { CLOSE, concat, filled, maskingKeys, PING, parseFrames, toHex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { Connection, type ConnectionOptions, OctetQueue } from "../src/index.ts";

function make(options: ConnectionOptions) {
  const outbox = new OctetQueue();
  const connection = new Connection(options, { text() {}, binary() {}, closed() {} }, outbox);
  return { connection, take: () => concat(...outbox.take()) };
}

const ROLES = ["server", "client"] as const;
const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536];

describe("what a connection sends", () => {
  for (const role of ROLES) {
    test(`as a ${role} is ${role === "client" ? "" : "not "}masked, in the minimal length form (RFC 6455 sections 5.1 and 5.2)`, () => {
      const { connection, take } = make({ role });
      for (const size of SIZES) {
        connection.sendBinary(filled(size, 0xfe));
        connection.sendText("*".repeat(size));
      }
      // parseFrames refuses a length that is not minimal.
      const frames = parseFrames(take());
      expect(frames.map(({ payload }) => payload.length)).toEqual(SIZES.flatMap((size) => [size, size]));
      expect(new Set(frames.map(({ masked }) => masked))).toEqual(new Set([role === "client"]));
      for (const [i, { payload }] of frames.entries()) {
        expect(payload.every((octet) => octet === (i % 2 === 0 ? 0xfe : 0x2a))).toBe(true);
      }
    });

    test(`as a ${role} after its Close frame is nothing (RFC 6455 section 5.5.1)`, () => {
      const { connection, take } = make({ role });
      expect(connection.close(1000)).toBe(true);
      expect(parseFrames(take()).map(({ opcode }) => opcode)).toEqual([CLOSE]);
      expect(connection.sendText("late")).toBe(false);
      expect(connection.sendBinary(filled(1, 0))).toBe(false);
      expect(connection.ping()).toBe(false);
      expect(connection.close(1001)).toBe(false);
      expect(take()).toHaveLength(0);
    });

    test(`as a ${role} is no close code that stands for the lack of one (RFC 6455 section 7.4.1)`, () => {
      const { connection, take } = make({ role });
      for (const code of [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535]) {
        expect(() => connection.close(code)).toThrow(RangeError);
      }
      expect(() => connection.close(1000, "*".repeat(124))).toThrow(RangeError);
      expect(() => connection.ping(filled(126, 0))).toThrow(RangeError);
      expect(connection.state).toBe("open");
      expect(take()).toHaveLength(0);
    });
  }
});

test("the masking key is another one for each frame, in every bit (RFC 6455 section 5.3)", () => {
  const { connection, take } = make({ role: "client" });
  for (let i = 0; i < 300; i++) connection.sendText("Hello");
  connection.ping();
  connection.close();
  const wire = take();
  expect(parseFrames(wire).at(-2)?.opcode).toBe(PING);
  const keys = maskingKeys(wire);
  expect(keys).toHaveLength(302);
  // One pair in 302 keys is equal by chance once in 100,000 runs; two pairs never.
  expect(new Set(keys.map(toHex)).size).toBeGreaterThanOrEqual(301);
  for (let octet = 0; octet < 4; octet++) {
    for (let bit = 0; bit < 8; bit++) {
      // 91 away from the mean is more than ten standard deviations.
      const ones = keys.filter((key) => ((key[octet] ?? 0) >> bit) & 1).length;
      expect(ones).toBeGreaterThan(60);
      expect(ones).toBeLessThan(242);
    }
  }
});
