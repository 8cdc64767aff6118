/** A request for an upgrade. */
export function encodeUpgrade(compressed: boolean): string {
  return [
    "GET / HTTP/1.1",
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    // As Chromium offers it.
    ...(compressed ? ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"] : []),
    "",
    "",
  ].join("\r\n");
}

/** What a server has to answer to that key. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** @throws Error unless the response accepts the upgrade, with compression or without as it was offered */
export function checkUpgrade(response: string, compressed: boolean): void {
  const [head = ""] = response.split("\r\n");
  if (!head.startsWith("HTTP/1.1 101 ") || !response.includes(ACCEPT)) {
    throw new Error(`The server answered the handshake with ${head}`);
  }
  if (compressed !== response.toLowerCase().includes("permessage-deflate")) {
    throw new Error(`The server ${compressed ? "does not compress" : "compresses unasked"}`);
  }
}
