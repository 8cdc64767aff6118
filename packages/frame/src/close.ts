import { ProtocolError } from "./errors.ts";
import { MAX_CONTROL_PAYLOAD } from "./opcode.ts";

/** What a Close frame says (RFC 6455 section 5.5.1). */
export interface CloseInfo {
  /** The close code; 1005 stands for a Close frame without one and is never on the wire. */
  readonly code: number;
  /** At most 123 octets of UTF-8. */
  readonly reason: string;
}

/** The close codes that RFC 6455 section 7.4.1 and the IANA registry name. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Reported when a Close frame had no code; never sent. */
  NoCode: 1005,
  /** Reported when the connection was lost without a Close frame; never sent. */
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  /** Reported when TLS failed; never sent. */
  TlsHandshake: 1015,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** The longest reason, in octets of UTF-8: what a control frame leaves after the code. */
export const MAX_REASON_SIZE = MAX_CONTROL_PAYLOAD - 2;

/**
 * Whether a close code may stand in a Close frame: 1000 to 1003, 1007 to 1014 (the registered ones) and 3000 to 4999
 * (RFC 6455 section 7.4). 1004, 1005, 1006, 1015 and everything else may not.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999 && Number.isInteger(code);
  return Number.isInteger(code) && ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014));
}

/**
 * Decodes the unmasked payload of a Close frame. An empty one gives the code 1005 and no reason
 * (RFC 6455 section 7.1.5).
 *
 * @throws {@link ProtocolError} when the payload is a single octet, the code must not be sent by a peer, or the
 * reason is not valid UTF-8
 *
 * @example
 * ```ts
 * decodeClose(Uint8Array.of(0x03, 0xe8)); // { code: 1000, reason: "" }
 * ```
 */
export function decodeClose(payload: Uint8Array): CloseInfo {
  if (payload.length === 0) return { code: CloseCode.NoCode, reason: "" };
  // RFC 6455 section 5.5.1: "the first two bytes of the body MUST be a 2-byte unsigned integer".
  if (payload.length === 1) throw new ProtocolError("close-payload");
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isCloseCode(code)) throw new ProtocolError("close-code", String(code));
  return { code, reason: decodeReason(payload) };
}

/**
 * Encodes the payload of a Close frame. The code 1005 with no reason gives the empty payload.
 *
 * @throws RangeError when the code must not be on the wire, the reason is longer than 123 octets of UTF-8, or there
 * is a reason without a code
 *
 * @example
 * ```ts
 * encodeClose({ code: 1000, reason: "bye" }); // 03 e8 62 79 65
 * ```
 */
export function encodeClose({ code, reason }: CloseInfo): Uint8Array {
  if (code === CloseCode.NoCode && reason === "") return new Uint8Array(0);
  if (!isCloseCode(code)) {
    throw new RangeError(
      `Close code ${code} cannot be sent: use 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 section 7.4)`,
    );
  }
  const octets = encodeReason(reason);
  if (octets.length > MAX_REASON_SIZE) {
    throw new RangeError(`A close reason is at most 123 octets of UTF-8, not ${octets.length}`);
  }
  return Uint8Array.of(code >>> 8, code & 0xff, ...octets);
}

// The language has one strict UTF-8 codec that is no global of a platform: that of percent-encoded URIs.
// Close frames are rare and short, so its detour does not matter.

function decodeReason(payload: Uint8Array): string {
  let escaped = "";
  for (let at = 2; at < payload.length; at++) escaped += `%${payload[at]!.toString(16).padStart(2, "0")}`;
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new ProtocolError("close-reason");
  }
}

function encodeReason(reason: string): number[] {
  // A lone surrogate has no UTF-8: it becomes U+FFFD, as in every encoder of the web platform.
  const escaped = encodeURIComponent(reason.replace(/\p{Surrogate}/gu, "\ufffd"));
  const octets: number[] = [];
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] !== "%") octets.push(escaped.charCodeAt(at));
    else {
      octets.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return octets;
}
