import { ProtocolError } from "./errors.ts";
import { isControl, isOpcode, MAX_CONTROL_PAYLOAD, Opcode } from "./opcode.ts";

/** What stands before the payload of a frame (RFC 6455 section 5.2). */
export interface FrameHeader {
  /** Whether this is the last fragment of its message. */
  fin: boolean;
  /** The reserved bits as they stand in the first octet: RSV1 is 0x40, RSV2 0x20, RSV3 0x10. */
  rsv: number;
  opcode: Opcode;
  masked: boolean;
  /** The masking key as a signed 32-bit integer, its first octet lowest; 0 when the frame is not masked. */
  maskingKey: number;
  /** In octets, from 0 to 2^53 - 1. */
  payloadLength: number;
}

/** The answer of {@link decodeHeader} when the header is not complete yet. */
export const NEED_MORE = 0;

/** The longest header: two octets, 64 bits of length, a masking key. */
export const MAX_HEADER_SIZE = 14;

const FIN = 0x80;
const RSV = 0x70;
const OPCODE = 0x0f;
const MASK = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** The high word of 2^53 - 1: a length with more than this cannot be counted exactly. */
const MAX_HIGH_WORD = 0x1fffff;
const TWO_POW_32 = 0x1_0000_0000;

/** A header to decode into, made once and used again for every frame. */
export function createHeader(): FrameHeader {
  return { fin: true, rsv: 0, opcode: Opcode.Binary, masked: false, maskingKey: 0, payloadLength: 0 };
}

/**
 * Decodes the header of the frame that begins at `offset`.
 *
 * Refuses by itself whatever needs neither the role nor the state of a connection, as soon as the field that shows
 * it is there: reserved opcodes, fragmented or oversize control frames, lengths that are not minimal, have the top
 * bit set, or are above 2^53 - 1 octets. Masking, reserved bits and the order of fragments are left to the caller.
 *
 * @param into receives the header; its content is undefined while the answer is `NEED_MORE`
 * @returns how many octets the header takes (2 to 14), or `NEED_MORE` (0) when it is not complete; nothing is
 * consumed either way
 * @throws {@link ProtocolError} when the header breaks RFC 6455
 * @throws RangeError when `offset` is negative or not an integer; one beyond the end is answered with `NEED_MORE`
 *
 * @example
 * ```ts
 * const header = createHeader();
 * const size = decodeHeader(octets, 0, header);
 * if (size !== NEED_MORE) console.log(header.payloadLength);
 * ```
 */
export function decodeHeader(src: Uint8Array, offset: number, into: FrameHeader): number {
  const available = src.length - offset;
  if (available < 1) return NEED_MORE;
  const first = src[offset];
  if (first === undefined) throw badOffset(offset);
  const opcode = first & OPCODE;
  // RFC 6455 section 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the Connection_".
  if (!isOpcode(opcode)) throw badOpcode("reserved-opcode", opcode);
  const fin = (first & FIN) !== 0;
  // RFC 6455 section 5.5: control frames "MUST NOT be fragmented".
  if (!fin && isControl(opcode)) throw badOpcode("control-fragmented", opcode);

  if (available < 2) return NEED_MORE;
  const second = src[offset + 1]!;
  const masked = (second & MASK) !== 0;
  let payloadLength = second & LENGTH;
  // RFC 6455 section 5.5: control frames "MUST have a payload length of 125 bytes or less".
  if (payloadLength > MAX_CONTROL_PAYLOAD && isControl(opcode)) throw new ProtocolError("control-too-long");

  let size = 2;
  if (payloadLength === LENGTH_16) {
    if (available < 4) return NEED_MORE;
    payloadLength = (src[offset + 2]! << 8) | src[offset + 3]!;
    // RFC 6455 section 5.2: "the minimal number of bytes MUST be used to encode the length".
    if (payloadLength < LENGTH_16) throw notMinimal(payloadLength, 16);
    size = 4;
  } else if (payloadLength === LENGTH_64) {
    if (available < 10) return NEED_MORE;
    payloadLength = decodeLength64(src, offset + 2);
    size = 10;
  }

  let maskingKey = 0;
  if (masked) {
    if (available < size + 4) return NEED_MORE;
    const at = offset + size;
    maskingKey = src[at]! | (src[at + 1]! << 8) | (src[at + 2]! << 16) | (src[at + 3]! << 24);
    size += 4;
  }

  into.fin = fin;
  into.rsv = first & RSV;
  into.opcode = opcode;
  into.masked = masked;
  into.maskingKey = maskingKey;
  into.payloadLength = payloadLength;
  return size;
}

// Errors are built out here because V8 inlines a function only up to 460 octets of bytecode, and templates are long:
// decodeHeader costs a quarter more where it is not inlined.

function badOffset(offset: number): RangeError {
  return new RangeError(`There is no octet at offset ${offset}`);
}

function badOpcode(code: "reserved-opcode" | "control-fragmented", opcode: number): ProtocolError {
  return new ProtocolError(code, `opcode ${opcode}`);
}

