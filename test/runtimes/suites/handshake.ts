import {
  acceptUpgrade,
  allowOrigins,
  checkOrigin,
  checkUpgradeRequest,
  checkUpgradeResponse,
  computeAccept,
  createUpgradeRequest,
  encodeRequest,
  encodeResponse,
  formatExtensions,
  parseExtensions,
  type ReadHead,
  type Rejected,
  RequestReader,
  ResponseReader,
  rejectUpgrade,
  selectSubprotocol,
} from "@plyws/handshake";
import { ACCEPT_VECTOR, concat, cuttings, octets } from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

/** RFC 6455 section 1.2. */
const REQUEST = [
  "GET /chat HTTP/1.1",
  "Host: server.example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${ACCEPT_VECTOR.key}`,
  "Origin: http://example.com",
  "Sec-WebSocket-Protocol: chat, superchat",
  "Sec-WebSocket-Version: 13",
];
const RESPONSE = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${ACCEPT_VECTOR.accept}`,
  "Sec-WebSocket-Protocol: chat",
];

/** A head on the wire: ISO-8859-1, one octet for each character. */
const head = (lines: readonly string[]): Uint8Array =>
  Uint8Array.from([...lines, "", ""].join("\r\n"), (character) => character.charCodeAt(0));
const text = (wire: Uint8Array): string => String.fromCharCode(...wire);
/** The lines with another one in the place of each that has its name; null for none. */
const edited = (lines: readonly string[], edits: Readonly<Record<string, string | null>>): string[] => [
  ...lines.filter((line) => !Object.keys(edits).some((name) => line.startsWith(`${name}:`))),
  ...Object.entries(edits).flatMap(([name, value]) => (value === null ? [] : `${name}: ${value}`)),
];

interface Reader<Head> {
  receive(chunk: Uint8Array): ReadHead<Head> | Rejected | null;
}

/** What a reader made of the chunks: plain values, with all that follows the head. */
function readAll<Head extends object>(reader: Reader<Head>, chunks: Iterable<Uint8Array>): unknown {
  let result: ReturnType<typeof reader.receive> = null;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (result === null) result = reader.receive(chunk);
    else rest.push(chunk);
  }
  if (result === null) return null;
  if (!result.ok) return { code: result.error.code, status: result.error.status };
  return { ...JSON.parse(JSON.stringify(result.head)), rest: concat(result.rest, ...rest) };
}

const pairs = (lines: readonly string[]): string[][] => lines.slice(1).map((line) => line.split(": "));

function readers(check: Check): void {
  const frame = octets([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
  const line = { method: "GET", target: "/chat", httpVersion: "1.1" };
  for (const { name, chunks } of cuttings(concat(head(REQUEST), frame))) {
    const expected = { ...line, headers: pairs(REQUEST), rest: frame };
    check.equal(`a request, ${name}`, readAll(new RequestReader(), chunks), expected);
  }
  const status = { httpVersion: "1.1", status: 101, reason: "Switching Protocols" };
  const hints = head(["HTTP/1.1 103 Early Hints", "Link: </a>"]);
  for (const { name, chunks } of cuttings(concat(hints, head(RESPONSE), frame))) {
    const expected = { ...status, headers: pairs(RESPONSE), rest: frame };
    check.equal(`a response, ${name}`, readAll(new ResponseReader(), chunks), expected);
  }
  for (const value of ["a: b", "\xe9\xff\xa0", "caf\xe9, 1"]) {
    for (const { name, chunks } of cuttings(head(["GET / HTTP/1.1", `x: ${value}`]))) {
      check.equal(`${value}, ${name}`, readAll(new RequestReader(), chunks), {
        ...line,
        target: "/",
        headers: [["x", value]],
        rest: octets(""),
      });
    }
  }
}

function malformed(check: Check): void {
  const heads: readonly (readonly [string, string, number])[] = [
    ["GET / HTTP/1.1\nHost: a\r\n\r\n", "malformed-head", 400],
    ["GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "malformed-head", 400],
    ["GET / HTTP/1.1\r\nHost : a\r\n\r\n", "malformed-head", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "malformed-head", 400],
    ["GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", "malformed-head", 400],
    ["GET  / HTTP/1.1\r\n\r\n", "malformed-head", 400],
    ["\x16\x03\x01\x02\x00\r\n\r\n", "malformed-head", 400],
    [`GET / HTTP/1.1\r\nx: ${"x".repeat(17_000)}`, "head-too-large", 431],
    [`GET / HTTP/1.1\r\n${"x: y\r\n".repeat(101)}`, "too-many-headers", 431],
  ];
  for (const [wire, code, status] of heads) {
    const data = Uint8Array.from(wire, (character) => character.charCodeAt(0));
    const shown = JSON.stringify(wire.slice(0, 40));
    check.equal(shown, readAll(new RequestReader(), [data]), { code, status });
    const single = Array.from(data, (octet) => Uint8Array.of(octet));
    check.equal(`${shown}, octet by octet`, readAll(new RequestReader(), single), { code, status });
  }
}

/** What becomes of a request with other lines: its offer, or the code and the status of the refusal. */
function judge(lines: readonly string[]): unknown {
  const result = new RequestReader().receive(head(lines));
  if (result?.ok !== true) return null;
  const checked = checkUpgradeRequest(result.head);
  return checked.ok ? checked.offer.subprotocols : `${checked.error.code} ${checked.error.status}`;
}

function server(check: Check): void {
  const refusals: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
    ["invalid-host 400", { Host: null }],
    ["invalid-host 400", { Host: "a/b" }],
    ["missing-upgrade 426", { Upgrade: null }],
    ["missing-upgrade 426", { Upgrade: "h2c" }],
    ["missing-connection 400", { Connection: "keep-alive" }],
    ["unsupported-version 426", { "Sec-WebSocket-Version": "8" }],
    ["unsupported-version 426", { "Sec-WebSocket-Version": null }],
    ["invalid-key 400", { "Sec-WebSocket-Key": "YWJj" }],
    ["invalid-key 400", { "Sec-WebSocket-Key": null }],
    ["invalid-subprotocols 400", { "Sec-WebSocket-Protocol": "a, a" }],
    ["invalid-extensions 400", { "Sec-WebSocket-Extensions": "a; =" }],
    ["unexpected-body 400", { "Content-Length": "1" }],
  ];
  check.equal("the request of section 1.2", judge(REQUEST), ["chat", "superchat"]);
  for (const [refusal, edits] of refusals) {
    check.equal(JSON.stringify(edits), judge(edited(REQUEST, edits)), refusal);
  }
  for (const [line, refusal] of [
    ["POST /chat HTTP/1.1", "method-not-allowed 405"],
    ["GET /chat HTTP/1.0", "unsupported-http-version 426"],
    ["GET chat HTTP/1.1", "invalid-target 400"],
  ] as const) {
    check.equal(line, judge([line, ...REQUEST.slice(1)]), refusal);
  }
  check.equal("Host twice", judge([...REQUEST, "host: a"]), "duplicate-header 400");

  const accepted = new RequestReader().receive(head(REQUEST));
  const checked = accepted?.ok === true ? checkUpgradeRequest(accepted.head) : null;
  if (checked?.ok !== true) return check.fail("the request is refused");
  const { offer } = checked;
  check.equal(
    "what it asks for",
    [offer.resourceName, offer.host, offer.origin, offer.key],
    ["/chat", "server.example.com", "http://example.com", ACCEPT_VECTOR.key],
  );
  const subprotocol = selectSubprotocol(offer.subprotocols, ["chat"]);
  const response = text(encodeResponse(acceptUpgrade(offer, { subprotocol })));
  check.equal("the response of section 1.2", response, text(head(RESPONSE)));
  check.throws("a subprotocol that nobody offered", () => acceptUpgrade(offer, { subprotocol: "x" }), {
    name: "TypeError",
  });
  check.equal("another origin", checkOrigin(offer).ok, false);
  check.equal(
    "an origin that is allowed",
    checkOrigin(offer, { rule: allowOrigins(["http://example.com"]) }).ok,
    true,
  );
  const refusal = rejectUpgrade(403, { body: "wëg" });
  const [first, ...rest] = text(encodeResponse(refusal)).split("\r\n");
  check.equal("a refusal", [first, rest.includes("Content-Length: 4")], ["HTTP/1.1 403 Forbidden", true]);
}

function client(check: Check): void {
  const request = createUpgradeRequest(new URL("wss://example.com/chat?a=%20b"), {
    key: ACCEPT_VECTOR.key,
    subprotocols: ["chat", "superchat"],
    extensions: [{ name: "x", params: [["n", "1"]] }],
  });
  check.equal("the request", text(encodeRequest(request)).split("\r\n"), [
    "GET /chat?a=%20b HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${ACCEPT_VECTOR.key}`,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: chat, superchat",
    "Sec-WebSocket-Extensions: x; n=1",
    "",
    "",
  ]);
  const judged = (lines: readonly string[]): unknown => {
    const result = new ResponseReader().receive(head(lines));
    if (result?.ok !== true) return null;
    const checked = checkUpgradeResponse(result.head, request);
    return checked.ok ? [checked.subprotocol, checked.extensions.length] : checked.error.code;
  };
  check.equal("the response of section 1.2", judged(RESPONSE), ["chat", 0]);
  for (const [edits, result] of [
    [{ "Sec-WebSocket-Protocol": null }, ["", 0]],
    [{ "Sec-WebSocket-Extensions": "x" }, ["chat", 1]],
    [{ Upgrade: null }, "missing-upgrade"],
    [{ Connection: null }, "missing-connection"],
    [{ "Sec-WebSocket-Accept": null }, "invalid-accept"],
    [{ "Sec-WebSocket-Accept": ACCEPT_VECTOR.accept.toLowerCase() }, "invalid-accept"],
    [{ "Sec-WebSocket-Protocol": "other" }, "subprotocol-not-offered"],
    [{ "Sec-WebSocket-Extensions": "y" }, "extension-not-offered"],
    [{ "Sec-WebSocket-Extensions": ";" }, "invalid-extensions"],
  ] as const) {
    check.equal(JSON.stringify(edits), judged(edited(RESPONSE, edits)), result);
  }
  check.equal("302", judged(["HTTP/1.1 302 Found", "Location: /"]), "unexpected-status");
  check.throws(
    "a line end in a value",
    () => createUpgradeRequest(new URL("ws://a/"), { headers: [["x", "a\r\nb: c"]] }),
    {
      name: "TypeError",
    },
  );
}

