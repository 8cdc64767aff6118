import {
  concat,
  cuttings,
  FRAME_VECTORS,
  filled,
  frame,
  hex,
  MASK,
  octets,
  text,
  toHex,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { DEFAULT_MAX_PAYLOAD_LENGTH, decodeFrame, encodeFrame, isOpcode, Opcode } from "../src/index.ts";
import { decodeStream, faultFields, faultOf, keyOf, seen } from "./support.ts";

const KEY = keyOf(MASK);
const GOOD = text("good", { mask: MASK });

describe("the frames that RFC 6455 section 5.7 prints, both directions and however they are cut", () => {
  test.each(FRAME_VECTORS)("$title", ({ wire, frames }) => {
    const written = frames.map(({ opcode, payload = "", fin = true, mask = null }) => {
      if (!isOpcode(opcode)) throw new RangeError("the RFC prints no reserved opcode");
      return { frame: { fin, rsv: 0, opcode, payload: octets(payload) }, masked: mask !== null };
    });
    const expected = written.map(({ frame: given, masked }) => seen(given, masked));
    for (const { name, chunks } of cuttings(wire)) {
      expect(decodeStream(chunks), name).toEqual({ frames: expected, fault: null });
    }
    const encoded = written.map(({ frame: given, masked }) => encodeFrame(given, masked ? KEY : undefined));
    expect(toHex(concat(...encoded))).toBe(toHex(wire));
  });
});

type Row = [title: string, wire: Uint8Array, code: string, closeCode: number, section: string];
const row = (
  title: string,
  wire: string | Uint8Array,
  code: string,
  section = "5.2",
  closeCode = 1002,
): Row => [title, typeof wire === "string" ? hex(wire) : wire, code, closeCode, section];

describe("what breaks RFC 6455 ends the stream with one fault, however it is cut", () => {
  test.each([
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
      row(`reserved opcode ${opcode}`, frame({ opcode, payload: "x", mask: MASK }), "reserved-opcode"),
    ),
    ...[8, 9, 10].flatMap((opcode) => [
      row(`fragmented ${opcode}`, frame({ opcode, fin: false, mask: MASK }), "control-fragmented", "5.5"),
      row(`126 octets in ${opcode}`, frame({ opcode, payload: filled(126, 1) }), "control-too-long", "5.5"),
      row(
        `65536 octets in ${opcode}`,
        frame({ opcode, payload: filled(65_536, 1) }),
        "control-too-long",
        "5.5",
      ),
    ]),
    row("one octet in 16 bits", text("A", { lengthForm: 16, mask: MASK }), "length-not-minimal"),
    row("one octet in 64 bits", text("A", { lengthForm: 64 }), "length-not-minimal"),
    row("126 octets in 64 bits", text("A".repeat(126), { lengthForm: 64 }), "length-not-minimal"),
    row("2^63 announced", text("", { announcedLength: 1n << 63n, mask: MASK }), "length-top-bit"),
    row("2^64 - 1 announced", text("", { announcedLength: (1n << 64n) - 1n }), "length-top-bit"),
    row("2^53 announced", text("", { announcedLength: 1n << 53n }), "length-unsafe", "5.2", 1009),
    row(
      "2^53 - 1 announced",
      text("", { announcedLength: (1n << 53n) - 1n }),
      "message-too-big",
      "7.4.1",
      1009,
    ),
    row("2^32 announced", text("", { announcedLength: 1n << 32n }), "message-too-big", "7.4.1", 1009),
    row("2^31 announced", text("", { announcedLength: 1n << 31n }), "message-too-big", "7.4.1", 1009),
  ])("%s", (_, wire, code, closeCode, section) => {
    for (const before of [hex(""), GOOD]) {
      for (const { name, chunks } of cuttings(concat(before, wire))) {
        const { frames, fault } = decodeStream(chunks);
        expect(fault, name).toEqual({ code, closeCode, section });
        expect(frames.length, name).toBe(before === GOOD ? 1 : 0);
      }
    }
  });
});

describe("a frame is there with its last octet, not before", () => {
  test.each([0, 1, 125, 126, 127, 65_535, 65_536])("%i octets of payload", (length) => {
    for (const mask of [null, MASK]) {
      const wire = frame({ opcode: Opcode.Binary, payload: filled(length, 0xfe), mask });
      const header = wire.length - length;
      // Every octet of the header, and a sample of the long payloads.
      for (let there = 0; there < wire.length; there += there < header + 130 ? 1 : 997) {
        expect(decodeFrame(wire.subarray(0, there))).toBeNull();
      }
      expect(decodeFrame(wire.subarray(0, -1))).toBeNull();
      const found = decodeFrame(wire);
      expect(found).toMatchObject({ masked: mask !== null, size: wire.length });
      expect(Buffer.compare(found!.frame.payload, filled(length, 0xfe))).toBe(0);
      expect(decodeFrame(concat(wire, hex("FF FF")))).toEqual(found);
    }
  });
});

describe("the limit", () => {
  test("is 1 MiB unless told", () => {
    expect(DEFAULT_MAX_PAYLOAD_LENGTH).toBe(1024 * 1024);
    const at = frame({ opcode: 2, announcedLength: 1_048_576n });
    expect(decodeFrame(at)).toBeNull();
    const above = frame({ opcode: 2, announcedLength: 1_048_577n });
    expect(faultOf(() => decodeFrame(above)).message).toContain("1048577 octets, limit 1048576");
  });

  test.each([
    [0, 1],
    [5, 6],
    [125, 126],
    [65_535, 65_536],
  ])("%i allows itself and refuses %i with the last octet of the header", (limit, length) => {
    for (const mask of [null, MASK]) {
      const fits = frame({ opcode: 2, payload: filled(limit, 1), mask });
      expect(decodeFrame(fits, 0, limit)?.size).toBe(fits.length);
      const header = frame({ opcode: 2, announcedLength: BigInt(length), mask });
      expect(decodeFrame(header.subarray(0, -1), 0, limit)).toBeNull();
      expect(faultFields(faultOf(() => decodeFrame(header, 0, limit)))).toEqual({
        code: "message-too-big",
        closeCode: 1009,
        section: "7.4.1",
      });
    }
  });

  test("may be endless: then nothing is allocated before it is there", () => {
    const header = frame({ opcode: 2, announcedLength: (1n << 53n) - 1n, mask: MASK });
    expect(decodeFrame(concat(header, filled(100, 1)), 0, Number.POSITIVE_INFINITY)).toBeNull();
  });

  test.each([Number.NaN, -1, Number.NEGATIVE_INFINITY])("%d is refused", (limit) => {
    expect(() => decodeFrame(GOOD, 0, limit)).toThrow(RangeError);
  });
});

test("a masking key of zero is a key", () => {
  expect(toHex(encodeFrame({ fin: true, rsv: 0, opcode: Opcode.Text, payload: octets("Hello") }, 0))).toBe(
    "81 85 00 00 00 00 48 65 6C 6C 6F",
  );
});
