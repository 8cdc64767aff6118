import { concat } from "./octets.ts";

/** RFC 6455 section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** RSV1, RSV2 and RSV3 as three bits, RSV1 the most significant. */
export const RSV = { rsv1: 4, rsv2: 2, rsv3: 1 } as const;

/** What a frame announces. Legal or not: a builder for tests writes what it is told. */
export interface FrameFields {
  /** Default true. */
  readonly fin?: boolean | undefined;
  /** Three bits, see {@link RSV}. Default 0. */
  readonly rsv?: number | undefined;
  /** 0 to 15. */
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** How many octets the length takes after the second one: 0, 2 or 8. Default: the fewest that can say it. */
  readonly lengthOctets?: 0 | 2 | 8 | undefined;
  /** The length that is announced, up to 2^64-1. Default: that of the payload. */
  readonly announced?: bigint | undefined;
}

/**
 * The octets of one frame (RFC 6455 section 5.2).
 *
 * @param key the masking key, its first octet the most significant of 32 bits; null for an unmasked frame
 */
export function encodeFrame(frame: FrameFields, key: number | null): Uint8Array {
  const { fin = true, rsv = 0, opcode, payload } = frame;
  const length = frame.announced ?? BigInt(payload.length);
  const lengthOctets = frame.lengthOctets ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const header = new Uint8Array(2 + lengthOctets + (key === null ? 0 : 4));
  const view = new DataView(header.buffer);
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  header[1] =
    (key === null ? 0 : 0x80) | (lengthOctets === 0 ? Number(length) : lengthOctets === 2 ? 126 : 127);
  if (lengthOctets === 2) view.setUint16(2, Number(length));
  if (lengthOctets === 8) view.setBigUint64(2, length);
  if (key === null) return concat(header, payload);
  view.setUint32(2 + lengthOctets, key);
  const octets = concat(header, payload);
  applyMask(octets.subarray(header.length), key);
  return octets;
}

const FEW_OCTETS = 16;

/** Masks or unmasks a payload in place (RFC 6455 section 5.3). */
export function applyMask(octets: Uint8Array, key: number): void {
  const keys = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff];
  const slowly = (from: number, to: number): void => {
    for (let i = from; i < to; i++) octets[i] = (octets[i] ?? 0) ^ (keys[i & 3] ?? 0);
  };
  if (octets.length < FEW_OCTETS) return slowly(0, octets.length);
  // Four octets at a time, where the memory is aligned. Both arrays have the machine's order of octets.
  const lead = -octets.byteOffset & 3;
  const words = new Int32Array(octets.buffer, octets.byteOffset + lead, (octets.length - lead) >> 2);
  const [word = 0] = new Int32Array(Uint8Array.from([0, 1, 2, 3], (i) => keys[(lead + i) & 3] ?? 0).buffer);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] ?? 0) ^ word;
  slowly(0, lead);
  slowly(lead + 4 * words.length, octets.length);
}

/** The payload of a Close frame (RFC 6455 section 5.5.1). */
export function closePayload(code: number, reason: Uint8Array = new Uint8Array()): Uint8Array {
  return concat(Uint8Array.of(code >> 8, code & 0xff), reason);
}
