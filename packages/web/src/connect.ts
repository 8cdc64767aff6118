import type { MessageExtension } from "@plyws/connection";
import {
  checkUpgradeResponse,
  createUpgradeRequest,
  type Extension,
  encodeRequest,
  formatExtensions,
  HandshakeError,
  ResponseReader,
  type UpgradeRequestDraft,
  type UrlParts,
} from "@plyws/handshake";
import type { ClientDeflate } from "@plyws/permessage-deflate";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { type HeaderInput, toHeaders } from "./headers.ts";
import { type ConnectionLimits, checkTimeout, completeLimits } from "./options.ts";
import { parseUrl, type Signal } from "./platform.ts";
import { readHead } from "./read-head.ts";
import { type ByteStream, Wire } from "./wire.ts";

/** What `connectWebSocket` can be told. */
export interface ConnectOptions extends ConnectionLimits {
  /**
   * What to ask for: the host, path and query of the request. The stream is connected already; a user name and password in
   * the URL are not sent.
   */
  readonly url: string | UrlParts;
  /** In order of preference. The one that the server chose is `subprotocol` of the connection. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Further header fields, for instance `{ authorization: "Bearer …" }`. Not those that belong to the handshake. */
  readonly headers?: HeaderInput | undefined;
  /** The value of Origin, which servers may ask for. Default none. */
  readonly origin?: string | undefined;
  /** Offers compression: one for all connections. Default none. */
  readonly perMessageDeflate?: ClientDeflate | undefined;
  /** How long the server may take to answer, in milliseconds. Default 10000. */
  readonly handshakeTimeout?: number | undefined;
  /** Gives up the opening handshake when it is aborted. Afterwards it has no meaning. */
  readonly signal?: Signal | undefined;
}

/**
 * Opens a WebSocket over a stream that is connected to a server. When that fails, both halves are given up.
 *
 * @throws HandshakeError for what the server answered: `code`, `status` and `headers` tell more
 * @throws OpeningError when it did not answer: `code` is "timeout", "stream-ended" or "stream-failed"
 * @throws the reason of `signal` when it is aborted
 * @throws TypeError, RangeError for the options, and for a stream that is none or is locked
 *
 * @example
 * ```ts
 * const socket = await connectWebSocket(await Deno.connect({ port: 9001 }), { url: "ws://localhost:9001/chat" });
 * ```
 */
export async function connectWebSocket(
  stream: ByteStream,
  options: ConnectOptions,
): Promise<WebSocketConnection> {
  const { subprotocols, origin, perMessageDeflate, signal } = options;
  const limits = completeLimits("client", options);
  const timeout = checkTimeout("handshakeTimeout", options.handshakeTimeout ?? 10_000);
  const url = typeof options.url === "string" ? parseUrl(options.url) : options.url;
  const request = createUpgradeRequest(url, {
    subprotocols,
    origin,
    extensions: perMessageDeflate?.offers,
    headers: toHeaders(options.headers),
  });
  const deadline = new Deadline(timeout, signal);
  let wire: Wire | null = null;
  try {
    wire = new Wire(stream);
    const agreed = await negotiate(wire, request, perMessageDeflate, deadline);
    return openConnection({ wire, role: "client", limits, url: nameOf(url), ...agreed });
  } catch (error) {
    wire?.drop(error);
    throw error;
  } finally {
    deadline.end();
  }
}

interface Agreed {
  readonly subprotocol: string;
  readonly extension: MessageExtension | null;
  readonly extensions: string;
  readonly head: Uint8Array;
}

async function negotiate(
  wire: Wire,
  request: UpgradeRequestDraft,
  deflate: ClientDeflate | undefined,
  deadline: Deadline,
): Promise<Agreed> {
  const read = await readHead(wire, new ResponseReader(), deadline, encodeRequest(request));
  if (!read.ok) throw read.error;
  const checked = checkUpgradeResponse(read.head, request);
  if (!checked.ok) throw checked.error;
  const { subprotocol, extensions } = checked;
  const extension = agreeOn(extensions, deflate);
  if (extension === undefined) {
    // RFC 7692 section 5.1: a response that does not answer the offer fails the connection.
    throw new HandshakeError("extension-parameters", {
      status: read.head.status,
      headers: read.head.headers,
    });
  }
  return {
    subprotocol,
    extension,
    extensions: extensions.length === 0 ? "" : formatExtensions(extensions),
    head: read.rest,
  };
}

/** `undefined` when the server has chosen something that was not offered like that. */
function agreeOn(
  [chosen]: readonly Extension[],
  deflate: ClientDeflate | undefined,
): MessageExtension | null | undefined {
  return chosen === undefined ? null : (deflate?.agree(chosen) ?? undefined);
}

function nameOf({ protocol, host, pathname, search }: UrlParts): string {
  return `${protocol}//${host}${pathname}${search}`;
}
