import { createHash, randomBytes } from "node:crypto";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { encodeBase64, isKey } from "../src/base64.ts";
import { computeAccept } from "../src/index.ts";
import { ACCEPT, KEY } from "./support.ts";

const native = (octets: Uint8Array) => createHash("sha1").update(octets).digest();

describe("computeAccept", () => {
  it("gives the value of RFC 6455 section 1.3", () => {
    expect(computeAccept(KEY)).toBe(ACCEPT);
  });

  it("uses the digest that is given", () => {
    expect(computeAccept(KEY, native)).toBe(ACCEPT);
    expect(computeAccept(KEY, () => new Uint8Array(20))).toBe("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  });

  it("takes a digest in base64", () => {
    expect(computeAccept(KEY, (octets) => createHash("sha1").update(octets).digest("base64"))).toBe(ACCEPT);
  });

  it.each([new Uint8Array(32), new Uint8Array(28), "", "a".repeat(20), ACCEPT.slice(1)])(
    "refuses a digest of another size: %j",
    (digest) => {
      expect(() => computeAccept(KEY, () => digest)).toThrow(RangeError);
    },
  );

  test.prop([fc.uint8Array({ minLength: 16, maxLength: 16 })])("agrees with node:crypto", (nonce) => {
    const key = Buffer.from(nonce).toString("base64");
    const expected = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    expect(computeAccept(key)).toBe(expected);
    expect(computeAccept(key, native)).toBe(expected);
  });
});

describe("base64", () => {
  test.prop([fc.uint8Array({ maxLength: 64 })])("agrees with Buffer", (octets) => {
    expect(encodeBase64(octets)).toBe(Buffer.from(octets).toString("base64"));
  });
});

describe("isKey", () => {
  test.prop([fc.uint8Array({ minLength: 16, maxLength: 16 })])("takes any 16 octets", (nonce) => {
    expect(isKey(encodeBase64(nonce))).toBe(true);
  });

  const nearly = fc.string({
    unit: fc.constantFrom(..."Ab9+/-_= \u0141".split("")),
    minLength: 20,
    maxLength: 23,
  });

  test.prop([nearly, fc.constantFrom("", "=", "==")])(
    "takes what Buffer writes, and nothing else",
    (text, padding) => {
      const key = text + padding;
      const octets = Buffer.from(key, "base64");
      expect(isKey(key)).toBe(octets.length === 16 && octets.toString("base64") === key);
    },
  );

  it("takes only one spelling of 16 octets", () => {
    const key = encodeBase64(randomBytes(16));
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".split("");
    const accepted = alphabet.filter((last) => isKey(`${key.slice(0, 21)}${last}==`));
    expect(accepted).toEqual(["A", "Q", "g", "w"]);
  });

  it.each([
    ["empty", ""],
    ["15 octets", Buffer.alloc(15).toString("base64")],
    ["17 octets", Buffer.alloc(17).toString("base64")],
    ["18 octets, as long as 16", Buffer.alloc(18).toString("base64")],
    ["24 characters, one padding", "AAAAAAAAAAAAAAAAAAAAAAA="],
    ["no padding", "AAAAAAAAAAAAAAAAAAAAAA"],
    ["padding in the middle", "AAAAAAAAAAA=AAAAAAAAAA=="],
    ["the alphabet for URLs", "A-A_AAAAAAAAAAAAAAAAAA=="],
    ["a space at the end", "AAAAAAAAAAAAAAAAAAAAAA== "],
    ["a space inside", "AAAAAAAAAA AAAAAAAAAAA=="],
    ["not ASCII", "AAAAAAAAAAAAAAAAAAAAA\u00c1=="],
    ["only padding", "========================"],
  ])("refuses %s", (_name, key) => {
    expect(isKey(key)).toBe(false);
  });
});
