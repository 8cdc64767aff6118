import { fc, test } from "@fast-check/vitest";
import { closePayload, concat, hex, toHex, UTF8_CATALOGUE } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { CloseCode, decodeClose, encodeClose, isCloseCode, MAX_REASON_SIZE } from "../src/index.ts";
import { faultFields, faultOf } from "./support.ts";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The slow reference: the reason, or null for octets that are no UTF-8. */
function referenceReason(octets: Uint8Array): string | null {
  try {
    return strict.decode(octets);
  } catch {
    return null;
  }
}

/** What decodeClose makes of the reason: the reason, or null for the fault that it must be. */
function reasonOf(octets: Uint8Array): string | null {
  const payload = closePayload(1000, octets);
  if (referenceReason(octets) !== null) return decodeClose(payload).reason;
  expect(faultFields(faultOf(() => decodeClose(payload)))).toEqual({
    code: "close-reason",
    closeCode: 1007,
    section: "5.5.1",
  });
  return null;
}

test("the named close codes", () => {
  expect(CloseCode).toEqual({
    Normal: 1000,
    GoingAway: 1001,
    ProtocolError: 1002,
    UnsupportedData: 1003,
    NoCode: 1005,
    Abnormal: 1006,
    InvalidPayload: 1007,
    PolicyViolation: 1008,
    MessageTooBig: 1009,
    MandatoryExtension: 1010,
    InternalError: 1011,
    ServiceRestart: 1012,
    TryAgainLater: 1013,
    BadGateway: 1014,
    TlsHandshake: 1015,
  });
});

describe("close codes", () => {
  // RFC 6455 section 7.4 and the registry of IANA.
  const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  const maySend = new Set([...registered, ...Array.from({ length: 2000 }, (_, i) => 3000 + i)]);
  const codes = Array.from({ length: 65_536 }, (_, code) => code);

  test("isCloseCode knows every code of two octets", () => {
    expect(codes.filter(isCloseCode)).toEqual([...maySend]);
  });

  test("decodeClose takes these and refuses the others", () => {
    for (const code of codes) {
      const payload = closePayload(code);
      if (maySend.has(code)) expect(decodeClose(payload)).toEqual({ code, reason: "" });
      else {
        const fault = faultOf(() => decodeClose(payload));
        expect(faultFields(fault)).toEqual({ code: "close-code", closeCode: 1002, section: "7.4" });
        expect(fault.message).toContain(`: ${code} (`);
      }
    }
  });

  test("encodeClose takes these, and 1005 for no code, and refuses the others", () => {
    for (const code of codes) {
      const call = () => encodeClose({ code, reason: "" });
      if (code === 1005) expect(call()).toEqual(new Uint8Array(0));
      else if (maySend.has(code)) expect(call()).toEqual(closePayload(code));
      else expect(call).toThrow(RangeError);
    }
  });

  test.each([-1, 1000.5, 3000.5, 65_536, 66_536, Number.NaN, Number.POSITIVE_INFINITY])(
    "%d is none",
    (code) => {
      expect(isCloseCode(code)).toBe(false);
      expect(() => encodeClose({ code, reason: "" })).toThrow(`Close code ${code}`);
    },
  );

  test("1005 with a reason cannot be written", () => {
    expect(() => encodeClose({ code: 1005, reason: "why" })).toThrow(RangeError);
  });
});

describe("payloads, both directions", () => {
  const rows: [title: string, wire: string, code: number, reason: string][] = [
    ["nothing at all", "", 1005, ""],
    ["a code alone", "03 E8", 1000, ""],
    ["a code and a reason", "03 E8 62 79 65", 1000, "bye"],
    ["the highest code", "13 87 21", 4999, "!"],
    ["a BOM is content", "03 E9 EF BB BF 61", 1001, "\ufeffa"],
    ["a BOM alone", "03 E9 EF BB BF", 1001, "\ufeff"],
    ["NUL is content", "03 E8 00 61 00", 1000, "\0a\0"],
    ["a percent sign is content", "03 E8 25 34 31 25", 1000, "%41%"],
    ["two, three and four octets", "03 E8 C2 A2 E2 82 AC F0 9F 98 80", 1000, "¢€😀"],
    ["U+FFFD itself", "03 E8 EF BF BD", 1000, "\ufffd"],
  ];

  test.each(rows)("%s", (_, wire, code, reason) => {
    expect(decodeClose(hex(wire))).toEqual({ code, reason });
    expect(toHex(encodeClose({ code, reason }))).toBe(wire);
  });

  test("a single octet is refused", () => {
    for (let octet = 0; octet <= 0xff; octet++) {
      const fault = faultOf(() => decodeClose(Uint8Array.of(octet)));
      expect(faultFields(fault)).toEqual({ code: "close-payload", closeCode: 1002, section: "5.5.1" });
    }
  });

  test("a bad code is told before a bad reason", () => {
    expect(faultOf(() => decodeClose(hex("00 00 FF"))).code).toBe("close-code");
  });

  test.each([
    ["a Buffer", (octets: Uint8Array) => Buffer.from(octets)],
    [
      "a view at an odd offset",
      (octets: Uint8Array) => concat(hex("FF FF FF"), octets, hex("FF")).subarray(3, -1),
    ],
  ])("%s is read where it lies and not changed", (_, make) => {
    const payload = make(hex("03 E8 62 79 65"));
    expect(decodeClose(payload)).toEqual({ code: 1000, reason: "bye" });
    expect(toHex(payload)).toBe("03 E8 62 79 65");
  });
});

