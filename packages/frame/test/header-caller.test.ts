import { filled, hex, MASK, toHex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import {
  createHeader,
  decodeHeader,
  encodeHeader,
  type FrameHeader,
  headerSize,
  NEED_MORE,
  Opcode,
} from "../src/index.ts";
import { detach, inside, keyOf } from "./support.ts";

const KEY = keyOf(MASK);
const binary: FrameHeader = { ...createHeader(), opcode: Opcode.Binary };

describe("where the header lies", () => {
  test.each([2, 3, 1000, Number.POSITIVE_INFINITY])("offset %d, beyond the end: nothing yet", (offset) => {
    expect(decodeHeader(hex("81 00"), offset, createHeader())).toBe(NEED_MORE);
  });

  test.each([-1, -0.5, 0.5, Number.NaN, Number.NEGATIVE_INFINITY])("offset %d is refused", (offset) => {
    expect(() => decodeHeader(hex("81 00 81 00"), offset, createHeader())).toThrow(RangeError);
    const dst = filled(8, 0xaa);
    expect(() => encodeHeader(binary, dst, offset)).toThrow(RangeError);
    expect(dst).toEqual(filled(8, 0xaa));
  });

  test.each([
    ["a Buffer of the pool", (octets: Uint8Array) => Buffer.from(octets)],
    ["a view in shared memory", (octets: Uint8Array) => inside(new SharedArrayBuffer(40), octets)],
    ["a view at an odd offset", (octets: Uint8Array) => inside(new ArrayBuffer(40), octets)],
  ])("reads from and writes to %s", (_, make) => {
    const wire = hex("82 FF 00 00 00 01 00 00 00 07 37 FA 21 3D");
    const into = createHeader();
    expect(decodeHeader(make(wire), 0, into)).toBe(14);
    expect(into).toEqual({ ...binary, masked: true, maskingKey: KEY, payloadLength: 2 ** 32 + 7 });
    const dst = make(new Uint8Array(14));
    expect(encodeHeader(into, dst, 0)).toBe(14);
    expect(toHex(dst)).toBe(toHex(wire));
  });

  test("a detached buffer holds nothing", () => {
    const src = Uint8Array.of(0x81, 0);
    detach(src);
    expect(decodeHeader(src, 0, createHeader())).toBe(NEED_MORE);
    expect(() => encodeHeader(binary, src, 0)).toThrow(RangeError);
  });
});

describe("encodeHeader refuses what could not be decoded again, and writes nothing", () => {
  test.each<[title: string, header: Partial<Record<keyof FrameHeader, unknown>>, message: string]>([
    ["a reserved opcode", { opcode: 3 }, "Opcode 3"],
    ["an opcode of five bits", { opcode: 17 }, "Opcode 17"],
    ["an opcode with a fraction", { opcode: 1.5 }, "Opcode 1.5"],
    ["a fragmented control frame", { opcode: 9, fin: false }, "fragmented"],
    ["a control frame of 126 octets", { opcode: 8, payloadLength: 126 }, "125"],
    ["FIN among the reserved bits", { rsv: 0x80 }, "rsv 128"],
    ["opcode bits among the reserved bits", { rsv: 0x41 }, "rsv 65"],
    ["negative reserved bits", { rsv: -1 }, "rsv -1"],
    ["reserved bits beyond 32 bits", { rsv: 2 ** 32 + 0x40 }, "rsv 4294967360"],
    ["reserved bits that are no number", { rsv: Number.NaN }, "rsv NaN"],
    ["a negative length", { payloadLength: -1 }, "not -1"],
    ["a length with a fraction", { payloadLength: 1.5 }, "not 1.5"],
    ["a length of 2^53", { payloadLength: 2 ** 53 }, "not 9007199254740992"],
    ["an endless length", { payloadLength: Number.POSITIVE_INFINITY }, "not Infinity"],
    ["a length that is no number", { payloadLength: Number.NaN }, "not NaN"],
    ["a masking key with a fraction", { masked: true, maskingKey: 0.25 }, "not 0.25"],
    ["a masking key of 33 bits", { masked: true, maskingKey: 2 ** 32 }, "not 4294967296"],
    ["a masking key of 33 bits, negative", { masked: true, maskingKey: -(2 ** 31) - 1 }, "not -2147483649"],
    ["a masking key that is no number", { masked: true, maskingKey: undefined }, "not undefined"],
  ])("%s", (_, wrong, message) => {
    const dst = filled(20, 0xaa);
    const call = () => encodeHeader(Object.assign({ ...binary }, wrong), dst, 0);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
    expect(dst).toEqual(filled(20, 0xaa));
  });

  test("a destination without room", () => {
    for (const header of [binary, { ...binary, payloadLength: 65_536, masked: true }]) {
      const size = headerSize(header.payloadLength, header.masked);
      for (let room = 0; room < size; room++) {
        const dst = filled(room + 4, 0xaa);
        expect(() => encodeHeader(header, dst, 4)).toThrow(RangeError);
        expect(dst).toEqual(filled(room + 4, 0xaa));
      }
    }
  });
});
