import { isToken } from "./characters.ts";
import { type Rejected, rejected } from "./errors.ts";
import type { HeaderFields } from "./fields.ts";
import { type HeadLimits, HeadScanner, type ScannedHead } from "./scanner.ts";

/** The head of a request. `HeaderFields.fromRaw(message.rawHeaders)` makes one out of a message of Node. */
export interface UpgradeRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** For instance "1.1". */
  readonly httpVersion: string;
  readonly headers: HeaderFields;
}

/** What `RequestReader` reads: the same type. */
export type RequestHead = UpgradeRequest;

/** The head of a response. */
export interface ResponseHead {
  /** For instance "1.1". */
  readonly httpVersion: string;
  /** 100 to 999. */
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
  readonly headers: HeaderFields;
}

/** A client does not answer: its errors carry the response received, and here none was. */
const NO_RESPONSE = { status: 0 };

/** A head that was read whole. */
export interface ReadHead<Head> {
  readonly ok: true;
  readonly head: Head;
  /** What follows the head in the last chunk: a view on it, not a copy. Often the first frames. */
  readonly rest: Uint8Array;
}

/**
 * Reads the head of one request from octets that arrive in any pieces. For those who have a byte stream and no HTTP
 * server. Retains no chunk and never more than the limits.
 *
 * @example
 * ```ts
 * const reader = new RequestReader();
 * socket.on("data", (chunk) => {
 *   const read = reader.receive(chunk);
 *   if (read === null) return; // not yet
 *   if (read.ok) check(read.head, read.rest);
 *   else refuse(read.error);
 * });
 * ```
 */
export class RequestReader {
  readonly #scanner: HeadScanner;
  #ended = false;

  /** @throws RangeError when a limit is not a positive integer. */
  constructor(limits?: HeadLimits) {
    this.#scanner = new HeadScanner(limits);
  }

  /**
   * Takes the next octets. Null: not yet.
   *
   * @throws TypeError after it has given a head or an error.
   */
  receive(chunk: Uint8Array): ReadHead<RequestHead> | Rejected | null {
    if (this.#ended) throw new TypeError("This reader has given its result");
    const scanned = this.#scanner.receive(chunk);
    if (scanned === null) return null;
    this.#ended = true;
    if (typeof scanned === "string") return rejected(scanned);
    const head = parseRequest(scanned);
    return head === null ? rejected("malformed-head") : { ok: true, head, rest: scanned.rest };
  }
}

/**
 * Reads the head of the final response from octets that arrive in any pieces. Interim responses (1xx except 101,
 * RFC 9110 section 15.2) are skipped; they count towards the limits.
 */
export class ResponseReader {
  readonly #scanner: HeadScanner;
  #ended = false;

  /** @throws RangeError when a limit is not a positive integer. */
  constructor(limits?: HeadLimits) {
    this.#scanner = new HeadScanner(limits);
  }

  /**
   * Takes the next octets. Null: not yet.
   *
   * @throws TypeError after it has given a head or an error.
   */
  receive(chunk: Uint8Array): ReadHead<ResponseHead> | Rejected | null {
    if (this.#ended) throw new TypeError("This reader has given its result");
    let scanned = this.#scanner.receive(chunk);
    while (scanned !== null && typeof scanned !== "string" && isInterim(scanned)) {
      scanned = this.#scanner.receive(scanned.rest);
    }
    if (scanned === null) return null;
    this.#ended = true;
    if (typeof scanned === "string") return rejected(scanned, NO_RESPONSE);
    const head = parseResponse(scanned);
    return head === null ? rejected("malformed-head", NO_RESPONSE) : { ok: true, head, rest: scanned.rest };
  }
}

/** RFC 9112 section 3: method SP request-target SP HTTP-version, with one space each. */
function parseRequest({ startLine, headers }: ScannedHead): RequestHead | null {
  const [method = "", target = "", version = "", ...more] = startLine.split(" ");
  if (!isToken(method) || target === "" || !/^HTTP\/\d\.\d$/.test(version) || more.length > 0) {
    return null;
  }
  return { method, target, httpVersion: version.slice(5), headers };
}

/** RFC 9112 section 4: HTTP-version SP status-code SP [reason-phrase]; the last space is often forgotten. */
function parseResponse({ startLine, headers }: ScannedHead): ResponseHead | null {
  if (!/^HTTP\/\d\.\d [1-9]\d\d(?: |$)/.test(startLine)) return null;
  return {
    httpVersion: startLine.slice(5, 8),
    status: Number(startLine.slice(9, 12)),
    reason: startLine.slice(13),
    headers,
  };
}

function isInterim(scanned: ScannedHead): boolean {
  const status = parseResponse(scanned)?.status ?? 0;
  return status >= 100 && status < 200 && status !== 101;
}
