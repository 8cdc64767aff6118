import { Opcode } from "@plyws/frame";

export type FieldName =
  | "FIN"
  | "RSV1"
  | "RSV2"
  | "RSV3"
  | "opcode"
  | "MASK"
  | "Payload len"
  | "Extended payload length"
  | "Masking-key"
  | "Payload data";

/** One field of a frame, as the figure of RFC 6455 section 5.2 names it. */
export interface Field {
  readonly name: FieldName;
  /** Where it begins, in bits from the start of the frame. */
  readonly bit: number;
  /** How many bits of it there are. */
  readonly bits: number;
  /** As a number or in hex. */
  readonly value: string;
  readonly meaning: string;
}

/** A header as its bits say it, legal or not. What is cut off is null. */
export interface Header {
  readonly fields: readonly Field[];
  /** How many octets of it are there. */
  readonly size: number;
  /** How many more it needs, as far as what is there tells; 0 when it is complete. */
  readonly missing: number;
  readonly fin: boolean;
  /** As in the first octet: RSV1 is 0x40, RSV2 0x20, RSV3 0x10. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean | null;
  /** Four octets; null when the frame is not masked. */
  readonly maskingKey: Uint8Array | null;
  readonly payloadLength: bigint | null;
  /** In how many bits the length is written. */
  readonly lengthBits: 7 | 16 | 64 | null;
}

const OPCODES: ReadonlyMap<number, string> = new Map([
  [Opcode.Continuation, "Continuation"],
  [Opcode.Text, "Text"],
  [Opcode.Binary, "Binary"],
  [Opcode.Close, "Close"],
  [Opcode.Ping, "Ping"],
  [Opcode.Pong, "Pong"],
]);

/** What an opcode is called. */
export function opcodeName(opcode: number): string {
  return OPCODES.get(opcode) ?? "Reserved";
}

/**
 * Reads the header at `offset` bit by bit. Unlike `decodeHeader` it refuses nothing and takes what is cut off: it is
 * there to show what is wrong. There must be at least one octet.
 */
export function readHeader(src: Uint8Array, offset: number): Header {
  const fields: Field[] = [];
  const add = (name: FieldName, bit: number, bits: number, value: string, meaning: string) =>
    fields.push({ name, bit, bits, value, meaning });
  const available = src.length - offset;

  const first = src[offset] ?? 0;
  const fin = (first & 0x80) !== 0;
  const rsv = first & 0x70;
  const opcode = first & 0x0f;
  add("FIN", 0, 1, bitOf(fin), fin ? "last fragment of its message" : "more fragments follow");
  for (const index of [1, 2, 3] as const) {
    const set = (first & (0x80 >> index)) !== 0;
    add(`RSV${index}`, index, 1, bitOf(set), rsvMeaning(index, set));
  }
  add("opcode", 4, 4, `0x${opcode.toString(16).toUpperCase()}`, opcodeMeaning(opcode));
  const head = { fin, rsv, opcode };
  const unknown = { masked: null, maskingKey: null, payloadLength: null, lengthBits: null };
  const cut = (size: number, missing: number): Header => ({ ...head, ...unknown, fields, size, missing });
  if (available < 2) return cut(1, 1);

  const second = src[offset + 1] ?? 0;
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBits = short === 127 ? 64 : short === 126 ? 16 : 7;
  const extended = lengthBits === 7 ? 0 : lengthBits / 8;
  add("MASK", 8, 1, bitOf(masked), masked ? "a masking key follows, the payload is masked" : "not masked");
  add("Payload len", 9, 7, String(short), lengthMeaning(short));
  const size = 2 + extended + (masked ? 4 : 0);
  if (available < 2 + extended) return { ...cut(available, size - available), masked, lengthBits };

  let payloadLength = BigInt(short);
  if (extended > 0) {
    payloadLength = 0n;
    for (let at = 2; at < 2 + extended; at++)
      payloadLength = payloadLength * 256n + BigInt(src[offset + at]!);
    add("Extended payload length", 16, extended * 8, String(payloadLength), octetsOf(payloadLength));
  }
  if (available < size) {
    return { ...cut(available, size - available), masked, lengthBits, payloadLength };
  }
  const maskingKey = masked ? src.subarray(offset + size - 4, offset + size) : null;
  if (maskingKey !== null) {
    add("Masking-key", (size - 4) * 8, 32, hexOf(maskingKey), "XORed with the payload, octet by octet");
  }
  return { ...head, fields, size, missing: 0, masked, maskingKey, payloadLength, lengthBits };
}

const bitOf = (set: boolean): string => (set ? "1" : "0");

const hexOf = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");

const octetsOf = (length: bigint): string =>
  length === 1n ? "1 octet of payload" : `${length} octets of payload`;

function rsvMeaning(index: 1 | 2 | 3, set: boolean): string {
  if (!set) return "not used";
  return index === 1
    ? "set: with permessage-deflate, a compressed message"
    : "set: only an extension may do so";
}

function opcodeMeaning(opcode: number): string {
  const name = opcodeName(opcode);
  if (name === "Reserved") return opcode < 8 ? "reserved for data frames" : "reserved for control frames";
  if (opcode === 0) return "Continuation: goes on with the message before";
  return `${name}: ${opcode < 8 ? "begins a message" : "a control frame"}`;
}

function lengthMeaning(short: number): string {
  if (short === 127) return "the length is in the next 64 bits";
  return short === 126 ? "the length is in the next 16 bits" : octetsOf(BigInt(short));
}
