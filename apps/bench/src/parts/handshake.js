import {
  acceptUpgrade,
  checkUpgradeRequest,
  computeAccept,
  encodeResponse,
  parseExtensions,
  RequestReader,
} from "@plyws/handshake";

const OFFER = "permessage-deflate; client_max_window_bits";
const octets = new TextEncoder().encode(
  [
    "GET /chat?room=1 HTTP/1.1",
    "Host: example.com",
    "Connection: Upgrade",
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
    "Upgrade: websocket",
    "Origin: https://example.com",
    "Sec-WebSocket-Version: 13",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-US,en;q=0.9",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Sec-WebSocket-Extensions: ${OFFER}`,
    "",
    "",
  ].join("\r\n"),
);

function read() {
  const head = new RequestReader().receive(octets);
  if (head === null || !head.ok) throw new Error("The request is whole and right");
  return head.head;
}

function check() {
  const checked = checkUpgradeRequest(read());
  if (!checked.ok) throw new Error("The request is right");
  return checked.offer;
}

/** @type {import("./part.ts").Part[]} */
export const parts = [
  { package: "handshake", name: "read a browser's request", times: 1, run: read },
  { package: "handshake", name: "read and check it", times: 1, run: check },
  {
    package: "handshake",
    name: "read, check, accept, encode the response",
    times: 1,
    run: () => encodeResponse(acceptUpgrade(check())),
  },
  {
    package: "handshake",
    name: "the accept value, in plain JavaScript",
    times: 1,
    run: () => computeAccept("dGhlIHNhbXBsZSBub25jZQ=="),
  },
  { package: "handshake", name: "parse an extension offer", times: 1, run: () => parseExtensions(OFFER) },
];
