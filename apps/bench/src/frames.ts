import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { makeJson } from "./json.ts";
import type { Scenario } from "./scenarios.ts";

// The load builds its frames by hand: no library under comparison must decide how its own load looks.

/** How many different messages a load of compressed ones has: the same again and again would compress too well. */
const VARIETY = 32;

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

/** A message of a load: what it is, and the masked frame that it is sent as. */
export interface PreparedLoad {
  readonly payload: Buffer;
  readonly frame: Buffer;
}

/** The messages that a scenario sends, in turn. */
export function prepareLoad({ size, text, compressed }: Scenario): PreparedLoad[] {
  if (compressed !== true) {
    const payload = Buffer.alloc(size, "plyws ");
    return [{ payload, frame: encodeClientFrame(text ? 0x81 : 0x82, payload) }];
  }
  return Array.from({ length: VARIETY }, (_, seed) => {
    const payload = Buffer.from(makeJson(size, seed));
    return { payload, frame: encodeClientFrame(0xc1, deflate(payload)) };
  });
}

/** Each message for itself, so that it can be inflated whatever came before (RFC 7692 section 7.2.1). */
function deflate(payload: Buffer): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function encodeClientFrame(firstOctet: number, payload: Buffer): Buffer {
  const length = encodeLength(payload.length);
  length[0]! |= 0x80;
  const key = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at++) masked[at]! ^= key[at % 4]!;
  return Buffer.concat([Buffer.of(firstOctet), length, key, masked]);
}

function encodeLength(size: number): Buffer {
  if (size < 126) return Buffer.of(size);
  const length = Buffer.alloc(size < 65_536 ? 3 : 9);
  length[0] = size < 65_536 ? 126 : 127;
  length.writeUIntBE(size, size < 65_536 ? 1 : 3, size < 65_536 ? 2 : 6);
  return length;
}
