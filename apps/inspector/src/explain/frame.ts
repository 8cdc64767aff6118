import { applyMask, Opcode } from "@plyws/frame";
import { type Closing, readClosing } from "./closing.ts";
import { type Fault, fault } from "./faults.ts";
import { type Header, readHeader } from "./header.ts";
import { headerFaults, keyFaults, type Sender } from "./header-faults.ts";

/** One frame as it is in the stream, legal or not. */
export interface ExplainedFrame {
  /** Counted from 0. */
  readonly index: number;
  /** Where it begins in the stream. */
  readonly offset: number;
  /** How many octets of it are there, header included. */
  readonly size: number;
  /** How many octets it lacks at the end of the stream, at least; 0 when it is complete. */
  readonly missing: bigint;
  readonly header: Header;
  /** Where the payload begins in the stream. */
  readonly payloadOffset: number;
  /** The payload as it was sent: a view of the stream. */
  readonly sent: Uint8Array;
  /** The payload, unmasked. */
  readonly payload: Uint8Array;
  /** What a Close frame says; null for other frames, and when nothing of it is there. */
  readonly closing: Closing | null;
  readonly faults: readonly Fault[];
  /** Which message it is a fragment of, null for none. */
  readonly message: number | null;
  /** Whether a receiver would not have looked at it: an earlier frame was Close, or made it fail the connection. */
  readonly ignored: boolean;
}

/** What there is to know about a frame without those before it. */
export type SingleFrame = Omit<ExplainedFrame, "index" | "message" | "ignored">;

/**
 * Reads the frame at `offset`, where there is at least one octet.
 *
 * @param keyBefore the masking key of the frame before, null for none
 */
export function readFrame(
  src: Uint8Array,
  offset: number,
  from: Sender,
  keyBefore: Uint8Array | null,
): SingleFrame {
  const header = readHeader(src, offset);
  const faults = headerFaults(header, offset, from);
  const payloadOffset = offset + header.size;
  if (header.missing > 0 || header.payloadLength === null) {
    const missing = BigInt(header.missing);
    faults.push(
      incomplete(src.length, `The octets end within the header: at least ${count(missing)} missing.`),
    );
    const nothing = src.subarray(payloadOffset, payloadOffset);
    const empty = { sent: nothing, payload: nothing, closing: null };
    return { offset, size: header.size, missing, header, payloadOffset, ...empty, faults };
  }

  const endless = isEndless(header);
  const available = endless ? 0n : BigInt(src.length - payloadOffset);
  const there = Number(header.payloadLength < available ? header.payloadLength : available);
  const missing = header.payloadLength - BigInt(there);
  const sent = src.subarray(payloadOffset, payloadOffset + there);
  const payload = sent.slice();
  if (header.maskingKey !== null) {
    applyMask(payload, 0, payload.length, keyOf(header.maskingKey));
    faults.push(...keyFaults(header.maskingKey, keyBefore, payloadOffset - 4));
  }
  let closing: Closing | null = null;
  if (header.opcode === Opcode.Close && (there > 0 || missing === 0n)) {
    const read = readClosing(payload, payloadOffset, missing === 0n);
    closing = read.closing;
    faults.push(...read.faults);
  }
  if (endless) {
    const text =
      "Where the next frame begins cannot be known from here on: the octets after this header are left alone.";
    faults.push(fault("boundary-lost", payloadOffset, text));
  } else if (missing > 0n) {
    faults.push(incomplete(src.length, `The octets end within the payload: ${count(missing)} missing.`));
  }
  return {
    offset,
    size: header.size + there,
    missing,
    header,
    payloadOffset,
    sent,
    payload,
    closing,
    faults,
  };
}

/** Whether the top bit of the length is set, so that it is none. */
export function isEndless({ payloadLength }: Header): boolean {
  return (payloadLength ?? 0n) >= 1n << 63n;
}

/** As `applyMask` takes it: the first octet lowest. */
function keyOf(octets: Uint8Array): number {
  return octets.reduce((key, octet, index) => key | (octet << (8 * index)), 0);
}

const incomplete = (offset: number, text: string): Fault => fault("incomplete", offset, text);

const count = (octets: bigint): string => (octets === 1n ? "1 octet is" : `${octets} octets are`);
