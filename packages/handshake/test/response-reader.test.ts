import { fc, test } from "@fast-check/vitest";
import { concat, hex } from "@plyws/testkit";
import { describe, expect, it } from "vitest";
import { encodeResponse, ResponseReader } from "../src/index.ts";
import { describeResult, headOctets, latin1, RESPONSE_LINES, readResponseEveryWay } from "./support.ts";

const FRAME = hex("81 05 48 65 6C 6C 6F");

describe("ResponseReader", () => {
  it("reads a head with the first frame behind it, however it arrives", () => {
    const result = readResponseEveryWay(concat(headOctets(RESPONSE_LINES), FRAME));
    expect(describeResult(result)).toEqual({
      httpVersion: "1.1",
      status: 101,
      reason: "Switching Protocols",
      headers: RESPONSE_LINES.slice(1).map((line) => line.split(": ")),
      rest: [...FRAME],
    });
  });

  it.each([
    ["an empty reason", "HTTP/1.1 101 \r\n\r\n", { status: 101, reason: "" }],
    ["no space after the status", "HTTP/1.1 101\r\n\r\n", { status: 101, reason: "" }],
    [
      "a reason that is not ASCII",
      "HTTP/1.1 404 nicht \xfcblich\r\n\r\n",
      { status: 404, reason: "nicht \xfcblich" },
    ],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n", { httpVersion: "1.0", status: 200 }],
    ["an unknown status", "HTTP/1.1 999 x\r\n\r\n", { status: 999 }],
  ])("reads %s", (_name, text, head) => {
    expect(readResponseEveryWay(latin1(text))).toMatchObject({ ok: true, head });
  });

  it("skips interim responses (RFC 9110 section 15.2)", () => {
    const interim = latin1("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    const result = readResponseEveryWay(concat(interim, headOctets(RESPONSE_LINES), FRAME));
    expect(describeResult(result)).toMatchObject({ status: 101, rest: [...FRAME] });
    expect(result?.ok && result.head.headers.has("link")).toBe(false);
  });

  it("has one limit for all interim responses together", () => {
    const reader = new ResponseReader();
    const interim = latin1("HTTP/1.1 103 Early Hints\r\n\r\n");
    let size = 0;
    let result = reader.receive(interim);
    for (; result === null && size < 20_000; size += interim.length) result = reader.receive(interim);
    expect(result).toMatchObject({ ok: false, error: { code: "head-too-large", status: 0 } });
    expect(size).toBeLessThanOrEqual(16_384);
  });

  it.each([
    ["a status of two digits", "HTTP/1.1 10 x\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 1010 x\r\n\r\n"],
    ["a status that starts with zero", "HTTP/1.1 001 x\r\n\r\n"],
    ["a status that is no number", "HTTP/1.1 1x1 x\r\n\r\n"],
    ["two spaces", "HTTP/1.1  101 x\r\n\r\n"],
    ["another protocol", "ICY 200 OK\r\n\r\n"],
    ["a request", "GET / HTTP/1.1\r\n\r\n"],
    ["a lone LF", "HTTP/1.1 101 x\n\n"],
    ["a folded line", "HTTP/1.1 101 x\r\na: b\r\n c\r\n\r\n"],
    ["NUL", "HTTP/1.1 101 x\r\na: \0\r\n\r\n"],
    ["a malformed response behind an interim one", "HTTP/1.1 100 Continue\r\n\r\nx\r\n\r\n"],
  ])("refuses %s", (_name, text) => {
    const result = readResponseEveryWay(latin1(text));
    expect(describeResult(result)).toEqual({ code: "malformed-head", status: 0, headers: [] });
  });

  it("has the same limits as for requests: an endless head (the shape of CVE-2026-47073)", () => {
    const reader = new ResponseReader();
    expect(reader.receive(latin1("HTTP/1.1 101 x\r\n"))).toBeNull();
    const line = latin1("a: b\r\n");
    let result = reader.receive(line);
    let lines = 1;
    while (result === null) {
      result = reader.receive(line);
      lines += 1;
    }
    expect(result).toMatchObject({ error: { code: "too-many-headers", status: 0 } });
    expect(lines).toBe(101);
  });

  it("throws when it is used after its result", () => {
    const reader = new ResponseReader();
    reader.receive(headOctets(RESPONSE_LINES));
    expect(() => reader.receive(FRAME)).toThrow(TypeError);
  });

  const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
  const value = fc
    .array(fc.constantFrom("\t", " ", "a", "Z", "0", ",", '"', ":", "\x80", "\xe9", "\xff"), {
      maxLength: 20,
    })
    .map((characters) =>
      characters
        .join("")
        .replace(/^[ \t]+/, "")
        .replace(/[ \t]+$/, ""),
    );

  test.prop([
    fc.constantFrom(101, 200, 302, 426, 599),
    value,
    fc.array(fc.tuple(token, value), { maxLength: 50 }),
  ])("reads back what encodeResponse writes", (status, reason, headers) => {
    const body = FRAME;
    const result = new ResponseReader().receive(encodeResponse({ status, reason, headers, body }));
    expect(describeResult(result)).toEqual({ httpVersion: "1.1", status, reason, headers, rest: [...body] });
  });

  test.prop([fc.uint8Array({ maxLength: 200 })])("never throws for octets of the peer", (data) => {
    const result = readResponseEveryWay(concat(latin1("HTTP/1.1 "), data));
    expect(result === null || typeof result.ok === "boolean").toBe(true);
  });
});
