import type { CloseRecord } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import { HandshakeError } from "@plyws/handshake";
import { ConnectError } from "../client/errors.ts";

/** How an attempt ended, by how far it came. */
export type AttemptEnd =
  /** The function that gives the target failed, or took longer than `handshakeTimeout`. */
  | { readonly stage: "target"; readonly error: unknown }
  /** There was no connection: what `connect` throws. */
  | { readonly stage: "connect"; readonly error: unknown }
  /** There was a connection, and it ended. */
  | { readonly stage: "open"; readonly record: CloseRecord };

/** Close codes by which a server says that coming back is of no use. */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([
  CloseCode.Normal, // RFC 6455 section 7.4.1: the purpose of the connection "has been fulfilled".
  // What this client sends is not accepted, and it would send it again.
  CloseCode.ProtocolError,
  CloseCode.UnsupportedData,
  CloseCode.InvalidPayload,
  CloseCode.PolicyViolation,
  CloseCode.MessageTooBig,
  CloseCode.MandatoryExtension,
  3000, // Unauthorized, and
  3003, // Forbidden, both in the IANA registry.
]);

/** Statuses below 500 that say "not now" and not "not so": timeout, too early, too many requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** The codes of Node for certificates that cannot be trusted. */
const CERTIFICATE_CODES: ReadonlySet<unknown> = new Set([
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
]);

/** Whether another attempt may go better. The README of the package has this as a table. */
export function isWorthRetrying(end: AttemptEnd): boolean {
  // Also after a TypeError: that is what `fetch` throws without a network.
  if (end.stage === "target") return true;
  if (end.stage === "connect") return isPassing(end.error);
  // When this side began to close, the peer's code is only the echo of its own.
  const { initiator, received } = end.record;
  return initiator === "local" || received === null || !FINAL_CLOSE_CODES.has(received.code);
}

function isPassing(error: unknown): boolean {
  if (error instanceof ConnectError) return isPassingOnTheWay(error);
  if (error instanceof HandshakeError)
    return error.code === "unexpected-status" && isPassingStatus(error.status);
  if (error instanceof TypeError || error instanceof RangeError || error instanceof URIError) return false;
  return !(error instanceof Error && "code" in error && CERTIFICATE_CODES.has(error.code));
}

/** What failed at a proxy or at a redirect. */
function isPassingOnTheWay({ code, status, cause }: ConnectError): boolean {
  if (code === "proxy-failed" || code === "redirect-failed") return isPassing(cause);
  return code === "proxy-refused" && isPassingStatus(status);
}

function isPassingStatus(status: number): boolean {
  return status >= 500 || PASSING_STATUSES.has(status);
}

/**
 * How long the server asks to wait, in milliseconds: Retry-After of the answer to a handshake (RFC 9110
 * section 10.2.3). 0 when it does not ask.
 *
 * @param now milliseconds since 1970
 */
export function askedDelay(end: AttemptEnd, now: number): number {
  const answer = end.stage === "connect" ? end.error : null;
  if (!(answer instanceof HandshakeError || answer instanceof ConnectError)) return 0;
  const value = answer.headers.get("retry-after") ?? "";
  if (/^[0-9]+$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  // Of all that Date.parse takes only the format that RFC 9110 section 5.6.7 lets servers write.
  return Number.isNaN(time) || new Date(time).toUTCString() !== value ? 0 : Math.max(0, time - now);
}