/** The random source of the platform, and both roles against each other. */
function together(check: Check): void {
  const keys = new Set<string>();
  for (let count = 0; count < 50; count++) {
    const request = createUpgradeRequest({ host: `h${count}`, target: "/" });
    keys.add(request.key);
    const read = new RequestReader().receive(encodeRequest(request));
    const checked = read?.ok === true ? checkUpgradeRequest(read.head) : null;
    if (checked?.ok !== true) return check.fail("our own request is refused");
    const response = new ResponseReader().receive(encodeResponse(acceptUpgrade(checked.offer)));
    check.equal(
      "our own response",
      response?.ok === true && checkUpgradeResponse(response.head, request).ok,
      true,
    );
    const other = { ...request, key: ACCEPT_VECTOR.key };
    check.equal(
      "for another key",
      response?.ok === true && checkUpgradeResponse(response.head, other).ok,
      false,
    );
  }
  check.equal("keys are fresh", keys.size, 50);
}

function digests(check: Check): void {
  check.equal("section 1.3", computeAccept(ACCEPT_VECTOR.key), ACCEPT_VECTOR.accept);
  check.equal("section 4.2.2", computeAccept("x3JJHMbDL1EzLkh9GBhXDw=="), "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
  const given = computeAccept(ACCEPT_VECTOR.key, () => Uint8Array.from({ length: 20 }, (_, at) => 255 - at));
  check.equal("a digest of one's own", given, "//79/Pv6+fj39vX08/Lx8O/u7ew=");
}

function extensions(check: Check): void {
  const deflate = "permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate";
  const parsed = parseExtensions(deflate);
  check.equal("RFC 7692 section 7.1", parsed, [
    {
      name: "permessage-deflate",
      params: [
        ["client_max_window_bits", true],
        ["server_max_window_bits", "10"],
      ],
    },
    { name: "permessage-deflate", params: [] },
  ]);
  check.equal("written again", formatExtensions(parsed ?? []), deflate);
  check.equal("a quoted value", parseExtensions('a; x="1\\2"'), [{ name: "a", params: [["x", "12"]] }]);
  check.equal("names of an object", parseExtensions("__proto__; constructor"), [
    { name: "__proto__", params: [["constructor", true]] },
  ]);
  for (const wrong of ["", ",", ";", "a;", "a; x=", "a b", 'a; x="1', 'a; x="1 2"', "a; \u0141"]) {
    check.equal(JSON.stringify(wrong), parseExtensions(wrong), null);
  }
}

const suite: Suite = {
  name: "@plyws/handshake",
  groups: {
    "heads, cut everywhere": readers,
    "heads that are none": malformed,
    "a server": server,
    "a client": client,
    "both against each other": together,
    "the accept value": digests,
    extensions,
  },
};
export default suite;
