import { HandshakeError, HeaderFields } from "@plyws/handshake";

/** Names why a server was not reached: a closed set, safe to switch over. */
export type ConnectErrorCode =
  /** The proxy cannot be reached, or its answer is no HTTP; `cause` says why. */
  | "proxy-failed"
  /** The proxy has answered, but not with a tunnel; `status` says how: 407 asks for a user name and password. */
  | "proxy-refused"
  /** There is one redirect more than `maxRedirects`. */
  | "too-many-redirects"
  /** A redirect leads from TLS to a server without it: it is not followed. */
  | "insecure-redirect"
  /** A redirect leads nowhere: no Location, more than one, one that is no URL of a WebSocket, or one off `socketPath`. */
  | "invalid-redirect"
  /** The server that a redirect leads to cannot be reached; `cause` says why. */
  | "redirect-failed";

/** What there is to tell about a `ConnectError` besides its code and message. */
export interface ConnectErrorDetails {
  readonly status?: number;
  readonly headers?: HeaderFields;
  readonly cause?: unknown;
}

/**
 * The way to the server failed: at a proxy, or at a redirect. The message names the URL, without user name, password
 * and query, so that it can be logged as it is.
 *
 * @example
 * ```ts
 * try {
 *   await connect("wss://chat.example/", { proxy: "http://proxy.example:3128" });
 * } catch (error) {
 *   if (error instanceof ConnectError && error.status === 407) askForThePassword();
 * }
 * ```
 */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly code: ConnectErrorCode;
  /** The status of the answer of the proxy, or of the redirect; 0 when there was none. */
  readonly status: number;
  /** The header fields of that answer. */
  readonly headers: HeaderFields;

  /** @internal */
  constructor(code: ConnectErrorCode, message: string, details: ConnectErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.status = details.status ?? 0;
    this.headers = details.headers ?? HeaderFields.from([]);
  }
}

/** The server answered with something else than the acceptance of a WebSocket: 401, a page of HTML … */
export class ResponseError extends HandshakeError {
  override readonly name = "ResponseError";
  /** The beginning of the body, as UTF-8: up to 4 KiB; "" when it was to end with the stream. For people. */
  readonly body: string;

  /** @internal */
  constructor({ code, status, headers, message }: HandshakeError, server: URL, body: string) {
    super(code, { status, headers });
    this.body = body;
    const answer = status === 0 ? "" : `it answered ${status}: `;
    const advice = adviceOn(status);
    this.message = `${nameOf(server)} did not accept a WebSocket: ${answer}${message}${advice}`;
    // The stack begins with the message.
    Error.captureStackTrace(this, new.target);
  }
}

/** What may help. */
function adviceOn(status: number): string {
  if (status === 401) return ". The option headers takes an Authorization, the URL a user name and password";
  if (status === 403) return ". Some servers let in only certain pages: the option origin names one";
  if (status === 404 || status === 426 || status === 200) return ". Is there a WebSocket behind this path?";
  return status >= 300 && status < 400 ? ". The option maxRedirects makes redirects be followed" : "";
}

/** A URL as errors name it: a query often holds a token, and a user name seldom comes alone. */
export function nameOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
