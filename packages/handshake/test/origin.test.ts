import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { allowOrigins, checkOrigin, type OriginRule, sameHost } from "../src/index.ts";

describe("sameHost", () => {
  it.each<[string, string, boolean, boolean]>([
    // Origin, Host, over TLS, allowed
    ["http://example.com", "example.com", false, true],
    ["https://example.com", "example.com", true, true],
    ["https://example.com", "example.com", false, true], // a proxy ended TLS
    ["http://example.com", "example.com", true, false], // other scheme
    ["http://example.com:80", "example.com", false, true],
    ["http://example.com", "example.com:80", false, true],
    ["https://example.com", "example.com:443", true, true],
    ["https://example.com", "example.com:80", false, false],
    ["http://example.com", "example.com:443", false, false],
    ["http://example.com:8080", "example.com:8080", false, true],
    ["http://example.com:8080", "example.com", false, false],
    ["http://example.com", "example.com:8080", false, false],
    ["http://example.com:8080", "example.com:8081", false, false],
    ["HTTP://EXAMPLE.COM", "example.com", false, true],
    ["http://example.com", "Example.COM", false, true],
    ["http://example.com.", "example.com", false, false], // trailing dot: another host to browsers
    ["http://example.com.", "example.com.", false, true],
    ["http://example.com.evil.example", "example.com", false, false],
    ["http://evilexample.com", "example.com", false, false],
    ["http://sub.example.com", "example.com", false, false],
    ["http://example.com", "sub.example.com", false, false],
    ["http://example.com@evil.example", "example.com", false, false],
    ["http://evil.example#example.com", "example.com", false, false],
    ["http://evil.example?example.com", "example.com", false, false],
    ["http://example.com/", "example.com", false, false],
    ["http://example.com\\", "example.com", false, false],
    ["http://[::1]:8080", "[::1]:8080", false, true],
    ["http://[::1]", "[::1]:80", false, true],
    ["http://[::1]", "[::2]", false, false],
    ["http://[::1", "[::1", false, false],
    ["http://127.0.0.1:1", "127.0.0.1:1", false, true],
    ["http://a, http://a", "a", false, false],
    ["http://a http://a", "a", false, false],
    ["http://a,http://a", "a", false, false],
    ["null", "null", false, false],
    ["null", "example.com", false, false],
    ["", "", false, false],
    ["", "example.com", false, false],
    ["::::", "::::", false, false],
    ["example.com", "example.com", false, false],
    ["//example.com", "example.com", false, false],
    ["://example.com", "example.com", false, false],
    ["file://", "", false, false],
    ["ws://example.com", "example.com", false, false],
    ["chrome-extension://example.com", "example.com", false, false],
    ["http://example.com:", "example.com", false, true],
    ["http://example.com:99999", "example.com:99999", false, false],
    ["http://example.com:8a", "example.com:8a", false, false],
    ["http://example.com:-1", "example.com:-1", false, false],
    ["http:// example.com", " example.com", false, false],
    ["http://ex\xe4mple", "ex\xe4mple", false, false],
  ])("%s to %s (TLS: %s): %s", (origin, host, secure, allowed) => {
    expect(sameHost({ origin, host, secure })).toBe(allowed);
  });

  test.prop([fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.boolean()])(
    "has a result for any strings",
    (origin, host, secure) => {
      expect(typeof sameHost({ origin, host, secure })).toBe("boolean");
      expect(typeof sameHost({ origin: `http://${origin}`, host, secure })).toBe("boolean");
    },
  );
});

describe("allowOrigins", () => {
  const rule = allowOrigins(["https://good.example", "http://localhost:8080", "app://-", "https://[::1]"]);
  const allows = (origin: string) => rule({ origin, host: "other.example", secure: true });

  it.each([
    ["https://good.example", true],
    ["https://good.example:443", true],
    ["HTTPS://Good.Example", true],
    ["http://localhost:8080", true],
    ["app://-", true],
    ["https://[::1]", true],
    ["http://good.example", false],
    ["https://good.example:444", false],
    ["https://good.example.", false],
    ["https://good.example.evil", false],
    ["https://evil.good.example", false],
    ["https://good.example/", false],
    ["https://good.example, https://good.example", false],
    ["http://localhost", false],
    ["null", false],
    ["", false],
    ["constructor", false],
  ])("%s: %s", (origin, allowed) => {
    expect(allows(origin)).toBe(allowed);
  });

  it.each([
    "null",
    "*",
    "good.example",
    "https://good.example/",
    "https://good.example/a",
    "",
    "https://*.example/",
  ])("throws for %j in the list", (origin) => {
    expect(() => allowOrigins([origin])).toThrow(TypeError);
  });

  it("lets nobody in when the list is empty", () => {
    expect(allowOrigins([])({ origin: "http://a", host: "a", secure: false })).toBe(false);
  });
});

const from = (origin: string | null) => ({ origin, host: "example.com" });
// @ts-expect-error a rule has to be synchronous
const promising: OriginRule = () => Promise.resolve(false);

describe("checkOrigin", () => {
  const refused = { ok: false, error: { code: "origin-not-allowed", status: 403 } };

  it("takes the same host by default, and who has no origin", () => {
    expect(checkOrigin(from("http://example.com"))).toEqual({ ok: true });
    expect(checkOrigin(from(null))).toEqual({ ok: true });
    expect(checkOrigin(from("http://evil.example"))).toMatchObject(refused);
    expect(checkOrigin(from("null"))).toMatchObject(refused);
    expect(checkOrigin(from(""))).toMatchObject(refused);
  });

  it("asks the flag, not the rule, about a missing origin", () => {
    expect(checkOrigin(from(null), { allowMissing: false })).toMatchObject(refused);
    expect(checkOrigin(from(null), { rule: () => false })).toEqual({ ok: true });
    expect(checkOrigin(from(null), { rule: () => true, allowMissing: false })).toMatchObject(refused);
  });

  it("hands to the rule what it needs", () => {
    const contexts: unknown[] = [];
    const rule: OriginRule = (context) => {
      contexts.push(context);
      return true;
    };
    checkOrigin(from("null"), { rule, secure: true });
    expect(contexts).toEqual([{ origin: "null", host: "example.com", secure: true }]);
  });

  it("takes nothing but true for a yes: a promise is none", () => {
    expect(checkOrigin(from("http://evil.example"), { rule: promising })).toMatchObject(refused);
  });
});
