import { randomBytes } from "node:crypto";

// The load builds its frames by hand: no library under comparison must decide how its own load looks.

/** A request for an upgrade. */
export const UPGRADE = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

/** A whole masked frame with a payload of `size` octets. */
export function encodeClientFrame(size: number, text: boolean): Buffer {
  const length = encodeLength(size);
  length[0]! |= 0x80;
  const key = randomBytes(4);
  const payload = Buffer.alloc(size, "plyws ");
  for (let at = 0; at < size; at++) payload[at]! ^= key[at % 4]!;
  return Buffer.concat([Buffer.of(text ? 0x81 : 0x82), length, key, payload]);
}

/** How many octets the unmasked frame with such a payload takes. */
export function serverFrameSize(size: number): number {
  return 1 + encodeLength(size).length + size;
}

function encodeLength(size: number): Buffer {
  if (size < 126) return Buffer.of(size);
  const length = Buffer.alloc(size < 65_536 ? 3 : 9);
  length[0] = size < 65_536 ? 126 : 127;
  length.writeUIntBE(size, size < 65_536 ? 1 : 3, size < 65_536 ? 2 : 6);
  return length;
}
