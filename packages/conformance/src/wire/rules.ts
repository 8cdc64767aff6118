import { OPCODE } from "./frame.ts";
import type { ReceivedFrame } from "./frame-reader.ts";
import { textOf } from "./octets.ts";

/** What has to hold for the frames of a peer. */
export interface PeerRules {
  /** Clients mask, servers do not. */
  readonly masks: boolean;
  /** Whether permessage-deflate was negotiated. */
  readonly deflate: boolean;
}

const KNOWN = new Set<number>(Object.values(OPCODE));
const isControl = (opcode: number): boolean => opcode >= 8;

/**
 * The rule of framing that a frame of the peer breaks, as half a sentence; null when it breaks none. Whatever a case is
 * about, a peer that breaks one of these has failed it.
 *
 * @param inMessage whether a fragmented message is not complete yet
 */
export function brokenRule(frame: ReceivedFrame, rules: PeerRules, inMessage: boolean): string | null {
  const { fin, rsv, opcode, key, payload, overlong } = frame;
  if (rules.masks && key === null) return "a client's frame is not masked (RFC 6455 section 5.1)";
  if (!rules.masks && key !== null) return "a server's frame is masked (RFC 6455 section 5.1)";
  if (!KNOWN.has(opcode)) return `opcode ${opcode} is reserved (RFC 6455 section 5.2)`;
  if (overlong) return "the length is not written in the fewest octets (RFC 6455 section 5.2)";
  const starts = opcode === OPCODE.text || opcode === OPCODE.binary;
  if (rsv !== 0 && !(rsv === 4 && rules.deflate && starts)) {
    return `reserved bits ${rsv.toString(2).padStart(3, "0")} are set (RFC 6455 section 5.2)`;
  }
  if (isControl(opcode)) {
    if (!fin) return "a control frame is fragmented (RFC 6455 section 5.5)";
    if (payload.length > 125) return "a control frame has more than 125 octets (RFC 6455 section 5.5)";
    return opcode === OPCODE.close ? brokenCloseRule(payload) : null;
  }
  if (starts && inMessage) return "a message begins inside another (RFC 6455 section 5.4)";
  if (!starts && !inMessage) return "a continuation frame continues nothing (RFC 6455 section 5.4)";
  return null;
}

function brokenCloseRule(payload: Uint8Array): string | null {
  if (payload.length === 0) return null;
  if (payload.length === 1) return "a Close frame has one octet (RFC 6455 section 5.5.1)";
  const code = closeCode(payload) ?? 0;
  if (!mayBeSent(code)) return `close code ${code} may not be sent (RFC 6455 section 7.4)`;
  if (textOf(payload.subarray(2)) === null) return "a close reason is no UTF-8 (RFC 6455 section 5.5.1)";
  return null;
}

/** The code of a Close frame; null when it has none. */
export function closeCode(payload: Uint8Array): number | null {
  return payload.length < 2 ? null : ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
}

/** RFC 6455 section 7.4 and the registry of IANA. Nothing is said about codes above 4999. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000;
}
