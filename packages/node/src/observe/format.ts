import { Opcode } from "@plyws/frame";
import type { Traced, TracedFrame } from "./trace.ts";

const NAMES: Record<Opcode, string> = {
  [Opcode.Continuation]: "continuation",
  [Opcode.Text]: "text",
  [Opcode.Binary]: "binary",
  [Opcode.Close]: "close",
  [Opcode.Ping]: "ping",
  [Opcode.Pong]: "pong",
};

/** RSV1 to RSV3 as they stand in `rsv`. */
const RESERVED_BITS = [
  [0x40, "rsv1"],
  [0x20, "rsv2"],
  [0x10, "rsv3"],
] as const;

/**
 * One line for a frame: direction (`<` received, `>` sent), opcode, flags, octets of the payload, and its beginning as
 * a string or in hexadecimal; a Close frame shows its code and reason. Whatever the peer sends, the line holds no
 * control character, no line break and nothing that changes the direction of writing.
 *
 * @example
 * ```ts
 * await listen({ trace: (frame) => console.log(formatFrame(frame)) }, events);
 * // < text fin masked 5 "Hello"
 * // > text fin 5 "Hello"
 * // < close fin masked 6 1000 "done"
 * ```
 */
export function formatFrame(traced: Traced): string {
  const arrow = traced.direction === "received" ? "<" : ">";
  if (traced.error !== null) return `${arrow} no frame: ${traced.error.code}: ${hexOf(traced.octets)}`;
  const { fin, rsv, opcode, masked, payloadLength, preview } = traced;
  const words = [arrow, NAMES[opcode]];
  if (fin) words.push("fin");
  for (const [bit, name] of RESERVED_BITS) if ((rsv & bit) !== 0) words.push(name);
  if (masked) words.push("masked");
  words.push(`${payloadLength}`);
  if (preview.length > 0) words.push(payloadOf(traced));
  if (preview.length < payloadLength) words.push("…");
  return words.join(" ");
}

function payloadOf(frame: TracedFrame): string {
  const { opcode, rsv, preview } = frame;
  // An extension has made something else of the payload.
  if (rsv !== 0) return hexOf(preview);
  if (opcode === Opcode.Text || opcode === Opcode.Continuation) {
    return quote(preview, frame.fin && preview.length === frame.payloadLength) ?? hexOf(preview);
  }
  if (opcode !== Opcode.Close || preview.length < 2) return hexOf(preview);
  const code = (preview[0]! << 8) | preview[1]!;
  const reason = preview.subarray(2);
  if (reason.length === 0) return `${code}`;
  return `${code} ${quote(reason, preview.length === frame.payloadLength) ?? hexOf(reason)}`;
}

/**
 * A string between quotation marks; `null` when the octets are not UTF-8.
 *
 * @param whole whether the last code point has to be complete
 */
function quote(octets: Uint8Array, whole: boolean): string | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets, { stream: !whole });
  } catch {
    return null;
  }
  // All that is invisible: control and format characters, line and paragraph separators, code points without meaning.
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escape);
}

function escape(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
}
