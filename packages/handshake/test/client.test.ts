import { fc, test } from "@fast-check/vitest";
import { describe, expect, it, vi } from "vitest";
import {
  acceptUpgrade,
  checkUpgradeRequest,
  checkUpgradeResponse,
  createUpgradeRequest,
  encodeRequest,
  encodeResponse,
  type HandshakeErrorCode,
  HeaderFields,
  RequestReader,
  ResponseReader,
  type UpgradeRequestOptions,
} from "../src/index.ts";
import { describeError, type Edits, edited, KEY, RESPONSE_LINES, response } from "./support.ts";

const url = new URL("ws://example.com/chat?a=b");

describe("createUpgradeRequest", () => {
  it("gives the request of RFC 6455 section 4.1", () => {
    const request = createUpgradeRequest(url, {
      key: KEY,
      origin: "http://example.com",
      subprotocols: ["chat", "superchat"],
      extensions: [{ name: "x", params: [["n", "1"]] }],
      headers: new Map([["Cookie", "a=b"]]),
    });
    expect(Buffer.from(encodeRequest(request)).toString("latin1")).toBe(
      [
        "GET /chat?a=b HTTP/1.1",
        "Host: example.com",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${KEY}`,
        "Sec-WebSocket-Version: 13",
        "Origin: http://example.com",
        "Sec-WebSocket-Protocol: chat, superchat",
        "Sec-WebSocket-Extensions: x; n=1",
        "Cookie: a=b",
        "",
        "",
      ].join("\r\n"),
    );
  });

  it.each([
    ["ws://example.com", "example.com", "/"],
    ["ws://example.com:80/a", "example.com", "/a"],
    ["wss://example.com:443/a", "example.com", "/a"],
    ["wss://EXAMPLE.com:8443/?q", "example.com:8443", "/?q"],
    ["https://[::1]:1/%20", "[::1]:1", "/%20"],
    ["http://user:word@example.com/", "example.com", "/"],
  ])("takes host and target of %s", (text, host, target) => {
    const request = createUpgradeRequest(new URL(text));
    expect(request.target).toBe(target);
    expect(request.headers.getAll("host")).toEqual([host]);
    expect(request.headers.has("authorization")).toBe(false);
  });

  it("takes host and target without a URL", () => {
    const request = createUpgradeRequest({ host: "localhost:1", target: "/a" });
    expect([request.target, request.headers.get("host")]).toEqual(["/a", "localhost:1"]);
    expect(createUpgradeRequest({ protocol: "ws:", host: "a", pathname: "", search: "" }).target).toBe("/");
  });

  it("takes 16 fresh octets of the platform for each key", () => {
    const random = vi.spyOn(crypto, "getRandomValues");
    const keys = Array.from({ length: 50 }, () => createUpgradeRequest(url).key);
    expect(random).toHaveBeenCalledTimes(50);
    random.mockRestore();
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) expect(Buffer.from(key, "base64")).toHaveLength(16);
  });

  it.each<[string, Parameters<typeof createUpgradeRequest>[0]]>([
    ["a fragment", new URL("ws://a/#b")],
    ["another scheme", new URL("ftp://a/")],
    ["no host", { host: "", target: "/" }],
    ["a host with a line end", { host: "a\r\nX: y", target: "/" }],
    ["a host with user information", { host: "a@b", target: "/" }],
    ["a target with a line end", { host: "a", target: "/ HTTP/1.1\r\nX: y" }],
    ["a target with a space", { host: "a", target: "/a b" }],
    ["a target that is not ASCII", { host: "a", target: "/\u010a" }],
    ["a target without a slash", { host: "a", target: "a" }],
    ["a target with a fragment", { host: "a", target: "/a#b" }],
  ])("throws for %s", (_name, destination) => {
    expect(() => createUpgradeRequest(destination)).toThrow(TypeError);
  });

  it.each<[string, UpgradeRequestOptions]>([
    ["a subprotocol that is no token", { subprotocols: ["a b"] }],
    ["an empty subprotocol", { subprotocols: [""] }],
    ["a subprotocol twice", { subprotocols: ["a", "a"] }],
    ["an extension that is no token", { extensions: [{ name: "a,b", params: [] }] }],
    ["an origin with a line end", { origin: "http://a\r\nX: y" }],
    ["a key that is too short", { key: "YWJj" }],
    ["the header Host", { headers: [["Host", "a"]] }],
    ["the header Origin", { headers: [["origin", "http://a"]] }],
    ["the header Connection", { headers: [["connection", "close"]] }],
    ["the header Upgrade", { headers: [["Upgrade", "h2c"]] }],
    ["the header Sec-WebSocket-Key", { headers: [["Sec-WebSocket-Key", KEY]] }],
    ["the header Content-Length", { headers: [["Content-Length", "1"]] }],
    ["the header Transfer-Encoding", { headers: [["Transfer-Encoding", "chunked"]] }],
  ])("throws for %s", (_name, options) => {
    expect(() => createUpgradeRequest(url, options)).toThrow(TypeError);
  });
});

describe("checkUpgradeResponse", () => {
  const request = createUpgradeRequest(url, {
    key: KEY,
    subprotocols: ["a", "b"],
    extensions: [
      { name: "x", params: [["n", "1"]] },
      { name: "x", params: [] },
      { name: "y", params: [] },
    ],
  });

  it.each<[string, Edits, object]>([
    ["the least", {}, { subprotocol: "", extensions: [] }],
    ["other letter case", { upgrade: "WebSocket", connection: "upgrade" }, {}],
    ["Connection: keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }, {}],
    ["one of the subprotocols", { "Sec-WebSocket-Protocol": "b" }, { subprotocol: "b" }],
    [
      "one of the extensions",
      { "Sec-WebSocket-Extensions": "x; m=2" },
      { extensions: [{ name: "x", params: [["m", "2"]] }] },
    ],
    [
      "extensions over two lines",
      { "Sec-WebSocket-Extensions": ["y", "x"] },
      {
        extensions: [
          { name: "y", params: [] },
          { name: "x", params: [] },
        ],
      },
    ],
  ])("accepts %s", (_name, edits, expected) => {
    const result = checkUpgradeResponse(response(edited(RESPONSE_LINES, edits)), request);
    expect(result).toMatchObject({ ok: true, ...expected });
  });

  it.each<[string, Edits, HandshakeErrorCode]>([
    ["no Upgrade", { Upgrade: null }, "missing-upgrade"],
    ["a list in Upgrade", { Upgrade: "websocket, h2c" }, "missing-upgrade"],
    ["two lines of Upgrade", { Upgrade: ["websocket", "websocket"] }, "missing-upgrade"],
    ["no Connection", { Connection: null }, "missing-connection"],
    ["another Connection", { Connection: "close" }, "missing-connection"],
    ["no accept", { "Sec-WebSocket-Accept": null }, "invalid-accept"],
    ["an empty accept", { "Sec-WebSocket-Accept": "" }, "invalid-accept"],
    [
      "the accept of another key",
      { "Sec-WebSocket-Accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
      "invalid-accept",
    ],
    ["the key as accept", { "Sec-WebSocket-Accept": KEY }, "invalid-accept"],
    [
      "accept in other letter case",
      { "Sec-WebSocket-Accept": "S3PPLMBITXAQ9KYGZZHZRBK+XOO=" },
      "invalid-accept",
    ],
    ["a subprotocol not offered", { "Sec-WebSocket-Protocol": "c" }, "subprotocol-not-offered"],
    ["a subprotocol in other letter case", { "Sec-WebSocket-Protocol": "A" }, "subprotocol-not-offered"],
    ["an empty subprotocol", { "Sec-WebSocket-Protocol": "" }, "subprotocol-not-offered"],
    ["two subprotocols", { "Sec-WebSocket-Protocol": "a, b" }, "subprotocol-not-offered"],
    ["two lines of subprotocols", { "Sec-WebSocket-Protocol": ["a", "b"] }, "subprotocol-not-offered"],
    ["the same subprotocol twice", { "Sec-WebSocket-Protocol": ["a", "a"] }, "subprotocol-not-offered"],
    ["an extension not offered", { "Sec-WebSocket-Extensions": "z" }, "extension-not-offered"],
    ["an extension twice", { "Sec-WebSocket-Extensions": "x, x" }, "extension-not-offered"],
    ["an extension named __proto__", { "Sec-WebSocket-Extensions": "__proto__" }, "extension-not-offered"],
    ["malformed extensions", { "Sec-WebSocket-Extensions": "x;" }, "invalid-extensions"],
    ["empty extensions", { "Sec-WebSocket-Extensions": "" }, "invalid-extensions"],
  ])("refuses %s", (_name, edits, code) => {
    const head = response(edited(RESPONSE_LINES, edits));
    const result = checkUpgradeResponse(head, request);
    expect(result.ok ? null : describeError(result.error)).toEqual({
      code,
      status: 101,
      headers: [...head.headers],
    });
  });

  it("refuses a subprotocol when none was offered", () => {
    const head = response(edited(RESPONSE_LINES, { "Sec-WebSocket-Protocol": "a" }));
    const result = checkUpgradeResponse(head, createUpgradeRequest(url, { key: KEY }));
    expect(result).toMatchObject({ ok: false, error: { code: "subprotocol-not-offered" } });
  });

  it("refuses HTTP/1.0", () => {
    const head = response(["HTTP/1.0 101 x", ...RESPONSE_LINES.slice(1)]);
    const result = checkUpgradeResponse(head, request);
    expect(result).toMatchObject({ ok: false, error: { code: "unsupported-http-version" } });
  });

  it.each([200, 302, 401, 426, 503])("gives status %d and headers of a refusal in the error", (status) => {
    const head = response([`HTTP/1.1 ${status} x`, "Location: /b", "WWW-Authenticate: Basic"]);
    const result = checkUpgradeResponse(head, request);
    expect(result.ok ? null : describeError(result.error)).toEqual({
      code: "unexpected-status",
      status,
      headers: [
        ["Location", "/b"],
        ["WWW-Authenticate", "Basic"],
      ],
    });
    expect(result.ok ? null : result.error.headers.get("location")).toBe("/b");
  });

  const name = fc.constantFrom(
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "constructor",
  );
  const value = fc.oneof(
    fc.constantFrom("websocket", "a", "x", 'x; n="', ";", '"'),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  test.prop([fc.integer({ min: 100, max: 999 }), fc.array(fc.tuple(name, value)), fc.boolean()])(
    "has a result for any response",
    (status, list, good) => {
      const base = good ? [...response(RESPONSE_LINES).headers] : [];
      const headers = HeaderFields.from([...base, ...list]);
      const head = { httpVersion: "1.1", status: good ? 101 : status, reason: "", headers };
      expect(typeof checkUpgradeResponse(head, request).ok).toBe("boolean");
    },
  );
});

describe("both roles", () => {
  const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,8}$/);
  const extension = fc.record({
    name: token,
    params: fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 3 }),
  });

  test.prop([
    fc.uniqueArray(token, { maxLength: 5 }),
    fc.array(extension, { maxLength: 4 }),
    fc.nat(),
    fc.nat(),
  ])("agree on what the server chooses", (subprotocols, extensions, i, j) => {
    const request = createUpgradeRequest(url, { subprotocols, extensions });
    const read = new RequestReader().receive(encodeRequest(request));
    const checked = read?.ok ? checkUpgradeRequest(read.head) : null;
    if (!checked?.ok) throw new Error("the request was refused");
    expect(checked.offer).toMatchObject({ key: request.key, subprotocols, extensions });

    const choice = {
      subprotocol: subprotocols[i % (subprotocols.length + 1)] ?? "",
      extensions: extensions.slice(j % (extensions.length + 1)).slice(0, 1),
    };
    const answer = new ResponseReader().receive(encodeResponse(acceptUpgrade(checked.offer, choice)));
    if (!answer?.ok) throw new Error("the response was refused");
    expect(checkUpgradeResponse(answer.head, request)).toMatchObject({ ok: true, ...choice });
  });
});
