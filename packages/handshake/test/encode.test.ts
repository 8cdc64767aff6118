import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  acceptUpgrade,
  createUpgradeRequest,
  encodeRequest,
  encodeResponse,
  formatResponseHead,
  HeaderFields,
  rejectUpgrade,
} from "../src/index.ts";
import { KEY } from "./support.ts";

const text = (octets: Uint8Array) => Buffer.from(octets).toString("latin1");

/** What it returns, or the TypeError that it throws. */
function result(run: () => string): string | Error {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
}

describe("encodeResponse", () => {
  it("writes status line, headers and body", () => {
    const body = Uint8Array.of(1, 2, 255);
    const response = { status: 403, reason: "No", headers: [["a", "\xe9\t"]] as const, body };
    expect(text(encodeResponse(response))).toBe("HTTP/1.1 403 No\r\na: \xe9\t\r\n\r\n\x01\x02\xff");
  });

  it("knows the usual reasons", () => {
    expect(text(encodeResponse({ status: 426, headers: [] }))).toBe("HTTP/1.1 426 Upgrade Required\r\n\r\n");
    expect(text(encodeResponse({ status: 599, headers: [] }))).toBe("HTTP/1.1 599 \r\n\r\n");
  });

  it.each([99, 1000, 200.5, Number.NaN])("refuses the status %d", (status) => {
    expect(() => encodeResponse({ status, headers: [] })).toThrow(RangeError);
    expect(() => formatResponseHead({ status, headers: [] })).toThrow(RangeError);
  });

  const values = fc.string({
    unit: fc.constantFrom("a", " ", "\t", "\x7f", "\xe9", "\r", "\n", "\u010a"),
    maxLength: 4,
  });

  test.prop([
    values,
    fc.array(fc.tuple(fc.constantFrom("A", "b-c", "", "d:", " "), values), { maxLength: 3 }),
  ])(
    "writes the head that formatResponseHead gives, and the body, or throws as it does",
    (reason, headers) => {
      const body = Uint8Array.of(1, 255);
      const head = result(() => formatResponseHead({ status: 101, reason, headers }));
      const octets = result(() => text(encodeResponse({ status: 101, reason, headers, body })));
      expect(octets).toEqual(typeof head === "string" ? `${head}\x01\xff` : head);
      const plain = [["HTTP/1.1 101 ", reason], ...headers.map(([name, value]) => [`${name}: `, value])];
      if (typeof head === "string")
        expect(head).toBe(`${plain.map((line) => line.join("")).join("\r\n")}\r\n\r\n`);
    },
  );
});

describe("encodeRequest", () => {
  const request = { method: "GET", target: "/", httpVersion: "1.1", headers: HeaderFields.from([]) };

  it.each([
    ["method", "G T"],
    ["method", ""],
    ["target", "/ a"],
    ["target", ""],
    ["httpVersion", "1.1\r\n"],
    ["httpVersion", "11"],
  ])("refuses %s %j", (name, value) => {
    expect(() => encodeRequest({ ...request, [name]: value })).toThrow(TypeError);
  });
});

describe("rejectUpgrade", () => {
  it("closes the connection and has a body for people", () => {
    expect(text(encodeResponse(rejectUpgrade(403)))).toBe(
      [
        "HTTP/1.1 403 Forbidden",
        "Connection: close",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Length: 10",
        "",
        "Forbidden\n",
      ].join("\r\n"),
    );
  });

  it("names Upgrade in Connection when it sends it (RFC 9110 section 7.8)", () => {
    const { headers } = rejectUpgrade(426, { headers: [["upgrade", "websocket"]] });
    expect(HeaderFields.from(headers).getAll("connection")).toEqual(["Upgrade, close"]);
  });

  it("takes a body, its type and further headers", () => {
    const refusal = rejectUpgrade(503, {
      reason: "Later",
      headers: new Map([
        ["content-type", "application/json"],
        ["Retry-After", "5"],
      ]),
      body: '{"é":1}',
    });
    expect(refusal).toMatchObject({ status: 503, reason: "Later" });
    expect(refusal.headers).toEqual([
      ["content-type", "application/json"],
      ["Retry-After", "5"],
      ["Connection", "close"],
      ["Content-Length", "8"],
    ]);
    expect(rejectUpgrade(400, { body: Uint8Array.of(0) }).body).toEqual(Uint8Array.of(0));
  });

  it("says the status when there is no reason", () => {
    expect(text(rejectUpgrade(418).body)).toBe("418\n");
  });

  it.each([101, 200, 299, 304, 600, 400.5])("refuses the status %d", (status) => {
    expect(() => rejectUpgrade(status)).toThrow(RangeError);
  });

  it.each(["Connection", "content-length", "Transfer-Encoding"])("refuses the header %s", (name) => {
    expect(() => rejectUpgrade(400, { headers: [[name, "x"]] })).toThrow(TypeError);
  });
});

