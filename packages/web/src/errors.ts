/** Names why an opening handshake came to nothing, apart from what the peer said: a closed set, safe to switch over. */
export type OpeningErrorCode =
  /** `handshakeTimeout` is over. */
  | "timeout"
  /** The peer ended the stream in the middle of the opening handshake. */
  | "stream-ended"
  /** The stream failed; `cause` says why. */
  | "stream-failed";

/**
 * The opening handshake came to nothing without a word of the peer that would be wrong: that would be a
 * `HandshakeError`.
 */
export class OpeningError extends Error {
  override readonly name = "OpeningError";
  readonly code: OpeningErrorCode;

  /** @internal */
  constructor(code: OpeningErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Whatever was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error("Something was thrown that is no error", { cause: thrown });
}
