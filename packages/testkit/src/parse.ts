import { masked } from "./frame.ts";

/** A frame that was read back; the payload is unmasked and a copy. */
export interface ParsedFrame {
  fin: boolean;
  /** Three bits: 4 is RSV1, 2 is RSV2, 1 is RSV3. */
  rsv: number;
  opcode: number;
  masked: boolean;
  payload: Uint8Array;
}

/** Where one frame lies in a sequence of octets. */
export interface FrameSpan {
  start: number;
  /** The masking key, still on the wire; null when the frame is unmasked. */
  mask: Uint8Array | null;
  /** Where the payload starts. */
  payloadStart: number;
  /** Just after the payload as announced, possibly beyond the octets that are there. */
  end: number;
  minimalLength: boolean;
}

/** The frame that starts at `start`, or null when its head is incomplete. */
export function frameSpan(data: Uint8Array, start: number): FrameSpan | null {
  const second = data[start + 1];
  if (second === undefined) return null;
  const indicator = second & 0x7f;
  const extended = indicator === 126 ? 2 : indicator === 127 ? 8 : 0;
  const maskStart = start + 2 + extended;
  const payloadStart = maskStart + (second & 0x80 ? 4 : 0);
  if (payloadStart > data.length) return null;
  let length = BigInt(indicator);
  if (extended > 0)
    length = data.subarray(start + 2, maskStart).reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return {
    start,
    mask: second & 0x80 ? data.slice(maskStart, payloadStart) : null,
    payloadStart,
    end: payloadStart + Number(length),
    minimalLength: extended === 0 || length > (extended === 2 ? 125n : 0xffffn),
  };
}

/**
 * Reads what the code under test wrote; shares nothing with it. Octets after the last complete frame are an error
 * unless `trailing` is `"ignore"`; a length that is not minimal always is (RFC 6455 section 5.2).
 */
export function parseFrames(data: Uint8Array, options: { trailing?: "ignore" } = {}): ParsedFrame[] {
  return completeSpans(data, options.trailing === "ignore").map((span) => {
    const first = data[span.start] ?? 0;
    const payload = data.slice(span.payloadStart, span.end);
    return {
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0x0f,
      masked: span.mask !== null,
      payload: span.mask === null ? payload : masked(payload, span.mask),
    };
  });
}

/** The masking keys of all masked frames, in order: to see that they differ. */
export function maskingKeys(data: Uint8Array): Uint8Array[] {
  return completeSpans(data, false).flatMap(({ mask }) => (mask === null ? [] : [mask]));
}

function completeSpans(data: Uint8Array, ignoreTrailing: boolean): FrameSpan[] {
  const spans: FrameSpan[] = [];
  let at = 0;
  while (at < data.length) {
    const span = frameSpan(data, at);
    if (span === null || span.end > data.length) {
      if (ignoreTrailing) break;
      throw new Error(`${data.length - at} octets of an incomplete frame at ${at}`);
    }
    if (!span.minimalLength) throw new Error(`the frame at ${at} does not use the minimal length`);
    spans.push(span);
    at = span.end;
  }
  return spans;
}
