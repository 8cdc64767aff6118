import { CLOSE } from "../frame.ts";
import { octets, toHex } from "../octets.ts";
import type { ParsedFrame } from "../parse.ts";
import type { RecordedEvent } from "../recorder.ts";

/** More octets than this are told by their number and checksum: a difference of 64 KiB takes minutes to print. */
const PRINTED = 160;

/** An event in one line, to compare and to read. */
export function eventLine(event: RecordedEvent): string {
  if (event.type === "closed") {
    return `closed ${event.code} ${JSON.stringify(event.reason)}, ${event.clean ? "clean" : "not clean"}`;
  }
  return event.type === "text" ? `text ${textLine(event.data)}` : `${event.type} ${octetsLine(event.data)}`;
}

/** A frame that was written, in one line; of a Close frame the code, since the reason is free. */
export function frameLine({ fin, rsv, opcode, masked, payload }: ParsedFrame): string {
  const head = `opcode ${opcode}, rsv ${rsv}, ${fin ? "" : "not "}fin, ${masked ? "" : "not "}masked`;
  return `${head}: ${opcode === CLOSE ? toHex(payload.subarray(0, 2)) : octetsLine(payload)}`;
}

function textLine(text: string): string {
  return text.length <= PRINTED ? JSON.stringify(text) : octetsLine(octets(text));
}

function octetsLine(data: Uint8Array): string {
  return data.length <= PRINTED ? `[${toHex(data)}]` : `[${data.length} octets, checksum ${checksum(data)}]`;
}

/** FNV-1a of 32 bits. */
function checksum(data: Uint8Array): number {
  return data.reduce((hash, octet) => Math.imul(hash ^ octet, 0x01000193), 0x811c9dc5 | 0) >>> 0;
}
