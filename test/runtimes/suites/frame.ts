import {
  applyMask,
  CloseCode,
  createHeader,
  decodeClose,
  decodeFrame,
  decodeHeader,
  encodeClose,
  encodeFrame,
  encodeHeader,
  headerSize,
  isCloseCode,
  isOpcode,
  NEED_MORE,
} from "@plyws/frame";
import {
  concat,
  FRAME_VECTORS,
  frame,
  hex,
  integer,
  MASK,
  masked,
  octets,
  seededRandom,
  toHex,
} from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

/** The key of RFC 6455 section 5.7, its first octet lowest. */
const KEY = 0x3d21fa37;
/** Around every change of form: RFC 6455 section 5.2. */
const LENGTHS = [0, 1, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537, 100_000];

const random = seededRandom(1);
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => integer(random, 0, 255));

function vectors(check: Check): void {
  for (const { title, wire, frames } of FRAME_VECTORS) {
    let at = 0;
    for (const { fin = true, opcode, payload = "", mask = null } of frames) {
      if (!isOpcode(opcode)) return check.fail(`${title} has no opcode`);
      const found = decodeFrame(wire, at);
      const expected = { fin, rsv: 0, opcode, payload: octets(payload) };
      check.equal(title, found?.frame, expected);
      check.equal(title, found?.masked, mask !== null);
      const encoded = encodeFrame(expected, mask === null ? undefined : KEY);
      check.equal(`${title}, encoded`, encoded, wire.subarray(at, at + encoded.length));
      at += found?.size ?? 0;
    }
    check.equal(`${title}: to the end`, at, wire.length);
  }
}

function roundTrips(check: Check): void {
  for (const length of LENGTHS) {
    const payload = noise(length);
    for (const mask of [null, MASK]) {
      const what = `${length} octets${mask === null ? "" : ", masked"}`;
      const wire = frame({ opcode: 2, payload, mask });
      const value = { fin: true, rsv: 0, opcode: 2, payload } as const;
      check.equal(`${what}, encoded`, encodeFrame(value, mask === null ? undefined : KEY), wire);
      check.equal(`${what}, size`, headerSize(length, mask !== null), wire.length - length);
      check.equal(`${what}, decoded`, decodeFrame(wire), {
        frame: value,
        masked: mask !== null,
        size: wire.length,
      });
      // Neither an octet before it nor one after it belongs to it.
      const among = concat(hex("FF"), wire, hex("00"));
      check.equal(`${what}, among others`, decodeFrame(among, 1)?.frame.payload, payload);
      check.equal(`${what}, one octet short`, decodeFrame(wire.subarray(0, -1)), null);
    }
  }
}

function headers(check: Check): void {
  const into = createHeader();
  for (const opcode of [0, 1, 2, 8, 9, 10] as const) {
    for (const rsv of [0, 1, 2, 4, 7]) {
      for (const fin of opcode < 8 ? [true, false] : [true]) {
        for (const length of opcode < 8 ? [5, 126, 65_536, 2 ** 32, 2 ** 53 - 1] : [125]) {
          const header = { fin, rsv: rsv << 4, opcode, masked: true, maskingKey: KEY, payloadLength: length };
          const wire = frame({ opcode, fin, rsv, mask: MASK, announcedLength: BigInt(length) });
          const written = new Uint8Array(wire.length);
          check.equal(toHex(wire), encodeHeader(header, written, 0), wire.length);
          check.equal(toHex(wire), written, wire);
          check.equal(toHex(wire), decodeHeader(wire, 0, into), wire.length);
          check.equal(toHex(wire), { ...into }, header);
          for (let cut = 0; cut < wire.length; cut++) {
            check.equal(
              `${toHex(wire)}, ${cut} octets of it`,
              decodeHeader(wire.subarray(0, cut), 0, into),
              NEED_MORE,
            );
          }
        }
      }
    }
  }
}

function masking(check: Check): void {
  for (const length of [...Array.from({ length: 40 }, (_, at) => at), 1000, 70_000]) {
    const plain = noise(length + 16);
    for (let start = 0; start < 9; start++) {
      const end = start + length;
      const expected = plain.slice();
      expected.set(masked(plain.subarray(start, end), MASK), start);
      const bytes = plain.slice();
      applyMask(bytes, start, end, KEY);
      check.equal(`${length} octets from ${start}`, bytes, expected);
    }
  }
  const plain = noise(64);
  const expected = masked(plain, MASK);
  for (let cut = 0; cut <= plain.length; cut++) {
    const bytes = plain.slice();
    applyMask(bytes, cut, bytes.length, applyMask(bytes, 0, cut, KEY));
    check.equal(`cut at ${cut}`, bytes, expected);
  }
}

