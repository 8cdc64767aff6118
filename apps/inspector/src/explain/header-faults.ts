import { isControl, isOpcode, MAX_CONTROL_PAYLOAD } from "@plyws/frame";
import { type Fault, type FaultCode, fault } from "./faults.ts";
import { type Header, opcodeName } from "./header.ts";

/** Who sent the octets. */
export type Sender = "client" | "server";

/** What is wrong with a header by itself: all of it, where `decodeHeader` stops at the first. */
export function headerFaults(header: Header, offset: number, from: Sender): Fault[] {
  const faults: Fault[] = [];
  const add = (code: FaultCode, at: number, text: string) => faults.push(fault(code, offset + at, text));
  const { fin, opcode, masked, lengthBits, payloadLength } = header;
  const name = opcodeName(opcode);

  if (!isOpcode(opcode)) {
    const kind = isControl(opcode) ? "control" : "data";
    add(
      "reserved-opcode",
      0,
      `Opcode ${hex(opcode)} is reserved for ${kind} frames that nobody has defined yet.`,
    );
  }
  if (!fin && isControl(opcode)) {
    add("control-fragmented", 0, `A control frame (${name}) must not be fragmented: FIN has to be 1.`);
  }
  if (masked === false && from === "client") {
    add("mask-missing", 1, "A client has to mask every frame; this one has MASK = 0.");
  }
  if (masked === true && from === "server") {
    add("mask-unexpected", 1, "A server must not mask its frames; this one has MASK = 1.");
  }
  // What needs more than the 7 bits of the short form is above 125, or not minimal.
  if (isControl(opcode) && lengthBits !== null && lengthBits !== 7) {
    const announced = payloadLength === null ? "more" : String(payloadLength);
    const text =
      payloadLength === null || payloadLength > BigInt(MAX_CONTROL_PAYLOAD)
        ? `A control frame holds at most 125 octets of payload; this one announces ${announced}.`
        : "A control frame has no extended payload length: its 125 octets at most fit the 7 bits.";
    add("control-too-long", 1, text);
  }
  if (payloadLength === null) return faults;

  const least = payloadLength < 126n ? 7 : payloadLength <= 0xffffn ? 16 : 64;
  if (lengthBits !== null && lengthBits > least) {
    add(
      "length-not-minimal",
      2,
      `The length ${payloadLength} is written in ${lengthBits} bits; it has to be in the fewest, which are ${least}.`,
    );
  }
  if (payloadLength >= 1n << 63n) {
    add("length-top-bit", 2, "The most significant bit of a 64-bit length has to be 0.");
  } else if (payloadLength > BigInt(Number.MAX_SAFE_INTEGER)) {
    add(
      "length-unsafe",
      2,
      "The RFC allows this length, but a double cannot count it: plyws refuses it as too big, instead of rounding.",
    );
  }
  return faults;
}

/** What is remarkable about a masking key, given that of the masked frame before. */
export function keyFaults(key: Uint8Array, before: Uint8Array | null, offset: number): Fault[] {
  if (key.every((octet) => octet === 0)) {
    return [fault("key-zero", offset, "The masking key is 0, so that the payload is not masked at all.")];
  }
  if (before !== null && key.every((octet, index) => octet === before[index])) {
    const text =
      "The masking key is that of the frame before; each needs a fresh one that nobody can predict.";
    return [fault("key-repeated", offset, text)];
  }
  return [];
}

const hex = (opcode: number): string => `0x${opcode.toString(16).toUpperCase()}`;
