import type { RequestCase, RequestExpectation, RequestHead } from "../case.ts";

type Row = readonly [title: string, request: RequestHead, expect: RequestExpectation, why: string];

const ACCEPT: RequestExpectation = { answer: "accept" };
const REFUSE: RequestExpectation = { answer: "refuse" };
const LENIENT: RequestExpectation = { answer: "refuse", lenient: true };
const EITHER: RequestExpectation = { answer: "either" };
const BAD_REQUEST: RequestExpectation = { answer: "refuse", status: 400 };
const VERSION: RequestExpectation = {
  answer: "refuse",
  status: 426,
  field: ["sec-websocket-version", "13"],
};

const KEY = "Sec-WebSocket-Key";
const VERSION_FIELD = "Sec-WebSocket-Version";
const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

const without = (name: string): RequestHead => ({ replace: { [name]: [] } });
const instead = (name: string, ...values: readonly string[]): RequestHead => ({
  replace: { [name]: values.map((value) => `${name}: ${value}`) },
});
const lines = (...added: readonly string[]): RequestHead => ({ lines: added });
const line = (text: string): RequestHead => ({ line: text });

const CASES_IN_NAMES = "the names of fields, and these words, may be in any case";
const LIST = "the field is a list, and what counts is whether it has the token";
const NEEDED = "a request without it is none for WebSocket";

