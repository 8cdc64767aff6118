import { applyMask, createHeader, encodeHeader, headerSize, MAX_HEADER_SIZE, Opcode } from "@plyws/frame";
import type { Outbox } from "./outbox.ts";
import type { TextCodec } from "./text.ts";

/**
 * From this many octets on a payload is queued by reference instead of copied: about where a second piece of a
 * gathered write costs less than the copy.
 */
export const ATTACH_FROM = 16_384;

/** A string of this many code units fits below {@link ATTACH_FROM} even at three octets each. */
const SHORT_TEXT = Math.floor((ATTACH_FROM - MAX_HEADER_SIZE) / 3);

// Filled and encoded within one call, so one object serves every connection.
const header = createHeader();

function writeHeader(
  outbox: Outbox,
  at: number,
  opcode: Opcode,
  payloadLength: number,
  key: number | null,
  fin = true,
  rsv = 0,
): number {
  header.fin = fin;
  header.rsv = rsv;
  header.opcode = opcode;
  header.masked = key !== null;
  header.maskingKey = key ?? 0;
  header.payloadLength = payloadLength;
  return at + encodeHeader(header, outbox.bytes, at);
}

/** @throws TypeError for a string or an array of wider numbers: it would become other octets, silently. */
export function checkOctets(payload: Uint8Array): void {
  if (payload.BYTES_PER_ELEMENT !== 1) throw new TypeError("A payload is a Uint8Array");
}

/**
 * Queues a whole frame.
 *
 * @param key the masking key, or `null` for a server
 * @param fin whether it is the last fragment of its message
 * @param owned whether the payload may be masked in place and kept
 * @param rsv the reserved bits, as in the header
 */
export function writeFrame(
  outbox: Outbox,
  opcode: Opcode,
  payload: Uint8Array,
  key: number | null,
  fin = true,
  owned = false,
  rsv = 0,
): void {
  checkOctets(payload);
  const { length } = payload;
  const size = headerSize(length, key !== null);
  if (length < ATTACH_FROM) {
    const start = writeHeader(outbox, outbox.reserve(size + length), opcode, length, key, fin, rsv);
    outbox.bytes.set(payload, start);
    if (key !== null) applyMask(outbox.bytes, start, start + length, key);
    outbox.commit(size + length);
    return;
  }
  writeHeader(outbox, outbox.reserve(size), opcode, length, key, fin, rsv);
  outbox.commit(size);
  if (key === null) return outbox.attach(payload);
  const masked = owned ? payload : new Uint8Array(payload);
  applyMask(masked, 0, length, key);
  outbox.attach(masked);
}

/** Queues a whole frame whose payload is on loan, so that it is copied however long it is. */
export function writeLoan(
  outbox: Outbox,
  opcode: Opcode,
  payload: Uint8Array,
  key: number | null,
  fin: boolean,
  rsv: number,
): void {
  const kept = payload.length < ATTACH_FROM ? payload : payload.slice();
  writeFrame(outbox, opcode, kept, key, fin, true, rsv);
}

/** Queues a whole text frame, its UTF-8 encoded straight into the outbox when it is short. */
export function writeText(
  outbox: Outbox,
  text: string,
  codec: Pick<TextCodec<unknown>, "encode" | "encodeInto">,
  key: number | null,
): void {
  if (typeof text !== "string") throw new TypeError("A text is a string");
  if (text.length > SHORT_TEXT) return writeFrame(outbox, Opcode.Text, codec.encode(text), key, true, true);
  const masked = key !== null;
  const at = outbox.reserve(MAX_HEADER_SIZE + text.length * 3);
  const { bytes } = outbox;
  // The size of the header depends on that of the UTF-8: most text is ASCII, so assume it and move if it was not.
  const assumed = headerSize(text.length, masked);
  const length = codec.encodeInto(text, bytes, at + assumed);
  const size = headerSize(length, masked);
  const start = at + size;
  if (size !== assumed) bytes.copyWithin(start, at + assumed, at + assumed + length);
  writeHeader(outbox, at, Opcode.Text, length, key);
  if (masked) applyMask(bytes, start, start + length, key);
  outbox.commit(size + length);
}
