import { fc, test } from "@fast-check/vitest";
import { concat, filled, frame, hex, MASK, toHex } from "@plyws/testkit";
import { describe, expect } from "vitest";
import {
  createHeader,
  decodeHeader,
  encodeHeader,
  type FrameHeader,
  headerSize,
  MAX_HEADER_SIZE,
  NEED_MORE,
  Opcode,
} from "../src/index.ts";
import { faultFields, faultOf, keyOf } from "./support.ts";

const KEY = keyOf(MASK);
const binary: FrameHeader = { ...createHeader(), opcode: Opcode.Binary };

test("a new header describes an empty binary message", () => {
  expect(createHeader()).toEqual({
    fin: true,
    rsv: 0,
    opcode: Opcode.Binary,
    masked: false,
    maskingKey: 0,
    payloadLength: 0,
  });
  expect(createHeader()).not.toBe(createHeader());
  expect(NEED_MORE).toBe(0);
  expect(MAX_HEADER_SIZE).toBe(14);
});

describe("payload lengths, both directions", () => {
  const rows: [length: number, wire: string][] = [
    [0, "82 00"],
    [1, "82 01"],
    [124, "82 7C"],
    [125, "82 7D"],
    [126, "82 7E 00 7E"],
    [127, "82 7E 00 7F"],
    [128, "82 7E 00 80"],
    [255, "82 7E 00 FF"],
    [256, "82 7E 01 00"],
    [65_534, "82 7E FF FE"],
    [65_535, "82 7E FF FF"],
    [65_536, "82 7F 00 00 00 00 00 01 00 00"],
    [65_537, "82 7F 00 00 00 00 00 01 00 01"],
    [2 ** 24, "82 7F 00 00 00 00 01 00 00 00"],
    [2 ** 31 - 1, "82 7F 00 00 00 00 7F FF FF FF"],
    [2 ** 31, "82 7F 00 00 00 00 80 00 00 00"],
    [2 ** 32 - 1, "82 7F 00 00 00 00 FF FF FF FF"],
    [2 ** 32, "82 7F 00 00 00 01 00 00 00 00"],
    [2 ** 32 + 1, "82 7F 00 00 00 01 00 00 00 01"],
    [2 ** 40 + 2 ** 31, "82 7F 00 00 01 00 80 00 00 00"],
    [2 ** 52, "82 7F 00 10 00 00 00 00 00 00"],
    [2 ** 53 - 2, "82 7F 00 1F FF FF FF FF FF FE"],
    [2 ** 53 - 1, "82 7F 00 1F FF FF FF FF FF FF"],
  ];

  describe.each(rows)("%d octets", (payloadLength, literal) => {
    const plain = hex(literal);
    const masked = concat(plain, MASK);
    masked[1]! |= 0x80;

    describe.each([
      ["unmasked", { ...binary, payloadLength }, plain],
      ["masked", { ...binary, payloadLength, masked: true, maskingKey: KEY }, masked],
    ] as const)("%s", (_, header, wire) => {
      test("has the size of its literal", () => {
        expect(headerSize(payloadLength, header.masked)).toBe(wire.length);
      });

      test.each([0, 1, 7])("is written at offset %i, and nothing else", (offset) => {
        const dst = filled(offset + wire.length + 3, 0xaa);
        expect(encodeHeader(header, dst, offset)).toBe(wire.length);
        expect(toHex(dst)).toBe(toHex(concat(filled(offset, 0xaa), wire, filled(3, 0xaa))));
      });

      test.each([0, 1, 7])("is read at offset %i, whatever follows", (offset) => {
        const src = concat(filled(offset, 0xff), wire, filled(3, 0xff));
        const into = createHeader();
        expect(decodeHeader(src, offset, into)).toBe(wire.length);
        expect(into).toEqual(header);
      });

      test("is not there before its last octet", () => {
        for (let there = 0; there < wire.length; there++) {
          expect(decodeHeader(wire.slice(0, there), 0, createHeader())).toBe(NEED_MORE);
        }
        expect(decodeHeader(wire, 0, createHeader())).toBe(wire.length);
      });

      test("agrees with the builder of the test kit", () => {
        const built = frame({
          opcode: Opcode.Binary,
          announcedLength: BigInt(payloadLength),
          mask: header.masked ? MASK : null,
        });
        expect(toHex(built)).toBe(toHex(wire));
      });
    });
  });
});

