import type { IncomingMessage } from "node:http";
import { HeaderFields, type HeaderSource, rejectUpgrade, type UpgradeOffer } from "@plyws/handshake";
import type { ReceivedRequest } from "./request.ts";

/** A request for an upgrade as an `accept` function sees it: checked, and with an allowed Origin. */
export interface ConnectionRequest {
  /** Always "GET" (RFC 6455 section 4.1). */
  readonly method: string;
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
  /** Aborted when the client goes away, `acceptTimeout` is over or the server closes: the answer is of no use then. */
  readonly signal: AbortSignal;
  /** The request as Node has it, for a session middleware for instance; `null` when it came by `handleStream`. */
  readonly message: IncomingMessage | null;
}

/** Header fields as they are given: an object, or pairs of name and value. */
export type HeaderInput = Readonly<Record<string, string>> | HeaderSource;

/** Lets a client in. */
export interface Acceptance<Data> {
  /** Becomes `data` of the connection. */
  readonly data: Data;
  /** One of those offered, or "" for none. Default: what the option `subprotocols` selects. */
  readonly subprotocol?: string | undefined;
  /** Further header fields of the response, for instance `{ "set-cookie": … }`. */
  readonly headers?: HeaderInput | undefined;
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
  readonly headers?: HeaderInput | undefined;
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
export function toHeaderFields(headers: HeaderInput = []): HeaderFields {
  return HeaderFields.from(Symbol.iterator in headers ? headers : Object.entries(headers));
}

/** Whether an `accept` function has let a client in: anything else that is no refusal is a fault, and keeps it out. */
export function isAcceptance<Data>(decision: unknown): decision is Acceptance<Data> {
  return typeof decision === "object" && decision !== null && "data" in decision;
}

/** What an `accept` function sees of a request. */
export function connectionRequest(
  { head, remoteAddress, secure, message }: ReceivedRequest,
  { resourceName, origin, subprotocols }: UpgradeOffer,
  signal: AbortSignal,
): ConnectionRequest {
  const { method, headers } = head;
  return {
    method,
    url: resourceName,
    headers,
    origin,
    subprotocols,
    remoteAddress,
    secure,
    signal,
    message,
  };
}
