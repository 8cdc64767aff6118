import { checkHeaders, type HttpResponse, reasonOf } from "./encode.ts";
import { HeaderFields, type HeaderList, type HeaderSource } from "./fields.ts";
import { encodeUtf8 } from "./platform.ts";

export interface RefusalOptions {
  /** Default: the usual reason phrase of the status. */
  readonly reason?: string | undefined;
  /** Further header fields. Not Connection, Content-Length or Transfer-Encoding. */
  readonly headers?: HeaderSource | undefined;
  /** For people, or for programs with a Content-Type among `headers`. Strings become UTF-8. Default: the reason. */
  readonly body?: string | Uint8Array | undefined;
}

/** A response that ends the connection, complete with its body. */
export interface Refusal extends HttpResponse {
  readonly reason: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

const RESERVED = ["connection", "content-length", "transfer-encoding"];

/**
 * A response that refuses the upgrade, as data. It closes the connection: what a client sent behind its request may
 * be frames, and must not be read as a next request.
 *
 * @param status 300 to 599, not 304: an error, or a redirect with a Location among the headers.
 * @throws RangeError when the status is not one of them.
 * @throws TypeError when a header is reserved, or a name, a value or the reason cannot stand in a head.
 *
 * @example
 * ```ts
 * const refusal = rejectUpgrade(error.status, { headers: error.headers, body: error.message });
 * socket.end(encodeResponse(refusal));
 * ```
 */
export function rejectUpgrade(status: number, options: RefusalOptions = {}): Refusal {
  // 304 has no body and answers no request that could be an upgrade.
  if (!Number.isInteger(status) || status < 300 || status > 599 || status === 304) {
    throw new RangeError("The status of a refusal must be an integer from 300 to 599, and not 304");
  }
  const reason = options.reason ?? reasonOf(status);
  const given = checkHeaders(options.headers ?? [], RESERVED);
  const names = HeaderFields.from(given);
  const content = options.body ?? `${reason || status}\n`;
  const body = typeof content === "string" ? encodeUtf8(content) : content;
  return {
    status,
    reason,
    headers: [
      ...given,
      // RFC 9110 section 7.8: who sends Upgrade names it in Connection too.
      ["Connection", names.has("upgrade") ? "Upgrade, close" : "close"],
      ...(names.has("content-type") ? [] : [["Content-Type", "text/plain; charset=utf-8"] as const]),
      ["Content-Length", String(body.length)],
    ],
    body,
  };
}