const FAMILIES: readonly [family: string, rule: string, rows: readonly Row[]][] = [
  [
    "accept",
    "RFC 6455 4.2.1, 4.2.2",
    [
      ["the usual request", {}, ACCEPT, "this is what clients send"],
      [
        "the key of the RFC",
        instead(KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ACCEPT,
        "the answer to it is s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      ],
      [
        "field names in lower case",
        {
          replace: {
            Host: ["host: {host}"],
            Upgrade: ["upgrade: websocket"],
            Connection: ["connection: upgrade"],
            [KEY]: ["sec-websocket-key: {key}"],
            [VERSION_FIELD]: ["sec-websocket-version: 13"],
          },
        },
        ACCEPT,
        CASES_IN_NAMES,
      ],
      [
        "everything in upper case",
        {
          replace: {
            Host: ["HOST: {host}"],
            Upgrade: ["UPGRADE: WEBSOCKET"],
            Connection: ["CONNECTION: UPGRADE"],
            [KEY]: ["SEC-WEBSOCKET-KEY: {key}"],
            [VERSION_FIELD]: ["SEC-WEBSOCKET-VERSION: 13"],
          },
        },
        ACCEPT,
        CASES_IN_NAMES,
      ],
      ["Connection: keep-alive, Upgrade", instead("Connection", "keep-alive, Upgrade"), ACCEPT, LIST],
      ["Connection: Upgrade,keep-alive", instead("Connection", "Upgrade,keep-alive"), ACCEPT, LIST],
      ["Connection in two lines", instead("Connection", "keep-alive", "Upgrade"), ACCEPT, LIST],
      [
        "blanks and tabs around values",
        { replace: { Upgrade: ["Upgrade: \t websocket \t"], Connection: ["Connection:Upgrade"] } },
        ACCEPT,
        "blanks around a value do not belong to it",
      ],
      ["a request octet by octet", { chop: 1 }, ACCEPT, "a head may arrive in any pieces"],
      [
        "a request with a query",
        line("GET {target}?a=1&b=%20 HTTP/1.1"),
        ACCEPT,
        "a resource name may have a query",
      ],
      [
        "forty further fields",
        lines(...Array.from({ length: 40 }, (_, i) => `X-Field-${i}: value ${i}`)),
        ACCEPT,
        "unknown fields are ignored",
      ],
      ["a field of 4 KiB", lines(`X-Long: ${"x".repeat(4096)}`), ACCEPT, "cookies are often as long"],
      ["a text together with the request", { early: true }, ACCEPT, "what follows the head are frames"],
      [
        "a text together with the request, octet by octet",
        { early: true, chop: 1 },
        ACCEPT,
        "what follows the head are frames",
      ],
      ["a field with octets above 7F", lines("X-Latin: caf\u00e9"), ACCEPT, "such octets are opaque"],
      ["an empty field", lines("X-Empty:"), ACCEPT, "a value may be empty"],
      [
        "fields named like members of objects",
        lines("__proto__: 1", "constructor: 2"),
        ACCEPT,
        "a name is only a name",
      ],
    ],
  ],
  [
    "refuse",
    "RFC 6455 4.2.1",
    [
      ["no key", without(KEY), BAD_REQUEST, NEEDED],
      ["an empty key", instead(KEY, ""), BAD_REQUEST, "a key has 16 octets"],
      ["a key of 15 octets", instead(KEY, "AAAAAAAAAAAAAAAAAAAA"), BAD_REQUEST, "a key has 16 octets"],
      ["a key of 17 octets", instead(KEY, "AAAAAAAAAAAAAAAAAAAAAAA="), BAD_REQUEST, "a key has 16 octets"],
      [
        "a key that is no base64",
        instead(KEY, "!!!!!!!!!!!!!!!!!!!!!!=="),
        BAD_REQUEST,
        "a key is written in base64",
      ],
      [
        "a key with bits that do not count",
        instead(KEY, "AAAAAAAAAAAAAAAAAAAAAB=="),
        LENIENT,
        "16 octets are written in base64 in only one way",
      ],
      [
        "two keys",
        instead(KEY, "{key}", "AAAAAAAAAAAAAAAAAAAAAA=="),
        BAD_REQUEST,
        "the key may be given once",
      ],
      ["no version", without(VERSION_FIELD), { answer: "refuse" }, NEEDED],
      ["no Upgrade", without("Upgrade"), REFUSE, NEEDED],
      ["Upgrade: h2c", instead("Upgrade", "h2c"), REFUSE, NEEDED],
      [
        "Upgrade: websockets",
        instead("Upgrade", "websockets"),
        REFUSE,
        "the token is websocket and nothing longer",
      ],
      ["no Connection", without("Connection"), REFUSE, NEEDED],
      ["Connection: keep-alive", instead("Connection", "keep-alive"), REFUSE, NEEDED],
      [
        "Connection: Upgraded",
        instead("Connection", "Upgraded"),
        REFUSE,
        "the token is upgrade and nothing longer",
      ],
      ["POST", line("POST {target} HTTP/1.1"), REFUSE, "the method is GET"],
      ["HEAD", line("HEAD {target} HTTP/1.1"), REFUSE, "the method is GET"],
      ["HTTP/1.0", line("GET {target} HTTP/1.0"), REFUSE, "the version of HTTP is 1.1 or higher"],
      ["no Host", without("Host"), BAD_REQUEST, "HTTP/1.1 demands it"],
      ["two Hosts", instead("Host", "{host}", "example.org"), BAD_REQUEST, "HTTP/1.1 allows it once"],
    ],
  ],
  [
    "version",
    "RFC 6455 4.2.2, 4.4",
    [
      [
        "version 8",
        instead(VERSION_FIELD, "8"),
        { ...VERSION, lenient: true },
        "an earlier draft, which differs little; nobody has to speak it",
      ],
      ...["12", "14", "0", "255"].map(
        (version): Row => [
          `version ${version}`,
          instead(VERSION_FIELD, version),
          VERSION,
          "the answer is 426 and names the version that is spoken",
        ],
      ),
      ...["013", "13.0", "256", "-13", "thirteen"].map(
        (version): Row => [
          `version ${version}`,
          instead(VERSION_FIELD, version),
          { answer: "refuse", lenient: Number(version) === 13 },
          "a version is a number from 0 to 255 without leading zeros",
        ],
      ),
    ],
  ],
  [
    "http",
    "RFC 9112 2.2, 5",
    [
      [
        "a blank before a colon",
        lines("X-Field : value"),
        { answer: "refuse", lenient: true },
        "a name ends with its colon",
      ],
      [
        "a field that goes on in the next line",
        lines("X-Field: a", " b"),
        LENIENT,
        "folded lines are a thing of the past",
      ],
      ["a line without a colon", lines("X-Field"), LENIENT, "it is no field"],
      ["a NUL in a value", lines("X-Field: a\0b"), LENIENT, "a value has no control characters"],
      [
        "a line that ends with LF only",
        lines("X-Field: a\nX-Other: b"),
        EITHER,
        "a reader may take LF alone as an end of line",
      ],
      [
        "a body that is announced",
        lines("Content-Length: 5"),
        EITHER,
        "whether its octets are a body or frames is a matter of opinion, and so best refused",
      ],
      ["a body in chunks", lines("Transfer-Encoding: chunked"), EITHER, "as before"],
      ["a head of 100 KiB", lines(`X-Long: ${"x".repeat(102_400)}`), EITHER, "a limit on heads is sensible"],
      [
        "2000 fields",
        lines(...Array.from({ length: 2000 }, (_, i) => `X-${i}: 1`)),
        EITHER,
        "a limit on the number of fields is sensible",
      ],
    ],
  ],
  [
    "subprotocol",
    "RFC 6455 4.2.2, 11.3.4",
    [
      [
        "a subprotocol",
        lines(`${PROTOCOL}: x-unknown`),
        { ...ACCEPT, subprotocols: ["x-unknown"] },
        "the answer names it or none",
      ],
      [
        "three subprotocols",
        lines(`${PROTOCOL}: a, b, c`),
        { ...ACCEPT, subprotocols: ["a", "b", "c"] },
        "the answer names one of them or none",
      ],
      [
        "subprotocols in two lines",
        lines(`${PROTOCOL}: a`, `${PROTOCOL}: b`),
        { ...ACCEPT, subprotocols: ["a", "b"] },
        "the field may be split",
      ],
      [
        "a subprotocol twice",
        lines(`${PROTOCOL}: a, a`),
        { answer: "refuse", lenient: true, subprotocols: ["a"] },
        "each may be named once",
      ],
      ["an empty list of subprotocols", lines(`${PROTOCOL}:`), LENIENT, "the list has one element at least"],
      ["a subprotocol that is no token", lines(`${PROTOCOL}: a b`), LENIENT, "a subprotocol is a token"],
      [
        "a subprotocol that is hardly legal",
        lines(`${PROTOCOL}: !#$%&'*+-.^_\`|~`),
        { ...ACCEPT, subprotocols: ["!#$%&'*+-.^_`|~"] },
        "these characters are allowed in a token",
      ],
    ],
  ],
  [
    "extension",
    "RFC 6455 9.1",
    [
      [
        "an unknown extension",
        lines(`${EXTENSIONS}: x-unknown`),
        ACCEPT,
        "what a server does not know it leaves out",
      ],
      [
        "an unknown extension with parameters",
        lines(`${EXTENSIONS}: x-unknown; a; b=1; c="d"`),
        ACCEPT,
        "what a server does not know it leaves out",
      ],
      ...["constructor", "__proto__", "toString"].map(
        (name): Row => [
          `an extension named ${name}`,
          lines(`${EXTENSIONS}: ${name}; ${name}; ${name}=1`),
          ACCEPT,
          "a name is only a name",
        ],
      ),
      ["an extension that is no token", lines(`${EXTENSIONS}: a b`), LENIENT, "it breaks the grammar"],
      ["an empty list of extensions", lines(`${EXTENSIONS}:`), LENIENT, "it breaks the grammar"],
      ["a string that never ends", lines(`${EXTENSIONS}: a; b="c`), LENIENT, "it breaks the grammar"],
    ],
  ],
];

/** The opening handshake of a server, of which the Autobahn suite tests nothing. */
export const serverHandshakeCases: readonly RequestCase[] = FAMILIES.flatMap(([family, rule, rows]) =>
  rows.map(([title, request, expect, why], i) => ({
    kind: "request" as const,
    id: `hs.server.${family}.${i + 1}`,
    title,
    rule,
    why,
    judges: "server" as const,
    request,
    expect,
  })),
);
