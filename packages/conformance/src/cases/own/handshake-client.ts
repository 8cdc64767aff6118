import type { ClientRequestCase, ClientRequestCheck, ResponseCase, ResponseHead } from "../case.ts";

type Row = readonly [title: string, response: ResponseHead, why: string, lenient?: boolean];

const ACCEPT = "Sec-WebSocket-Accept";
const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

const without = (name: string): ResponseHead => ({ replace: { [name]: [] } });
const instead = (name: string, ...values: readonly string[]): ResponseHead => ({
  replace: { [name]: values.map((value) => `${name}: ${value}`) },
});
const lines = (...added: readonly string[]): ResponseHead => ({ lines: added });
const line = (text: string): ResponseHead => ({ line: text });

const TAKEN: readonly Row[] = [
  ["the usual answer", {}, "this is what servers send"],
  [
    "field names in lower case",
    {
      replace: {
        Upgrade: ["upgrade: websocket"],
        Connection: ["connection: upgrade"],
        [ACCEPT]: ["sec-websocket-accept: {accept}"],
      },
    },
    "names, and these words, may be in any case",
  ],
  [
    "Upgrade: WebSocket, Connection: UPGRADE",
    { replace: { Upgrade: ["Upgrade: WebSocket"], Connection: ["Connection: UPGRADE"] } },
    "these words may be in any case",
  ],
  ["Connection: keep-alive, Upgrade", instead("Connection", "keep-alive, Upgrade"), "the field is a list"],
  ["another reason phrase", line("HTTP/1.1 101 Web Socket Protocol Handshake"), "the phrase has no meaning"],
  ["an empty reason phrase", line("HTTP/1.1 101 "), "the phrase may be empty"],
  ["blanks around values", instead(ACCEPT, " \t{accept} \t"), "they do not belong to the value"],
  [
    "further fields",
    lines("Server: kit", "X-Other: 1", "Date: Sat, 21 Nov 2026 00:00:00 GMT"),
    "unknown fields are ignored",
  ],
  ["an answer octet by octet", { chop: 1 }, "a head may arrive in any pieces"],
];

const REFUSED: readonly Row[] = [
  ["no accept", without(ACCEPT), "nothing shows that the server understood"],
  ["a wrong accept", instead(ACCEPT, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="), "it is not that of the key"],
  ["an accept with its last character left out", instead(ACCEPT, "{accept-1}"), "it is not that of the key"],
  ["the accept in lower case", instead(ACCEPT, "{accept-lower}"), "base64 is compared letter by letter"],
  ["the key as accept", instead(ACCEPT, "{key}"), "it is not that of the key"],
  ["an empty accept", instead(ACCEPT, ""), "it is not that of the key"],
  ["no Upgrade", without("Upgrade"), "the answer has to say what it switches to"],
  ["Upgrade: h2c", instead("Upgrade", "h2c"), "the answer has to say what it switches to"],
  ["Upgrade: websocketx", instead("Upgrade", "websocketx"), "the word is websocket and nothing longer"],
  ["no Connection", without("Connection"), "the field belongs to the answer"],
  ["Connection: close", instead("Connection", "close"), "the field belongs to the answer"],
  ["200 OK", line("HTTP/1.1 200 OK"), "only 101 opens the connection"],
  ["400 Bad Request", line("HTTP/1.1 400 Bad Request"), "only 101 opens the connection"],
  ["HTTP/1.0 101", line("HTTP/1.0 101 Switching Protocols"), "HTTP/1.0 cannot switch", true],
  ["a first line that is none", line("SIP/2.0 101 Switching Protocols"), "this is not HTTP"],
  [
    "a subprotocol that was not asked for",
    lines(`${PROTOCOL}: x-never-asked`),
    "a server picks one of those offered",
  ],
  ["two subprotocols", lines(`${PROTOCOL}: a`, `${PROTOCOL}: b`), "a server picks one"],
  [
    "an extension that was not offered",
    lines(`${EXTENSIONS}: x-never-offered`),
    "a server takes what was offered",
  ],
  ["an extension named constructor", lines(`${EXTENSIONS}: constructor`), "a server takes what was offered"],
  [
    "two accepts, the first one wrong",
    instead(ACCEPT, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "{accept}"),
    "the field may be given once",
  ],
];

const row =
  (family: string, answer: ResponseCase["answer"]) =>
  ([title, response, why, lenient]: Row, i: number): ResponseCase => ({
    kind: "response",
    id: `hs.client.${family}.${i + 1}`,
    title,
    rule: "RFC 6455 4.1",
    why,
    judges: "client",
    response,
    answer,
    lenient,
  });

const CHECKS: readonly [check: ClientRequestCheck, title: string, why: string][] = [
  ["line", "the first line of the request", "it is GET with a path, of HTTP/1.1"],
  ["host", "Host", "it is there once and names the server with its port"],
  ["upgrade", "Upgrade", "it has the token websocket"],
  ["connection", "Connection", "it has the token upgrade"],
  ["key", "Sec-WebSocket-Key", "it is 16 octets in base64, once"],
  ["version", "Sec-WebSocket-Version", "it is 13, once"],
  ["fresh-key", "the keys of all requests", "each connection has a new random key"],
  ["once", "fields that may appear once", "none of them is repeated"],
  [
    "extensions",
    "Sec-WebSocket-Extensions",
    "it follows the grammar, and offers of permessage-deflate are legal",
  ],
  ["subprotocols", "Sec-WebSocket-Protocol", "its elements are tokens, none of them twice"],
];

/** The requests of a client, of which the Autobahn suite tests nothing. */
export const clientRequestCases: readonly ClientRequestCase[] = CHECKS.map(([check, title, why], i) => ({
  kind: "client-request",
  id: `hs.client.request.${i + 1}`,
  title,
  rule: "RFC 6455 4.1",
  why,
  judges: "client",
  check,
}));

/** The answers that a client takes, and those that it must not. */
export const clientHandshakeCases: readonly ResponseCase[] = [
  ...TAKEN.map(row("accept", "accept")),
  ...REFUSED.map(row("refuse", "refuse")),
];
