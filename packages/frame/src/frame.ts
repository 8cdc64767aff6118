import { ProtocolError } from "./errors.ts";
import { createHeader, decodeHeader, encodeHeader, headerSize, NEED_MORE } from "./header.ts";
import { applyMask } from "./mask.ts";
import type { Opcode } from "./opcode.ts";

/** A whole frame with its payload unmasked. */
export interface Frame {
  /** Whether this is the last fragment of its message. */
  readonly fin: boolean;
  /** The reserved bits as they stand in the first octet: RSV1 is 0x40, RSV2 0x20, RSV3 0x10. */
  readonly rsv: number;
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
}

/** What {@link decodeFrame} found. */
export interface DecodedFrame {
  readonly frame: Frame;
  /** Whether it was masked on the wire: a server must refuse a frame that was not, a client one that was. */
  readonly masked: boolean;
  /** How many octets it took, header included. */
  readonly size: number;
}

/** The default limit of {@link decodeFrame}, in octets: 1 MiB. */
export const DEFAULT_MAX_PAYLOAD_LENGTH = 1_048_576;

/**
 * Decodes one whole frame that begins at `offset`. The input is not changed; the payload is a copy.
 *
 * @param maxPayloadLength in octets; a longer payload is refused when its header is read, before anything is kept.
 * Default 1 MiB
 * @returns `null` while the frame is not complete
 * @throws {@link ProtocolError} when the frame breaks RFC 6455 or is longer than the limit
 * @throws RangeError when `offset` is negative or not an integer, or the limit is negative or not a number
 * @throws TypeError when the input is not octets: a string, an ArrayBuffer, an array
 *
 * @example
 * ```ts
 * const found = decodeFrame(received);
 * if (found !== null) received = received.subarray(found.size);
 * ```
 */
export function decodeFrame(
  src: Uint8Array,
  offset = 0,
  maxPayloadLength = DEFAULT_MAX_PAYLOAD_LENGTH,
): DecodedFrame | null {
  if (src.BYTES_PER_ELEMENT !== 1) throw new TypeError("The input must be a Uint8Array");
  // NaN would compare as no limit at all.
  if (!(maxPayloadLength >= 0)) throw new RangeError(`A limit of ${maxPayloadLength} octets`);
  const header = createHeader();
  const start = decodeHeader(src, offset, header);
  if (start === NEED_MORE) return null;
  const { fin, rsv, opcode, masked, maskingKey, payloadLength } = header;
  if (payloadLength > maxPayloadLength) {
    throw new ProtocolError("message-too-big", `${payloadLength} octets, limit ${maxPayloadLength}`);
  }
  const size = start + payloadLength;
  if (src.length - offset < size) return null;
  // Not `slice`: that of Node's Buffer is a view.
  const payload = new Uint8Array(payloadLength);
  payload.set(src.subarray(offset + start, offset + size));
  if (masked) applyMask(payload, 0, payloadLength, maskingKey);
  return { frame: { fin, rsv, opcode, payload }, masked, size };
}

/**
 * Encodes one whole frame into octets of its own. The payload is not changed.
 *
 * @param maskingKey masks the frame, as a client must; a fresh, unpredictable 32-bit integer for every frame
 * (RFC 6455 section 5.3)
 * @throws RangeError when the frame could not be decoded again: see {@link encodeHeader}
 * @throws TypeError when the payload is not octets: a string, an ArrayBuffer, an array
 *
 * @example
 * ```ts
 * encodeFrame({ fin: true, rsv: 0, opcode: Opcode.Ping, payload: new Uint8Array(0) }); // 89 00
 * ```
 */
export function encodeFrame(frame: Frame, maskingKey?: number): Uint8Array {
  // A string or an array of wider numbers would be copied as other octets, silently.
  if (frame.payload.BYTES_PER_ELEMENT !== 1) throw new TypeError("The payload must be a Uint8Array");
  const masked = maskingKey !== undefined;
  const payloadLength = frame.payload.length;
  const octets = new Uint8Array(headerSize(payloadLength, masked) + payloadLength);
  const { fin, rsv, opcode } = frame;
  const start = encodeHeader(
    { fin, rsv, opcode, masked, maskingKey: maskingKey ?? 0, payloadLength },
    octets,
    0,
  );
  octets.set(frame.payload, start);
  if (masked) applyMask(octets, start, octets.length, maskingKey);
  return octets;
}
