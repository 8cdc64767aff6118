import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { HeaderFields, type HeaderSource, rejectUpgrade, type UpgradeOffer } from "@plyws/handshake";

/** A request for an upgrade as an `accept` function sees it: checked, and with an allowed Origin. */
export interface ConnectionRequest {
  /** Path and query, for instance "/chat?room=1". */
  readonly url: string;
  readonly headers: HeaderFields;
  /** `null` when there is none. */
  readonly origin: string | null;
  /** What the client offers, in its order of preference. */
  readonly subprotocols: readonly string[];
  /** The address of the peer; "" when the stream has none. */
  readonly remoteAddress: string;
  /** Whether the request came over TLS. */
  readonly secure: boolean;
  /** Aborted when the client goes away or `acceptTimeout` is over: the answer is of no use then. */
  readonly signal: AbortSignal;
  /** The request as Node has it, for a session middleware for instance. */
  readonly message: IncomingMessage;
}

/** Header fields as they are given: an object, or pairs of name and value. */
export type Headers = Readonly<Record<string, string>> | HeaderSource;

/** Lets a client in. */
export interface Acceptance<Data> {
  /** Becomes `data` of the connection. */
  readonly data: Data;
  /** One of those offered, or "" for none. Default: what the option `subprotocols` selects. */
  readonly subprotocol?: string | undefined;
  /** Further header fields of the response, for instance `{ "set-cookie": … }`. */
  readonly headers?: Headers | undefined;
}

/** Keeps a client out. Made by {@link refuse}. */
export class Refusal {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: string | Uint8Array | undefined;

  /** @internal */
  constructor(status: number, headers: HeaderFields, body: string | Uint8Array | undefined) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    // Whatever cannot be sent is the caller's fault, and thrown at the call.
    rejectUpgrade(status, this.#options);
  }

  /** The response, as data. @internal */
  toResponse(): ReturnType<typeof rejectUpgrade> {
    return rejectUpgrade(this.status, this.#options);
  }

  get #options(): { headers: HeaderFields; body?: string | Uint8Array } {
    const { headers, body } = this;
    return body === undefined ? { headers } : { headers, body };
  }
}

/** What a refusal may say besides its status. */
export interface RefuseOptions {
  readonly headers?: Headers | undefined;
  /** For people, or for programs with a content-type among `headers`. Default: the reason phrase of the status. */
  readonly body?: string | Uint8Array | undefined;
}

/**
 * The answer of an `accept` function that keeps a client out.
 *
 * @param status 300 to 599, not 304
 * @throws RangeError when the status is not one of them
 * @throws TypeError when a header cannot be sent, or is one that belongs to the handshake
 *
 * @example
 * ```ts
 * if (user === null) return refuse(401, { headers: { "www-authenticate": "Bearer" } });
 * ```
 */
export function refuse(status: number, { headers, body }: RefuseOptions = {}): Refusal {
  return new Refusal(status, toHeaderFields(headers), body);
}

/** Decides who may connect, once a request is known to be a good one. */
export type Accept<Data> = (
  request: ConnectionRequest,
) => Acceptance<Data> | Refusal | Promise<Acceptance<Data> | Refusal>;

/** Makes header fields of what callers give. */
export function toHeaderFields(headers: Headers = []): HeaderFields {
  return HeaderFields.from(Symbol.iterator in headers ? headers : Object.entries(headers));
}

/** What an `accept` function sees of a request. */
export function connectionRequest(
  message: IncomingMessage,
  offer: UpgradeOffer,
  signal: AbortSignal,
): ConnectionRequest {
  return {
    url: message.url ?? "/",
    headers: offer.request.headers,
    origin: offer.origin,
    subprotocols: offer.subprotocols,
    remoteAddress: message.socket.remoteAddress ?? "",
    secure: message.socket instanceof TLSSocket,
    signal,
    message,
  };
}