describe("what breaks RFC 6455 is refused at the octet that shows it", () => {
  type Row = [title: string, wire: string, seenAt: number, code: string, closeCode: number, section: string];
  const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): Row[] => [
    [`opcode ${opcode}`, toHex(Uint8Array.of(0x80 | opcode, 0)), 1, "reserved-opcode", 1002, "5.2"],
    [`opcode ${opcode} without FIN`, toHex(Uint8Array.of(opcode, 0)), 1, "reserved-opcode", 1002, "5.2"],
  ]);
  const control = [8, 9, 10].flatMap((opcode): Row[] => {
    const [whole, fragment] = [toHex(Uint8Array.of(0x80 | opcode)), toHex(Uint8Array.of(opcode))];
    return [
      [`fragmented control frame ${opcode}`, `${fragment} 00`, 1, "control-fragmented", 1002, "5.5"],
      [`126 octets in ${opcode}`, `${whole} 7E 00 7E`, 2, "control-too-long", 1002, "5.5"],
      [
        `65536 octets in ${opcode}`,
        `${whole} 7F 00 00 00 00 00 01 00 00`,
        2,
        "control-too-long",
        1002,
        "5.5",
      ],
      [`125 octets in 16 bits in ${opcode}`, `${whole} 7E 00 7D`, 2, "control-too-long", 1002, "5.5"],
    ];
  });
  const lengths: Row[] = [
    ["0 in 16 bits", "82 7E 00 00", 4, "length-not-minimal", 1002, "5.2"],
    ["1 in 16 bits", "82 7E 00 01", 4, "length-not-minimal", 1002, "5.2"],
    ["125 in 16 bits", "82 7E 00 7D", 4, "length-not-minimal", 1002, "5.2"],
    ["0 in 64 bits", "82 7F 00 00 00 00 00 00 00 00", 10, "length-not-minimal", 1002, "5.2"],
    ["125 in 64 bits", "82 7F 00 00 00 00 00 00 00 7D", 10, "length-not-minimal", 1002, "5.2"],
    ["126 in 64 bits", "82 7F 00 00 00 00 00 00 00 7E", 10, "length-not-minimal", 1002, "5.2"],
    ["65535 in 64 bits", "82 7F 00 00 00 00 00 00 FF FF", 10, "length-not-minimal", 1002, "5.2"],
    ["2^53", "82 7F 00 20 00 00 00 00 00 00", 10, "length-unsafe", 1009, "5.2"],
    ["2^53 + 1", "82 7F 00 20 00 00 00 00 00 01", 10, "length-unsafe", 1009, "5.2"],
    ["2^54", "82 7F 00 40 00 00 00 00 00 00", 10, "length-unsafe", 1009, "5.2"],
    ["2^63 - 1", "82 7F 7F FF FF FF FF FF FF FF", 10, "length-unsafe", 1009, "5.2"],
    ["2^63", "82 7F 80 00 00 00 00 00 00 00", 10, "length-top-bit", 1002, "5.2"],
    ["2^63 + 5", "82 7F 80 00 00 00 00 00 00 05", 10, "length-top-bit", 1002, "5.2"],
    ["2^64 - 1", "82 7F FF FF FF FF FF FF FF FF", 10, "length-top-bit", 1002, "5.2"],
  ];

  describe.each([...reserved, ...control, ...lengths])(
    "%s: %s",
    (_, literal, seenAt, code, closeCode, section) => {
      const wire = hex(literal);
      const masked = concat(wire, MASK);
      masked[1]! |= 0x80;

      test.each([
        ["unmasked", wire],
        ["masked", masked],
      ])("%s", (__, octets) => {
        for (const offset of [0, 1, 5]) {
          const src = concat(filled(offset, 0x81), octets);
          for (let there = 0; there < seenAt; there++) {
            expect(decodeHeader(src.slice(0, offset + there), offset, createHeader())).toBe(NEED_MORE);
          }
          for (let there = seenAt; there <= octets.length; there++) {
            const fault = faultOf(() => decodeHeader(src.slice(0, offset + there), offset, createHeader()));
            expect(faultFields(fault)).toEqual({ code, closeCode, section });
          }
        }
      });
    },
  );

  test.each([
    ["83", "opcode 3"],
    ["09", "opcode 9"],
    ["82 7E 00 05", "5 in 16 bits"],
    ["82 7F 00 00 00 00 00 00 12 34", "4660 in 64 bits"],
  ])("%s: the message says %s", (wire, message) => {
    expect(faultOf(() => decodeHeader(hex(wire), 0, createHeader())).message).toContain(message);
  });
});