/** RFC 6455 section 5.2 and 5.5: octets, the code of the error, the close code that answers it. */
const FAULTS: readonly (readonly [string, string, number])[] = [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode) => [(0x80 | opcode).toString(16), "reserved-opcode", 1002] as const,
  ),
  ["08", "control-fragmented", 1002],
  ["09", "control-fragmented", 1002],
  ["0A", "control-fragmented", 1002],
  ["88 7E", "control-too-long", 1002],
  ["89 FF", "control-too-long", 1002],
  ["82 7E 00 00", "length-not-minimal", 1002],
  ["82 7E 00 7D", "length-not-minimal", 1002],
  ["82 7F 00 00 00 00 00 00 00 00", "length-not-minimal", 1002],
  ["82 7F 00 00 00 00 00 00 FF FF", "length-not-minimal", 1002],
  ["82 7F 80 00 00 00 00 00 00 00", "length-top-bit", 1002],
  ["82 7F 00 20 00 00 00 00 00 00", "length-unsafe", 1009],
  ["82 7F 00 00 00 00 00 10 00 01", "message-too-big", 1009],
];

function faults(check: Check): void {
  for (const [wire, code, closeCode] of FAULTS) {
    const expected = { name: "ProtocolError", code, closeCode };
    check.throws(wire, () => decodeFrame(hex(wire)), expected);
    check.throws(`${wire}, as late as possible`, () => decodeFrame(concat(hex(wire), noise(200))), expected);
    check.equal(`${wire}, before it shows`, decodeFrame(hex(wire).slice(0, -1)), null);
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

function closePayloads(check: Check): void {
  check.equal("the close codes", range(0, 65_535).filter(isCloseCode), [
    ...range(1000, 1003),
    ...range(1007, 1014),
    ...range(3000, 4999),
  ]);
  for (const code of [1000, 1003, 1007, 1014, 3000, 4999]) {
    for (const reason of ["", "bye", "再见", "\u{1f44b}", "x".repeat(123)]) {
      const payload = concat(Uint8Array.of(code >> 8, code & 255), octets(reason));
      check.equal(`${code} ${reason}`, encodeClose({ code, reason }), payload);
      check.equal(`${code} ${reason}`, decodeClose(payload), { code, reason });
    }
  }
  check.equal("no code", decodeClose(new Uint8Array(0)), { code: CloseCode.NoCode, reason: "" });
  check.equal("no code", encodeClose({ code: 1005, reason: "" }), new Uint8Array(0));
  check.equal("a lone surrogate", encodeClose({ code: 1000, reason: "\ud800" }), hex("03 E8 EF BF BD"));
  for (const [payload, code] of [
    ["03", "close-payload"],
    ["00 00", "close-code"],
    ["03 E7", "close-code"],
    ["03 ED", "close-code"],
    ["03 EE", "close-code"],
    ["03 F7", "close-code"],
    ["0B B7", "close-code"],
    ["13 88", "close-code"],
    ["FF FF", "close-code"],
    ["03 E8 C0 AF", "close-reason"],
    ["03 E8 ED A0 80", "close-reason"],
    ["03 E8 F4 90 80 80", "close-reason"],
    ["03 E8 E2 82", "close-reason"],
  ] as const) {
    check.throws(payload, () => decodeClose(hex(payload)), { name: "ProtocolError", code });
  }
}

function callers(check: Check): void {
  const payload = new Uint8Array(126);
  const ping = { fin: true, rsv: 0, opcode: 9, payload } as const;
  check.throws("a long Ping", () => encodeFrame(ping), { name: "RangeError" });
  check.throws("a fragment of a Ping", () => encodeFrame({ ...ping, fin: false, payload: hex("") }), {
    name: "RangeError",
  });
  // @ts-expect-error what is no octets
  check.throws("no octets", () => encodeFrame({ ...ping, payload: new Uint16Array(1) }), {
    name: "TypeError",
  });
  check.throws("beyond the buffer", () => applyMask(payload, 0, 127, KEY), { name: "RangeError" });
  check.throws("a code that is never sent", () => encodeClose({ code: 1006, reason: "" }), {
    name: "RangeError",
  });
  check.throws("a long reason", () => encodeClose({ code: 1000, reason: "é".repeat(62) }), {
    name: "RangeError",
  });
  const opcodes = Array.from({ length: 17 }, (_, value) => value).filter((value) => isOpcode(value));
  check.equal("the opcodes", opcodes, [0, 1, 2, 8, 9, 10]);
}

const suite: Suite = {
  name: "@plyws/frame",
  groups: {
    "RFC 6455 section 5.7": vectors,
    "every form of length": roundTrips,
    "every header, cut everywhere": headers,
    "masking at every alignment": masking,
    "what a peer does wrong": faults,
    "close payloads": closePayloads,
    "what a caller does wrong": callers,
  },
};
export default suite;
