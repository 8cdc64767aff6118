import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { makeJson } from "../json.js";
import type { MessagePlan } from "../plans.ts";

// The load builds its frames by hand: no library under comparison must decide how its own load looks.

/** A masked frame as a client sends it. */
export function encodeClientFrame(firstOctet: number, payload: Uint8Array): Buffer {
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

/** A Close frame of code 1000, as a client sends it. */
export function encodeClientClose(): Buffer {
  return encodeClientFrame(0x88, Buffer.of(0x03, 0xe8));
}

/** The payload of one message; with another seed it is another one. */
export function makePayload({ size, text, compressed }: MessagePlan, seed: number): Buffer {
  if (compressed) return Buffer.from(makeJson(size, seed));
  if (text) return Buffer.alloc(size, `${seed} plyws `);
  const payload = Buffer.alloc(size);
  for (let at = 0, value = seed + 1; at < size; at++) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    payload[at] = value >>> 16;
  }
  return payload;
}

/** The frames that a message is sent as. */
export function encodeMessage(plan: MessagePlan, payload: Buffer): Buffer {
  const first = (plan.text ? 0x01 : 0x02) | (plan.compressed ? 0x40 : 0);
  // Each message for itself, so that it can be inflated whatever came before (RFC 7692 section 7.2.1).
  const octets = plan.compressed
    ? deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    : payload;
  const frames = Array.from({ length: plan.fragments }, (_, index) => {
    const cut = (part: number): number => Math.floor((octets.length * part) / plan.fragments);
    const fin = index === plan.fragments - 1 ? 0x80 : 0;
    return encodeClientFrame(fin | (index === 0 ? first : 0), octets.subarray(cut(index), cut(index + 1)));
  });
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
}
