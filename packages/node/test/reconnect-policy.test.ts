import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { ConnectError, type ConnectErrorCode } from "../src/client/errors.ts";
import { type CloseRecord, HandshakeError } from "../src/index.ts";
import { type AttemptEnd, askedDelay, isWorthRetrying } from "../src/reconnect/retry-policy.ts";

function closed(code: number | null, initiator: "local" | "remote" = "remote"): AttemptEnd {
  const received = code === null ? null : { code, reason: "" };
  const rest = { reason: "", sent: received, initiator, error: null };
  const record: CloseRecord = { code: code ?? 1006, clean: received !== null, received, ...rest };
  return { stage: "open", record };
}

const failed = (error: unknown): AttemptEnd => ({ stage: "connect", error });
const answered = (status: number, headers: Record<string, string> = {}): AttemptEnd =>
  failed(new HandshakeError("unexpected-status", { status, headers: Object.entries(headers) }));
const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe("whether another attempt may go better", () => {
  test.each<[retry: boolean, codes: readonly (number | null)[]]>([
    [true, [null, 1001, 1005, 1011, 1012, 1013, 1014, 3001, 3008, 3999, 4000, 4001, 4401, 4999]],
    [false, [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003]],
  ])("%s after the close codes %j of the peer", (retry, codes) => {
    expect(codes.filter((code) => isWorthRetrying(closed(code)) !== retry)).toEqual([]);
  });

  property.prop([fc.option(fc.integer({ min: 1000, max: 4999 }))])(
    "true after whatever connection this side ended",
    (code) => {
      expect(isWorthRetrying(closed(code, "local"))).toBe(true);
    },
  );

  test.each<[retry: boolean, statuses: readonly number[]]>([
    [true, [408, 425, 429, 500, 501, 502, 503, 504, 520, 599]],
    [false, [200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405, 407, 409, 410, 421, 426, 431, 451]],
  ])("%s after the statuses %j", (retry, statuses) => {
    expect(statuses.filter((status) => isWorthRetrying(answered(status)) !== retry)).toEqual([]);
  });

  test.each([
    "malformed-head",
    "head-too-large",
    "invalid-accept",
    "missing-upgrade",
    "subprotocol-not-offered",
    "extension-not-offered",
    "extension-parameters",
  ] as const)("false after an answer that is no acceptance: %s", (code) => {
    expect(isWorthRetrying(failed(new HandshakeError(code, { status: 101 })))).toBe(false);
    expect(isWorthRetrying(failed(new HandshakeError(code, { status: 503 })))).toBe(false);
  });

  test.each<[retry: boolean, what: string, error: unknown]>([
    [true, "a port that nobody listens on", withCode("ECONNREFUSED")],
    [true, "a reset", withCode("ECONNRESET")],
    [true, "an unknown host, as without a network", withCode("ENOTFOUND")],
    [true, "no answer of the name server", withCode("EAI_AGAIN")],
    [true, "no memory in the TLS library", withCode("OUT_OF_MEM")],
    [true, "several addresses that failed", new AggregateError([new Error("::1"), new Error("127.0.0.1")])],
    [true, "no answer in time", new DOMException("late", "TimeoutError")],
    [true, "a string", "thrown"],
    [true, "nothing", undefined],
    [false, "a certificate out of date", withCode("CERT_HAS_EXPIRED")],
    [false, "a certificate of its own", withCode("DEPTH_ZERO_SELF_SIGNED_CERT")],
    [false, "a certificate of another host", withCode("ERR_TLS_CERT_ALTNAME_INVALID")],
    [false, "the caller's type", new TypeError("no URL")],
    [false, "the caller's range", new RangeError("no port")],
    [false, "the caller's escapes", new URIError("no user name")],
  ])("%s after %s", (retry, _, error) => {
    expect(isWorthRetrying(failed(error))).toBe(retry);
    // Whatever it is: the function that gives the target may do better next time.
    expect(isWorthRetrying({ stage: "target", error })).toBe(true);
  });
});

describe("what went wrong on the way", () => {
  const cases: [retry: boolean, code: ConnectErrorCode, details: { status?: number; cause?: unknown }][] = [
    [true, "proxy-failed", { cause: withCode("ECONNREFUSED") }],
    [false, "proxy-failed", { cause: withCode("CERT_HAS_EXPIRED") }],
    [false, "proxy-failed", { cause: new HandshakeError("malformed-head") }],
    [true, "proxy-refused", { status: 503 }],
    [true, "proxy-refused", { status: 429 }],
    [false, "proxy-refused", { status: 407 }],
    [false, "proxy-refused", { status: 403 }],
    [true, "redirect-failed", { cause: withCode("ENOTFOUND") }],
    [false, "redirect-failed", { cause: withCode("ERR_TLS_CERT_ALTNAME_INVALID") }],
    [false, "too-many-redirects", { status: 302 }],
    [false, "insecure-redirect", { status: 302 }],
    [false, "invalid-redirect", { status: 302 }],
  ];
  test.each(cases)("%s after %s with %j", (retry, code, details) => {
    expect(isWorthRetrying(failed(new ConnectError(code, "no way", details)))).toBe(retry);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);
  const ask = (value: string): number => askedDelay(answered(503, { "Retry-After": value }), now);

  test.each<[value: string, delay: number]>([
    ["0", 0],
    ["7", 7000],
    ["0120", 120_000],
    ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
    ["Sat, 21 Nov 2026 11:59:59 GMT", 0],
    // Not what RFC 9110 sections 5.6.7 and 10.2.3 let a server write.
    ["", 0],
    ["-7", 0],
    ["+7", 0],
    ["1.5", 0],
    ["7s", 0],
    ["7, 8", 0],
    ["2026-11-21T12:00:30Z", 0],
    ["Sat, 21 Nov 2026 12:00:30", 0],
    ["Fri, 21 Nov 2026 12:00:30 GMT", 0],
    ["soon", 0],
  ])("%j asks for %d ms", (value, delay) => expect(ask(value)).toBe(delay));

  test("an endless number is a number", () => {
    expect(ask("9".repeat(5000))).toBe(Number.POSITIVE_INFINITY);
  });

  property.prop([fc.string({ unit: "binary" })])("no value makes it negative or none", (value) => {
    expect(ask(value)).toBeGreaterThanOrEqual(0);
  });

  test("of a proxy counts as well", () => {
    const { headers } = new HandshakeError("unexpected-status", { headers: [["retry-after", "7"]] });
    expect(askedDelay(failed(new ConnectError("proxy-refused", "busy", { status: 503, headers })), now)).toBe(
      7000,
    );
  });

  test("is asked for by answers to a handshake only", () => {
    expect(askedDelay(answered(503), now)).toBe(0);
    expect(askedDelay(closed(1012), now)).toBe(0);
    expect(askedDelay(failed(withCode("ECONNREFUSED")), now)).toBe(0);
    expect(askedDelay({ stage: "target", error: new Error("no token") }, now)).toBe(0);
  });
});
