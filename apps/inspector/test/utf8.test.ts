import { fc, test } from "@fast-check/vitest";
import { concat, firstInvalidOctet, UTF8_CATALOGUE } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { wrongOctet } from "../src/explain/utf8.ts";

/** Octets that are often those of code points, whole or not. */
const likely = fc
  .array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff), {
    maxLength: 12,
  })
  .map((octets) => Uint8Array.from(octets));

describe("the first octet that is not UTF-8", () => {
  test.each(UTF8_CATALOGUE.map(({ octets }) => [octets] as const))("of the catalogue: %j", (octets) => {
    expect(wrongOctet(octets, true)).toBe(firstInvalidOctet(octets));
  });

  test.prop([fc.oneof(likely, fc.uint8Array({ maxLength: 12 })), fc.integer({ min: 0, max: 12 })])(
    "is where the reference finds it, before and behind the end of a block",
    (octets, lead) => {
      expect(wrongOctet(octets, true)).toBe(firstInvalidOctet(octets));
      const far = concat(new Uint8Array(4090 + lead).fill(0x61), octets);
      expect(wrongOctet(far, true)).toBe(firstInvalidOctet(far));
    },
  );

  test("is none where more may follow", () => {
    expect(wrongOctet(Uint8Array.of(0xe2, 0x82), false)).toBeNull();
    expect(wrongOctet(Uint8Array.of(0xe2, 0x82), true)).toBe(2);
  });
});