describe("what needs a role or a state is left to the caller", () => {
  test.each([
    ["every reserved bit", "F1 00", { rsv: 0x70, opcode: Opcode.Text }],
    ["RSV1 of a control frame", "C9 00", { rsv: 0x40, opcode: Opcode.Ping }],
    ["RSV2", "A2 00", { rsv: 0x20, opcode: Opcode.Binary }],
    ["RSV3 of a continuation frame", "10 00", { rsv: 0x10, opcode: Opcode.Continuation, fin: false }],
    ["a continuation of nothing", "80 00", { opcode: Opcode.Continuation }],
    ["a masking key of zero", "82 80 00 00 00 00", { masked: true, maskingKey: 0 }],
    ["a masking key with its top bit", "82 80 00 00 00 80", { masked: true, maskingKey: -(2 ** 31) }],
    ["the first octet of the key lowest", "82 80 01 02 03 04", { masked: true, maskingKey: 0x04030201 }],
  ])("%s", (_, literal, expected) => {
    const wire = hex(literal);
    const into = createHeader();
    expect(decodeHeader(wire, 0, into)).toBe(wire.length);
    expect(into).toEqual({ ...createHeader(), ...expected });
    const dst = new Uint8Array(wire.length);
    expect(encodeHeader(into, dst, 0)).toBe(wire.length);
    expect(toHex(dst)).toBe(literal);
  });
});

test.each([0xffff_ffff, 0x8000_0000])("the masking key %d is written as its signed twin", (maskingKey) => {
  const dst = new Uint8Array(6);
  encodeHeader({ ...binary, masked: true, maskingKey }, dst, 0);
  const into = createHeader();
  decodeHeader(dst, 0, into);
  expect(into.maskingKey).toBe(maskingKey | 0);
});

const dataOpcode = fc.constantFrom(Opcode.Continuation, Opcode.Text, Opcode.Binary);
const controlOpcode = fc.constantFrom(Opcode.Close, Opcode.Ping, Opcode.Pong);
const rsv = fc.integer({ min: 0, max: 7 }).map((bits) => bits << 4);
const mask = fc.oneof(
  fc.constant({ masked: false, maskingKey: 0 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((maskingKey) => ({ masked: true, maskingKey })),
);
/** All orders of magnitude alike: a plain range would be above 2^40 nearly always. */
const length = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
  .map(([bits, share]) => Math.floor(2 ** bits * share));
const header: fc.Arbitrary<FrameHeader> = fc
  .tuple(
    rsv,
    mask,
    fc.oneof(
      fc.record({ fin: fc.boolean(), opcode: dataOpcode, payloadLength: length }),
      fc.record({
        fin: fc.constant(true),
        opcode: controlOpcode,
        payloadLength: fc.integer({ min: 0, max: 125 }),
      }),
    ),
  )
  .map(([bits, key, rest]) => ({ rsv: bits, ...key, ...rest }));

test.prop([header, fc.nat({ max: 20 })], { numRuns: 1000 })("decode undoes encode", (given, offset) => {
  const size = headerSize(given.payloadLength, given.masked);
  const dst = new Uint8Array(offset + size);
  expect(encodeHeader(given, dst, offset)).toBe(size);
  for (let there = 0; there < size; there++) {
    expect(decodeHeader(dst.subarray(0, offset + there), offset, createHeader())).toBe(NEED_MORE);
  }
  const into = createHeader();
  expect(decodeHeader(dst, offset, into)).toBe(size);
  expect(into).toEqual(given);
});
