import { createHash, randomBytes } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A fresh `Sec-WebSocket-Key`: 16 octets in base64 (RFC 6455 section 4.1). */
export function createKey(): string {
  return randomBytes(16).toString("base64");
}

/** The `Sec-WebSocket-Accept` for a key (RFC 6455 section 4.2.2). */
export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
}

/** 32 random bits for a masking key. */
export function randomKey(): number {
  return randomBytes(4).readUInt32BE();
}