describe("no option can end a line", () => {
  const offer = { key: KEY, subprotocols: ["a"], extensions: [{ name: "x", params: [] }] };
  const destination = { host: "a", target: "/" };
  const head = { method: "GET", target: "/", httpVersion: "1.1" };

  /** Every option that is a string, and where it goes. */
  const options: Record<string, (value: string) => unknown> = {
    "response reason": (value) => encodeResponse({ status: 400, reason: value, headers: [] }),
    "response header name": (value) => encodeResponse({ status: 400, headers: [[value, "x"]] }),
    "response header value": (value) => encodeResponse({ status: 400, headers: [["x", value]] }),
    "request method": (value) => encodeRequest({ ...head, method: value, headers: HeaderFields.from([]) }),
    "request target": (value) => encodeRequest({ ...head, target: value, headers: HeaderFields.from([]) }),
    "request version": (value) =>
      encodeRequest({ ...head, httpVersion: value, headers: HeaderFields.from([]) }),
    "request header name": (value) => encodeRequest({ ...head, headers: HeaderFields.from([[value, "x"]]) }),
    "request header value": (value) => encodeRequest({ ...head, headers: HeaderFields.from([["x", value]]) }),
    "accept subprotocol": (value) => acceptUpgrade(offer, { subprotocol: value }),
    "accept extension": (value) => acceptUpgrade(offer, { extensions: [{ name: value, params: [] }] }),
    "accept parameter": (value) =>
      acceptUpgrade(offer, { extensions: [{ name: "x", params: [[value, true]] }] }),
    "accept parameter value": (value) =>
      acceptUpgrade(offer, { extensions: [{ name: "x", params: [["p", value]] }] }),
    "accept header name": (value) => acceptUpgrade(offer, { headers: [[value, "x"]] }),
    "accept header value": (value) => acceptUpgrade(offer, { headers: [["x", value]] }),
    "reject reason": (value) => encodeResponse(rejectUpgrade(400, { reason: value })),
    "reject header name": (value) => rejectUpgrade(400, { headers: [[value, "x"]] }),
    "reject header value": (value) => rejectUpgrade(400, { headers: [["x", value]] }),
    "client host": (value) => createUpgradeRequest({ ...destination, host: value }),
    "client target": (value) => createUpgradeRequest({ ...destination, target: value }),
    "client pathname": (value) =>
      createUpgradeRequest({ protocol: "ws:", host: "a", pathname: value, search: "" }),
    "client search": (value) =>
      createUpgradeRequest({ protocol: "ws:", host: "a", pathname: "/", search: value }),
    "client scheme": (value) =>
      createUpgradeRequest({ protocol: value, host: "a", pathname: "/", search: "" }),
    "client subprotocol": (value) => createUpgradeRequest(destination, { subprotocols: [value] }),
    "client extension": (value) =>
      createUpgradeRequest(destination, { extensions: [{ name: value, params: [] }] }),
    "client origin": (value) => createUpgradeRequest(destination, { origin: value }),
    "client key": (value) => createUpgradeRequest(destination, { key: value }),
    "client header name": (value) => createUpgradeRequest(destination, { headers: [[value, "x"]] }),
    "client header value": (value) => createUpgradeRequest(destination, { headers: [["x", value]] }),
  };
  // U+010D and U+010A are CR and LF when only their low octet is written.
  const BAD = ["\r", "\n", "\0", "\r\n", "\x7f", "\x1b", "\u010d", "\u010a", "\u2028", "\ud800"];

  describe.each(Object.keys(options))("%s", (option) => {
    test.prop([fc.string({ maxLength: 8 }), fc.constantFrom(...BAD), fc.string({ maxLength: 8 })])(
      "throws a TypeError",
      (before, bad, after) => {
        expect(() => options[option]?.(`${before}${bad}${after}`)).toThrow(TypeError);
      },
    );
  });

  it("a value that is no string is refused as well", () => {
    // @ts-expect-error undefined is no value
    expect(() => encodeResponse({ status: 400, headers: [["x", undefined]] })).toThrow(TypeError);
    // @ts-expect-error a number is no name
    expect(() => encodeResponse({ status: 400, headers: [[1, "x"]] })).toThrow(TypeError);
  });
});
