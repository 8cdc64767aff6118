import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { HeaderFields, type UpgradeRequest } from "@plyws/handshake";
import { HttpServerResponse } from "./http.ts";

/** What is known about a peer beside its octets. */
export interface StreamOptions {
  /** The address of the peer. Default: that of the stream if it is a socket, else "". */
  readonly remoteAddress?: string | undefined;
  /** Whether the octets came over TLS. Default: whether the stream is a TLS socket. */
  readonly secure?: boolean | undefined;
}

/** Where a request came from. */
export interface Source {
  /** "" when it is not known. */
  readonly remoteAddress: string;
  readonly secure: boolean;
}

/** A request for an upgrade that was read, and not looked at. */
export interface ReceivedRequest extends Source {
  readonly head: UpgradeRequest;
  /** As Node has it; `null` when no HTTP server has read it. */
  readonly message: IncomingMessage | null;
}

export function sourceOf(stream: Duplex, { remoteAddress, secure }: StreamOptions = {}): Source {
  return {
    remoteAddress: remoteAddress ?? (stream instanceof Socket ? (stream.remoteAddress ?? "") : ""),
    secure: secure ?? stream instanceof TLSSocket,
  };
}

/** A request that an HTTP server has read. */
export function receivedRequest(message: IncomingMessage): ReceivedRequest {
  const head = {
    method: message.method ?? "",
    target: message.url ?? "",
    httpVersion: message.httpVersion,
    headers: HeaderFields.fromRaw(message.rawHeaders),
  };
  return { head, ...sourceOf(message.socket), message };
}

/**
 * The answer to an earlier request of the same socket that is still to be written; `null` when there is none. Node asks
 * about an upgrade before that, and would write the answer behind ours.
 */
export function earlierResponse({ socket }: IncomingMessage): ServerResponse | null {
  const response = responseOn(socket);
  return response instanceof HttpServerResponse ? response : null;
}

/** Node has no public name for it. Without this one, only clients that do not wait for answers would get them mixed up. */
function responseOn(socket: Socket & { readonly _httpMessage?: unknown }): unknown {
  return socket._httpMessage;
}
