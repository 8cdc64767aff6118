import { fc, test } from "@fast-check/vitest";
import { concat, hex, octets } from "@plyws/testkit";
import { describe, expect, it } from "vitest";
import { RequestReader } from "../src/index.ts";
import {
  describeResult,
  edited,
  headOctets,
  latin1,
  REQUEST_LINES,
  readAll,
  readRequestEveryWay,
} from "./support.ts";

const FRAME = hex("81 85 37 FA 21 3D 7F 9F 4D 51 58");

describe("RequestReader", () => {
  it("reads a head however it arrives", () => {
    expect(describeResult(readRequestEveryWay(headOctets(REQUEST_LINES)))).toEqual({
      method: "GET",
      target: "/chat",
      httpVersion: "1.1",
      headers: REQUEST_LINES.slice(1).map((line) => line.split(": ")),
      rest: [],
    });
  });

  it("leaves the first frames in the rest, however they arrive", () => {
    const result = readRequestEveryWay(concat(headOctets(REQUEST_LINES), FRAME));
    expect(result).toMatchObject({ ok: true, rest: FRAME });
  });

  it("gives the rest as a view on the last chunk", () => {
    const chunk = concat(headOctets(REQUEST_LINES), FRAME);
    const result = new RequestReader().receive(chunk);
    expect(result?.ok && result.rest.buffer).toBe(chunk.buffer);
    expect(result?.ok && result.rest.byteOffset).toBe(chunk.length - FRAME.length);
  });

  it("is not touched by what happens to a chunk afterwards", () => {
    const data = headOctets(REQUEST_LINES);
    const reader = new RequestReader();
    const first = data.slice(0, 40);
    expect(reader.receive(first)).toBeNull();
    first.fill(0);
    expect(reader.receive(data.subarray(40))).toMatchObject({ ok: true, head: { target: "/chat" } });
  });

  it.each<[string, string, [string, string][]]>([
    ["no header at all", "", []],
    ["an empty value", "a:\r\n", [["a", ""]]],
    ["white space around the value", "a: \t b\tc \t\r\n", [["a", "b\tc"]]],
    ["a colon in the value", "a:b:c\r\n", [["a", "b:c"]]],
    ["octets above 7F", "a: \xe9\xff\xa0\r\n", [["a", "\xe9\xff\xa0"]]],
    ["every tchar in the name", "!#$%&'*+-.^_`|~09AZaz: x\r\n", [["!#$%&'*+-.^_`|~09AZaz", "x"]]],
    [
      "names of Object.prototype",
      "__proto__: a\r\nconstructor: b\r\n__proto__: c\r\n",
      [
        ["__proto__", "a"],
        ["constructor", "b"],
        ["__proto__", "c"],
      ],
    ],
  ])("reads %s", (_name, lines, headers) => {
    const result = readRequestEveryWay(latin1(`GET / HTTP/1.1\r\n${lines}\r\n`));
    expect(describeResult(result)).toMatchObject({ headers, rest: [] });
  });

  it("ignores empty lines before the request line (RFC 9112 section 2.2)", () => {
    const result = readRequestEveryWay(concat(octets("\r\n\r\n"), headOctets(REQUEST_LINES)));
    expect(result).toMatchObject({ ok: true, head: { target: "/chat" } });
  });

  it.each([
    ["a lone LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"],
    ["a lone LF after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n"],
    ["a lone LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"],
    ["a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"],
    ["two CR before the LF", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"],
    ["a bare CR as line end", "GET / HTTP/1.1\rHost: a\r\r"],
    ["NUL in a value", "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"],
    ["NUL in a name", "GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n"],
    ["a control in a value", "GET / HTTP/1.1\r\nHost: a\x1bb\r\n\r\n"],
    ["DEL in a value", "GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n"],
    ["a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"],
    ["a folded line with a tab", "GET / HTTP/1.1\r\nHost: a\r\n\tb: c\r\n\r\n"],
    ["a folded line that comes first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"],
    ["a line of spaces", "GET / HTTP/1.1\r\n  \r\n\r\n"],
    ["white space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"],
    ["an empty name", "GET / HTTP/1.1\r\n: a\r\n\r\n"],
    ["a header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n"],
    ["a name that is no token", "GET / HTTP/1.1\r\nHo(st: a\r\n\r\n"],
    ["a name that is not ASCII", "GET / HTTP/1.1\r\nH\xf6st: a\r\n\r\n"],
    ["no version", "GET /\r\n\r\n"],
    ["no target", "GET HTTP/1.1\r\n\r\n"],
    ["two spaces", "GET  / HTTP/1.1\r\n\r\n"],
    ["a space at the end", "GET / HTTP/1.1 \r\n\r\n"],
    ["a space at the start", " GET / HTTP/1.1\r\n\r\n"],
    ["a target with a space", "GET /a b HTTP/1.1\r\n\r\n"],
    ["a tab for a space", "GET\t/ HTTP/1.1\r\n\r\n"],
    ["a method that is no token", "G@T / HTTP/1.1\r\n\r\n"],
    ["another protocol", "GET / HTCPCP/1.1\r\n\r\n"],
    ["a version in lower case", "GET / http/1.1\r\n\r\n"],
    ["a version of three digits", "GET / HTTP/1.10\r\n\r\n"],
    ["a version without a dot", "GET / HTTP/11\r\n\r\n"],
    ["the start of TLS", "\x16\x03\x01\x02\x00\x01"],
    ["a response", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ])("refuses %s", (_name, text) => {
    const result = readRequestEveryWay(latin1(text));
    expect(describeResult(result)).toEqual({ code: "malformed-head", status: 400, headers: [] });
  });

  it("refuses a fault at once, not at the end of the head", () => {
    expect(new RequestReader().receive(latin1("GET\0"))).toMatchObject({ error: { code: "malformed-head" } });
    expect(new RequestReader().receive(latin1("GET / HTTP/1.1\r\nHost : a\r\n"))).toMatchObject({
      error: { code: "malformed-head" },
    });
  });

  it("waits as long as there is no empty line", () => {
    const data = headOctets(REQUEST_LINES);
    expect(readRequestEveryWay(data.subarray(0, -1))).toBeNull();
    expect(new RequestReader().receive(new Uint8Array(0))).toBeNull();
  });

  it("throws when it is used after its result", () => {
    const good = new RequestReader();
    good.receive(headOctets(REQUEST_LINES));
    expect(() => good.receive(FRAME)).toThrow(TypeError);
    const bad = new RequestReader();
    bad.receive(latin1("\0"));
    expect(() => bad.receive(FRAME)).toThrow(TypeError);
  });
});

describe("the limits of RequestReader", () => {
  const data = headOctets(REQUEST_LINES);

  it("takes a head of exactly the limit, with frames behind it", () => {
    const reader = new RequestReader({ maxHeadSize: data.length });
    expect(reader.receive(concat(data, new Uint8Array(1000)))).toMatchObject({ ok: true });
  });

  it("refuses one octet more, at that octet", () => {
    const reader = new RequestReader({ maxHeadSize: data.length - 1 });
    expect(reader.receive(data.subarray(0, -1))).toBeNull();
    const result = reader.receive(data.subarray(-1));
    expect(describeResult(result)).toEqual({ code: "head-too-large", status: 431, headers: [] });
  });

  it.each([
    ["a line without end", "x"],
    ["empty lines", "\r\n"],
    ["spaces", " "],
  ])("ends an endless head of %s at 16384 octets", (_name, text) => {
    const endless = latin1(text.repeat(10_000));
    const reader = new RequestReader();
    let size = 0;
    for (;;) {
      const result = reader.receive(endless.subarray(size % endless.length, (size % endless.length) + 1));
      size += 1;
      if (result === null) continue;
      expect(result).toMatchObject({ error: { code: "head-too-large" } });
      expect(size).toBe(16_385);
      break;
    }
  });

  it("has no other limit: a line may be as long as the head", () => {
    const value = "x".repeat(500_000);
    const reader = new RequestReader({ maxHeadSize: 600_000 });
    const result = reader.receive(headOctets(["GET / HTTP/1.1", `a: ${value}`]));
    expect(result?.ok && result.head.headers.get("a") === value).toBe(true);
  });

  it("counts header lines", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `x${i}: y`);
    expect(new RequestReader().receive(headOctets(["GET / HTTP/1.1", ...lines]))).toMatchObject({ ok: true });
    const result = readRequestEveryWay(headOctets(["GET / HTTP/1.1", ...lines, "one: more"]));
    expect(describeResult(result)).toEqual({ code: "too-many-headers", status: 431, headers: [] });
  });

  it("refuses thousands of short headers before Upgrade (the shape of CVE-2024-37890)", () => {
    const many = Array.from({ length: 2000 }, () => "a:");
    const [first = "", ...others] = REQUEST_LINES;
    const result = new RequestReader().receive(headOctets([first, ...many, ...others]));
    expect(result).toMatchObject({ error: { code: "too-many-headers", status: 431 } });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses the limit %d", (limit) => {
    expect(() => new RequestReader({ maxHeadSize: limit })).toThrow(RangeError);
    expect(() => new RequestReader({ maxHeaderCount: limit })).toThrow(RangeError);
  });
});

describe("RequestReader on random octets", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .constantFrom("GET ", "/", " HTTP/1.1", "\r\n", "\r", "\n", ":", " ", "Host: a", "\r\n\r\n", "\0", ",")
      .map(latin1),
    fc.constant(headOctets(edited(REQUEST_LINES, { Cookie: "a=b" }))),
  );

  test.prop([fc.array(piece, { maxLength: 20 }), fc.array(fc.nat({ max: 40 }), { maxLength: 30 })])(
    "ends in the same result for every way to cut them",
    (pieces, sizes) => {
      const data = concat(...pieces);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(data.slice(at, at + size));
        at += size;
      }
      chunks.push(data.slice(at));
      const whole = describeResult(readAll(new RequestReader(), [data]));
      expect(describeResult(readAll(new RequestReader(), chunks))).toEqual(whole);
    },
  );
});
