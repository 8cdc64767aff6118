import { concat, octets } from "./octets.ts";

/** The opcodes of RFC 6455 section 5.2. The builder takes any value from 0 to 15. */
export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameParts {
  opcode: number;
  /** Before masking; a string stands for its UTF-8 octets. Default: empty. */
  payload?: Payload;
  /** Default: true. */
  fin?: boolean;
  /** Three bits: 4 is RSV1, 2 is RSV2, 1 is RSV3. Default: 0. */
  rsv?: number;
  /** The masking key, four octets; null for an unmasked frame. Default: null. */
  mask?: Uint8Array | null;
  /** Bits of the payload length, to write one that is not minimal. Default: the minimal form. */
  lengthForm?: 7 | 16 | 64;
  /** The length to announce when it is not that of the payload, up to 2^64-1. */
  announcedLength?: bigint;
}

/** What the helpers for one opcode take besides the payload. */
export type FrameOptions = Omit<FrameParts, "opcode" | "payload">;

/** A masking key for tests that do not care which: the one of RFC 6455 section 5.7. */
export const MASK: Uint8Array = octets([0x37, 0xfa, 0x21, 0x3d]);

/**
 * One frame on the wire, legal or not: RFC 6455 section 5.2, written without a look at the code under test.
 * The payload is copied, never masked in place.
 */
export function frame(parts: FrameParts): Uint8Array {
  const { opcode, fin = true, rsv = 0, mask = null } = parts;
  if (opcode < 0 || opcode > 15) throw new RangeError(`opcode ${opcode} does not fit four bits`);
  if (rsv < 0 || rsv > 7) throw new RangeError(`rsv ${rsv} does not fit three bits`);
  if (mask !== null && mask.length !== 4) throw new RangeError("a masking key has four octets");
  const payload = octets(parts.payload ?? "");
  const length = parts.announcedLength ?? BigInt(payload.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const [indicator, ...extended] = lengthOctets(length, parts.lengthForm ?? minimalForm(length));
  const head = octets([first, (mask === null ? 0 : 0x80) | indicator, ...extended]);
  return mask === null ? concat(head, payload) : concat(head, mask, masked(payload, mask));
}

function minimalForm(length: bigint): 7 | 16 | 64 {
  if (length <= 125n) return 7;
  return length <= 0xffffn ? 16 : 64;
}

function lengthOctets(length: bigint, form: 7 | 16 | 64): [number, ...number[]] {
  const limit = form === 7 ? 125n : (1n << BigInt(form)) - 1n;
  if (length < 0n || length > limit)
    throw new RangeError(`length ${length} does not fit the ${form}-bit form`);
  if (form === 7) return [Number(length)];
  const bigEndian = Array.from({ length: form / 8 }, (_, i) =>
    Number((length >> BigInt(form - 8 * (i + 1))) & 0xffn),
  );
  return [form === 16 ? 126 : 127, ...bigEndian];
}

/** RFC 6455 section 5.3: octet i is XORed with octet i modulo 4 of the key. The same again unmasks. */
export function masked(payload: Uint8Array, mask: Uint8Array): Uint8Array {
  return payload.map((octet, i) => octet ^ (mask[i % 4] ?? 0));
}

type Payload = string | Iterable<number>;

export const text = (payload: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: TEXT, payload });

export const binary = (payload: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: BINARY, payload });

export const continuation = (payload: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: CONTINUATION, payload });

export const ping = (payload: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: PING, payload });

export const pong = (payload: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: PONG, payload });

/** A Close frame; without a code its payload is empty, and then there is no reason either. */
export const close = (code?: number, reason: Payload = "", options?: FrameOptions): Uint8Array =>
  frame({ ...options, opcode: CLOSE, payload: code === undefined ? "" : closePayload(code, reason) });

/** The payload of a Close frame: the code, big endian, then the reason. */
export function closePayload(code: number, reason: Payload = ""): Uint8Array {
  return concat(octets([(code >> 8) & 0xff, code & 0xff]), octets(reason));
}
