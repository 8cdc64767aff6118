/** What may go wrong with a request. Clients act on the code; the message is for people. */
export type ErrorCode =
  /** Not JSON, of an unknown type, or with a field that is missing or wrong. */
  | "invalid"
  | "too_large"
  /** Nothing but `hello` is answered before it has been welcomed. */
  | "hello_first"
  | "hello_twice"
  | "unauthorized"
  | "name_invalid"
  /** The name is somebody else's. */
  | "name_taken"
  /** A person keeps the names that they had; so many are enough. */
  | "too_many_names"
  | "rate_limited"
  | "not_joined"
  | "forbidden"
  | "not_found"
  /** Only its author may change a message. */
  | "not_yours"
  | "too_many_rooms"
  | "too_many_uploads"
  | "file_too_large"
  /** All files together are as much as the server keeps. */
  | "storage_full"
  /** The content is not what its name says. */
  | "file_type"
  /** It was not stored. The same request may be sent again. */
  | "storage_unavailable"
  /** The server is at fault. */
  | "internal";

/** Thrown while a request is handled, to become its answer. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ErrorCode;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
