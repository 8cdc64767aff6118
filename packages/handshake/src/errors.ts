import { HeaderFields, type HeaderSource } from "./fields.ts";

/** What a peer can do wrong, with the status that answers it (0: a client does not answer), the rule, and what it says. */
const FAULTS = {
  "malformed-head": [400, "RFC 9112 section 2.2", "the head is not a well-formed HTTP/1.1 head"],
  "head-too-large": [431, "RFC 6585 section 5", "the head has more octets than the limit"],
  "too-many-headers": [431, "RFC 6585 section 5", "the head has more header lines than the limit"],
  // RFC 9110 section 7.8: Upgrade is ignored in HTTP/1.0, so that what remains is a request that has to be upgraded.
  "unsupported-http-version": [426, "RFC 6455 section 4.1", "the HTTP version is not 1.1"],
  "method-not-allowed": [405, "RFC 6455 section 4.1", "the method is not GET"],
  "invalid-target": [400, "RFC 6455 section 4.1", "the request target is not a path or an http URI"],
  "duplicate-header": [
    400,
    "RFC 6455 section 11.3",
    "a header field that stands alone appears more than once",
  ],
  "invalid-host": [400, "RFC 9112 section 3.2", "the Host header field is missing or not a host and port"],
  "unexpected-body": [400, "RFC 9110 section 9.3.1", "the request announces a body"],
  "missing-upgrade": [426, "RFC 6455 section 4.1", "the Upgrade header field does not name websocket"],
  "missing-connection": [400, "RFC 6455 section 4.1", "the Connection header field does not name upgrade"],
  "unsupported-version": [426, "RFC 6455 section 4.4", "the Sec-WebSocket-Version header field is not 13"],
  "invalid-key": [
    400,
    "RFC 6455 section 4.1",
    "the Sec-WebSocket-Key header field is not 16 octets in base64",
  ],
  "invalid-subprotocols": [
    400,
    "RFC 6455 section 11.3.4",
    "the Sec-WebSocket-Protocol header field is not a list of different tokens",
  ],
  "invalid-extensions": [
    400,
    "RFC 6455 section 9.1",
    "the Sec-WebSocket-Extensions header field does not follow its grammar",
  ],
  "origin-not-allowed": [403, "RFC 6455 section 10.2", "the origin is not allowed"],
  "unexpected-status": [0, "RFC 6455 section 4.1", "the status of the response is not 101"],
  "invalid-accept": [
    0,
    "RFC 6455 section 4.1",
    "the Sec-WebSocket-Accept header field does not belong to the key",
  ],
  "subprotocol-not-offered": [0, "RFC 6455 section 4.1", "the response selects a subprotocol not offered"],
  "extension-not-offered": [0, "RFC 6455 section 4.1", "the response selects an extension not offered"],
  "extension-parameters": [
    0,
    "RFC 7692 section 7.1",
    "the parameters of an extension in the response do not answer what was offered",
  ],
} as const;

/** Names what was wrong with a handshake: a closed set, safe to switch over. */
export type HandshakeErrorCode = keyof typeof FAULTS;

interface ErrorResponse {
  readonly status?: number | undefined;
  readonly headers?: HeaderSource | undefined;
}

/**
 * The handshake failed for a reason that lies with the peer. The functions of this package return it and never
 * throw it. The message holds nothing that the peer sent, so that it can be logged and answered as it is.
 *
 * @example
 * ```ts
 * const checked = checkUpgradeRequest(request);
 * if (!checked.ok) console.log(checked.error.code, checked.error.status); // "unsupported-version" 426
 * ```
 */
export class HandshakeError extends Error {
  override readonly name: string = "HandshakeError";
  /** What was wrong. */
  readonly code: HandshakeErrorCode;
  /** The status of the response: the one to answer with (server) or the one received (client; 0 when none was read). */
  readonly status: number;
  /** The header fields of that response: those to answer with, or those received. */
  readonly headers: HeaderFields;

  /** @param response status and header fields of the response; by default the status that answers `code`, and none. */
  constructor(code: HandshakeErrorCode, response: ErrorResponse = {}) {
    const [status, section, text] = FAULTS[code];
    super(`${text} (${section})`);
    this.code = code;
    this.status = response.status ?? status;
    this.headers = HeaderFields.from(response.headers ?? []);
  }
}

/** A decision against the peer. */
export interface Rejected {
  readonly ok: false;
  readonly error: HandshakeError;
}

/** @internal */
export function rejected(code: HandshakeErrorCode, response?: ErrorResponse): Rejected {
  return { ok: false, error: new HandshakeError(code, response) };
}
