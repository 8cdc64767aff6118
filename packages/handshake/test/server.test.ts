import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { checkUpgradeRequest, HeaderFields } from "../src/index.ts";
import { type Edits, edited, KEY, offerOf, REQUEST_LINES, request } from "./support.ts";

describe("checkUpgradeRequest accepts", () => {
  it("the request of RFC 6455 section 1.2", () => {
    const lines = edited(REQUEST_LINES, {
      Origin: "http://example.com",
      "Sec-WebSocket-Protocol": "chat, superchat",
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    });
    const head = request(lines);
    expect(checkUpgradeRequest(head)).toEqual({
      ok: true,
      offer: {
        key: KEY,
        host: "example.com",
        resourceName: "/chat",
        origin: "http://example.com",
        subprotocols: ["chat", "superchat"],
        extensions: [{ name: "permessage-deflate", params: [["client_max_window_bits", true]] }],
        request: head,
      },
    });
  });

  it("a request with the least", () => {
    expect(offerOf()).toMatchObject({ origin: null, subprotocols: [], extensions: [] });
  });

  it.each<[string, Edits]>([
    ["Connection: keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }],
    ["Connection over two lines", { Connection: ["keep-alive", "upgrade"] }],
    ["Connection with empty elements", { Connection: " , ,UPGRADE,," }],
    ["Upgrade in other letter case", { Upgrade: "WebSocket" }],
    ["Upgrade as a list", { Upgrade: "h2c, websocket" }],
    ["Upgrade over two lines", { Upgrade: ["h2c", "websocket"] }],
    ["names in other letter case", { host: "a", "SEC-WEBSOCKET-KEY": KEY }],
    ["an empty body", { "Content-Length": "0" }],
    ["a header named __proto__", { ["__proto__"]: "x", constructor: "y" }],
    ["a port in Host", { Host: "example.com:8080" }],
    ["an empty port in Host", { Host: "example.com:" }],
    ["an IPv6 address in Host", { Host: "[::1]:8080" }],
  ])("%s", (_name, edits) => {
    expect(offerOf(edits).key).toBe(KEY);
  });

  it.each([
    ["a,b", ["a", "b"]],
    [" a , b ", ["a", "b"]],
    [",a,,b,", ["a", "b"]],
    ["a, A", ["a", "A"]],
    ["__proto__, constructor", ["__proto__", "constructor"]],
  ])("the subprotocols %j", (value, subprotocols) => {
    expect(offerOf({ "Sec-WebSocket-Protocol": value }).subprotocols).toEqual(subprotocols);
  });

  it("lists over several lines", () => {
    const offer = offerOf({
      "Sec-WebSocket-Protocol": ["a, b", "c", "", "d"],
      "Sec-WebSocket-Extensions": ["x; n=1", "y, x; n=2"],
    });
    expect(offer.subprotocols).toEqual(["a", "b", "c", "d"]);
    expect(offer.extensions).toEqual([
      { name: "x", params: [["n", "1"]] },
      { name: "y", params: [] },
      { name: "x", params: [["n", "2"]] },
    ]);
  });

  it.each([
    ["/", "/", "example.com"],
    ["/a/b?c=d/e?f", "/a/b?c=d/e?f", "example.com"],
    ["//a", "//a", "example.com"],
    ["http://other.example:81/a?b", "/a?b", "other.example:81"],
    ["HTTPS://other.example", "/", "other.example"],
    ["http://other.example?b/c", "/?b/c", "other.example"],
  ])("the target %s", (target, resourceName, host) => {
    const [, ...headers] = REQUEST_LINES;
    const checked = checkUpgradeRequest(request([`GET ${target} HTTP/1.1`, ...headers]));
    expect(checked).toMatchObject({ ok: true, offer: { resourceName, host } });
  });
});

describe("checkUpgradeRequest is total", () => {
  const name = fc.constantFrom(
    "Host",
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Origin",
    "Content-Length",
    "__proto__",
  );
  const value = fc.oneof(
    fc.constantFrom(
      "websocket",
      "Upgrade",
      "13",
      KEY,
      "a",
      "a;b",
      'a;b="',
      ",",
      "http://[",
      "::::",
      "[",
      "a:",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const headers = fc.array(fc.tuple(name, value), { maxLength: 20 });
  const methods = fc.oneof(fc.constant("GET"), fc.string());
  const targets = fc.oneof(fc.constantFrom("/", "http://", "http://["), fc.string({ unit: "binary" }));
  const versions = fc.oneof(fc.constant("1.1"), fc.string());

  test.prop([methods, targets, versions, headers])("for any strings", (method, target, httpVersion, list) => {
    const head = { method, target, httpVersion, headers: HeaderFields.from(list) };
    expect(typeof checkUpgradeRequest(head).ok).toBe("boolean");
  });

  test.prop([headers])("for any headers added to a good request", (list) => {
    const head = request(REQUEST_LINES);
    const all = { ...head, headers: HeaderFields.from([...head.headers, ...list]) };
    expect(typeof checkUpgradeRequest(all).ok).toBe("boolean");
  });
});
