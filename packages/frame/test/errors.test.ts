import { describe, expect, test } from "vitest";
import { ProtocolError, type ProtocolErrorCode } from "../src/index.ts";

// `satisfies` makes the compiler refuse a code that is missing here.
const FAULTS = {
  "reserved-opcode": [1002, "5.2"],
  "reserved-bits": [1002, "5.2"],
  "length-not-minimal": [1002, "5.2"],
  "length-top-bit": [1002, "5.2"],
  "length-unsafe": [1009, "5.2"],
  "control-fragmented": [1002, "5.5"],
  "control-too-long": [1002, "5.5"],
  "mask-missing": [1002, "5.1"],
  "mask-unexpected": [1002, "5.1"],
  "continuation-unexpected": [1002, "5.4"],
  "continuation-expected": [1002, "5.4"],
  "too-many-fragments": [1008, "5.4"],
  "message-too-big": [1009, "7.4.1"],
  "invalid-utf8": [1007, "8.1"],
  "close-payload": [1002, "5.5.1"],
  "close-code": [1002, "7.4"],
  "close-reason": [1007, "5.5.1"],
  "invalid-deflate": [1007, "7.2.2", 7692],
} satisfies Record<ProtocolErrorCode, [closeCode: number, section: string, rfc?: number]>;

const isCode = (code: string): code is ProtocolErrorCode => code in FAULTS;

describe.each(Object.keys(FAULTS).filter(isCode))("%s", (code) => {
  const [closeCode, section, rfc = 6455]: [number, string, number?] = FAULTS[code];

  test(`is answered with ${closeCode} and stands in section ${section} of RFC ${rfc}`, () => {
    expect(new ProtocolError(code)).toMatchObject({ name: "ProtocolError", code, closeCode, rfc, section });
  });

  test("reads as a sentence that ends with the section", () => {
    const { message } = new ProtocolError(code);
    expect(message).toMatch(/^[a-z][^:]*[^.:] \(RFC \d+ section [\d.]+\)$/);
    expect(message).toContain(`(RFC ${rfc} section ${section})`);
  });

  test("says what was seen", () => {
    expect(new ProtocolError(code, "three of them").message).toContain(": three of them (RFC");
  });
});

test("is an Error like others", () => {
  const error = new ProtocolError("close-code", "1005");
  expect(error).toBeInstanceOf(Error);
  expect(Object.prototype.toString.call(error)).toBe("[object Error]");
  expect(String(error)).toBe(
    "ProtocolError: the close code must not be sent by a peer: 1005 (RFC 6455 section 7.4)",
  );
  expect(error.stack).toContain("errors.test.ts");
});