describe("the size of the reason", () => {
  test("is 123 octets at most", () => {
    expect(MAX_REASON_SIZE).toBe(123);
  });

  test.each([
    ["one octet each", "a".repeat(123), "a".repeat(124)],
    ["two octets each", "é".repeat(61), "é".repeat(62)],
    ["three octets each", "€".repeat(41), "€".repeat(41) + "a"],
    ["four octets each", "😀".repeat(30), "😀".repeat(31)],
    ["lone surrogates count as three", "\ud800".repeat(41), "\udc00".repeat(42)],
  ])("%s", (_, fits, tooLong) => {
    expect(encodeClose({ code: 1000, reason: fits })).toEqual(closePayload(1000, fits));
    expect(() => encodeClose({ code: 1000, reason: tooLong })).toThrow(
      `not ${encoder.encode(tooLong).length}`,
    );
  });
});

describe("a reason that is no Unicode is written with U+FFFD", () => {
  test.each([
    ["high alone", "\ud83d"],
    ["low alone", "\ude00"],
    ["the wrong way round", "\ude00\ud83d"],
    ["high twice, then low", "\ud83d\ud83d\ude00"],
    ["between letters", "a\ud800b"],
  ])("%s", (_, reason) => {
    expect(encodeClose({ code: 1000, reason })).toEqual(closePayload(1000, encoder.encode(reason)));
  });
});

describe("UTF-8 is that of TextDecoder with fatal and ignoreBOM", () => {
  test.each(UTF8_CATALOGUE)("$id $title", ({ octets, valid }) => {
    expect(reasonOf(octets) !== null).toBe(valid);
    expect(reasonOf(octets)).toBe(referenceReason(octets));
  });

  test("every code point there and back", { timeout: 60_000 }, () => {
    const wrong: string[] = [];
    for (let first = 0; first <= 0x10_ffff; first += 16) {
      if (first >= 0xd800 && first <= 0xdfff) continue;
      const reason = String.fromCodePoint(...Array.from({ length: 16 }, (_, i) => first + i));
      const wire = encodeClose({ code: 1000, reason });
      const isRight =
        Buffer.compare(wire, closePayload(1000, reason)) === 0 && decodeClose(wire).reason === reason;
      if (!isRight) wrong.push(first.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("every pair of octets", { timeout: 60_000 }, () => {
    const wrong: string[] = [];
    for (let pair = 0; pair <= 0xffff; pair++) {
      const octets = Uint8Array.of(pair >>> 8, pair & 0xff);
      if (reasonOf(octets) !== referenceReason(octets)) wrong.push(toHex(octets));
    }
    expect(wrong).toEqual([]);
  });
});

/** Octets near the edges of UTF-8, so that sequences are often nearly right. */
const nearUtf8 = fc.array(
  fc.constantFrom(
    ...hex("00 25 41 7F 80 8F 90 9F A0 BB BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 F8 FC FE FF"),
  ),
  { maxLength: 12 },
);
const anyUtf16 = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd7f0, max: 0xe010 }),
      fc.constant(0x25),
    ),
    {
      maxLength: 41,
    },
  )
  .map((units) => String.fromCharCode(...units));

test.prop([fc.oneof(nearUtf8, fc.uint8Array({ maxLength: 123 }))], { numRuns: 2000 })(
  "any octets: the reason is the reference's, or the fault is",
  (octets) => {
    expect(reasonOf(Uint8Array.from(octets))).toBe(referenceReason(Uint8Array.from(octets)));
  },
);

test.prop([anyUtf16], { numRuns: 1000 })("any string: the octets are TextEncoder's", (reason) => {
  expect(encodeClose({ code: 1000, reason })).toEqual(closePayload(1000, encoder.encode(reason)));
});

const code = fc.oneof(
  fc.integer({ min: 1000, max: 1003 }),
  fc.integer({ min: 1007, max: 1014 }),
  fc.integer({ min: 3000, max: 4999 }),
);
const close = fc.oneof(
  fc.constant({ code: 1005, reason: "" }),
  fc.record({ code, reason: fc.string({ unit: "binary", maxLength: 30 }) }),
);

test.prop([close], { numRuns: 500 })("decode undoes encode", (given) => {
  expect(decodeClose(encodeClose(given))).toEqual(given);
});
