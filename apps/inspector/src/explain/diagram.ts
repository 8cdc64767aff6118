import type { ExplainedFrame } from "./frame.ts";
import type { Field, FieldName } from "./header.ts";

/** A piece of a field within one row of the figure. */
export interface Cell {
  readonly name: FieldName;
  /** Where it begins in the row, in bits. */
  readonly column: number;
  /** As zeros and ones. */
  readonly bits: string;
  /** Whether the field began in an earlier row. */
  readonly continued: boolean;
}

/**
 * The figure of RFC 6455 section 5.2 with the bits of a frame: rows of so many bits. The payload is in it as far as it
 * fills the row in which it begins; then there are more of them.
 */
export function diagram(src: Uint8Array, frame: ExplainedFrame, columns: 16 | 32): Cell[][] {
  const { fields, size } = frame.header;
  const rows: Cell[][] = [];
  for (const field of [...fields, ...payloadField(frame, size * 8, columns)]) {
    for (let done = 0; done < field.bits; ) {
      const at = field.bit + done;
      const column = at % columns;
      const bits = Math.min(field.bits - done, columns - column);
      const row = (rows[Math.floor(at / columns)] ??= []);
      row.push({ name: field.name, column, bits: bitsOf(src, frame.offset, at, bits), continued: done > 0 });
      done += bits;
    }
  }
  return rows;
}

function payloadField(
  { sent }: ExplainedFrame,
  bit: number,
  columns: number,
): Pick<Field, "name" | "bit" | "bits">[] {
  if (sent.length === 0) return [];
  const bits = Math.min(sent.length * 8, columns - (bit % columns));
  return [{ name: "Payload data", bit, bits }];
}

function bitsOf(src: Uint8Array, offset: number, bit: number, bits: number): string {
  let text = "";
  for (let at = bit; at < bit + bits; at++) {
    text += ((src[offset + (at >> 3)] ?? 0) >> (7 - (at & 7))) & 1;
  }
  return text;
}