function notMinimal(length: number, bits: 16 | 64): ProtocolError {
  return new ProtocolError("length-not-minimal", `${length} in ${bits} bits`);
}

function decodeLength64(src: Uint8Array, at: number): number {
  const high = uint32(src, at);
  const low = uint32(src, at + 4);
  // RFC 6455 section 5.2: "the most significant bit MUST be 0".
  if (high > 0x7fffffff) throw new ProtocolError("length-top-bit");
  if (high > MAX_HIGH_WORD) throw new ProtocolError("length-unsafe");
  // RFC 6455 section 5.2: "the minimal number of bytes MUST be used to encode the length".
  if (high === 0 && low <= 0xffff) throw notMinimal(low, 64);
  return high * TWO_POW_32 + low;
}

function uint32(src: Uint8Array, at: number): number {
  return ((src[at]! << 24) | (src[at + 1]! << 16) | (src[at + 2]! << 8) | src[at + 3]!) >>> 0;
}

/**
 * How many octets the header of a frame takes: 2 to 14.
 *
 * @param payloadLength in octets, from 0 to 2^53 - 1
 * @param masked whether a masking key follows the length
 */
export function headerSize(payloadLength: number, masked: boolean): number {
  const size = payloadLength < LENGTH_16 ? 2 : payloadLength <= 0xffff ? 4 : 10;
  return masked ? size + 4 : size;
}

/**
 * Encodes a header at `offset` of `dst`, its length in the fewest octets.
 *
 * @returns how many octets were written: {@link headerSize} of the same header
 * @throws RangeError when the header could not be decoded again (reserved opcode, control frame fragmented or over
 * 125 octets, length that is no integer from 0 to 2^53 - 1, other bits than RSV in `rsv`, masking key that is no
 * 32-bit integer) or `dst` has no room; nothing is written then
 *
 * @example
 * ```ts
 * const dst = new Uint8Array(headerSize(5, false));
 * encodeHeader({ fin: true, rsv: 0, opcode: Opcode.Text, masked: false, maskingKey: 0, payloadLength: 5 }, dst, 0);
 * // dst is 81 05
 * ```
 */
export function encodeHeader(header: Readonly<FrameHeader>, dst: Uint8Array, offset: number): number {
  const { opcode, payloadLength, masked } = header;
  refuseBadHeader(header);
  const size = headerSize(payloadLength, masked);
  if (!Number.isInteger(offset) || offset < 0 || offset + size > dst.length) {
    throw new RangeError(
      `The header takes ${size} octets; dst has ${dst.length - offset} from offset ${offset}`,
    );
  }

  dst[offset] = (header.fin ? FIN : 0) | header.rsv | opcode;
  const mask = masked ? MASK : 0;
  let at = offset + 2;
  if (payloadLength < LENGTH_16) {
    dst[offset + 1] = mask | payloadLength;
  } else if (payloadLength <= 0xffff) {
    dst[offset + 1] = mask | LENGTH_16;
    dst[at++] = payloadLength >>> 8;
    dst[at++] = payloadLength;
  } else {
    dst[offset + 1] = mask | LENGTH_64;
    at = writeUint32(dst, at, Math.floor(payloadLength / TWO_POW_32));
    at = writeUint32(dst, at, payloadLength >>> 0);
  }
  if (masked) {
    const key = header.maskingKey;
    dst[at] = key;
    dst[at + 1] = key >>> 8;
    dst[at + 2] = key >>> 16;
    dst[at + 3] = key >>> 24;
  }
  return size;
}

function writeUint32(dst: Uint8Array, at: number, value: number): number {
  dst[at] = value >>> 24;
  dst[at + 1] = value >>> 16;
  dst[at + 2] = value >>> 8;
  dst[at + 3] = value;
  return at + 4;
}

function refuseBadHeader(header: Readonly<FrameHeader>): void {
  const { fin, rsv, opcode, masked, maskingKey, payloadLength } = header;
  if (!isOpcode(opcode)) throw new RangeError(`Opcode ${String(opcode)} is not one of 0, 1, 2, 8, 9, 10`);
  if ((rsv & RSV) !== rsv) throw new RangeError(`rsv ${rsv} has bits other than 0x40, 0x20 and 0x10`);
  if (!Number.isSafeInteger(payloadLength) || payloadLength < 0) {
    throw new RangeError(`A payload length is an integer from 0 to 2^53 - 1, not ${payloadLength}`);
  }
  if (masked && (maskingKey | 0) !== maskingKey && maskingKey >>> 0 !== maskingKey) {
    throw new RangeError(`A masking key is a 32-bit integer, not ${maskingKey}`);
  }
  if (!isControl(opcode)) return;
  if (!fin) throw new RangeError("A control frame cannot be fragmented (RFC 6455 section 5.5)");
  if (payloadLength > MAX_CONTROL_PAYLOAD) {
    throw new RangeError(
      `A control frame holds at most 125 octets, not ${payloadLength} (RFC 6455 section 5.5)`,
    );
  }
}
