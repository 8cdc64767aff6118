import type { MessageExtension } from "@plyws/connection";
import {
  acceptUpgrade,
  encodeResponse,
  formatExtensions,
  HandshakeError,
  type RequestHead,
  RequestReader,
  type SubprotocolSelector,
  selectSubprotocol,
  type UpgradeOffer,
} from "@plyws/handshake";
import type { ServerDeflate } from "@plyws/permessage-deflate";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { OpeningError, toError } from "./errors.ts";
import { type HeaderInput, toHeaders } from "./headers.ts";
import { type ConnectionLimits, checkTimeout, completeLimits } from "./options.ts";
import { type Signal, warn } from "./platform.ts";
import { asksForWebSocket, type OriginOptions, requestCheck } from "./policy.ts";
import { readHead } from "./read-head.ts";
import { answer, encodePlatformResponse, type ResponseLike, refusal } from "./response.ts";
import { type ByteStream, ignore, Wire } from "./wire.ts";

/** Lets a client in. */
export interface Acceptance {
  /** One of those offered, or "" for none. Default: what the option `subprotocols` selects. */
  readonly subprotocol?: string | undefined;
  /** Further header fields of the response, for instance `{ "set-cookie": … }`. */
  readonly headers?: HeaderInput | undefined;
}

/** What `acceptWebSocket` can be told. */
export interface AcceptOptions extends ConnectionLimits, OriginOptions {
  /** The subprotocols that the server speaks, in its order of preference, or a function that picks one. Default none. */
  readonly subprotocols?: SubprotocolSelector | undefined;
  /** Compresses messages for clients that offer it: one for all connections of a server. Default none. */
  readonly perMessageDeflate?: ServerDeflate | undefined;
  /**
   * Decides who may connect, once the request is known to be a good one: `{}` or more lets the client in, a `Response`
   * keeps it out. Anything else, an exception or a rejection is a 500. Default: everybody.
   */
  readonly accept?:
    | ((offer: UpgradeOffer) => Acceptance | ResponseLike | Promise<Acceptance | ResponseLike>)
    | undefined;
  /** Answers a request that does not ask for a WebSocket; its body is not read. Default: a 426. */
  readonly request?: ((head: RequestHead) => ResponseLike | Promise<ResponseLike>) | undefined;
  /**
   * Is told why a stream has become no connection: a `HandshakeError` of the peer, an `OpeningError`, or what a function
   * of these options has thrown, which is a warning of the console otherwise.
   */
  readonly refused?: ((error: Error) => void) | undefined;
  /** How long the head of the request and the decision may take, in milliseconds, before a 408. Default 10000. */
  readonly handshakeTimeout?: number | undefined;
  /** Gives up the opening handshake when it is aborted. Afterwards it has no meaning. */
  readonly signal?: Signal | undefined;
}

/**
 * Opens a WebSocket over a stream that a client has connected. Whatever is no good request for one gets its answer, as
 * HTTP has it.
 *
 * @returns `null` when the stream has become no connection: it was answered and is given up then. Nothing that a peer does
 * makes it reject
 * @throws the reason of `signal` when it is aborted
 * @throws TypeError, RangeError for the options, and for a stream that is none or is locked
 *
 * @example
 * ```ts
 * for await (const stream of Deno.listen({ port: 9001 })) void echo(stream);
 *
 * async function echo(stream: Deno.Conn): Promise<void> {
 *   const socket = await acceptWebSocket(stream);
 *   if (socket !== null) for await (const message of socket) await socket.sendAsync(message);
 * }
 * ```
 */
export async function acceptWebSocket(
  stream: ByteStream,
  options: AcceptOptions = {},
): Promise<WebSocketConnection | null> {
  const limits = completeLimits("server", options);
  const timeout = checkTimeout("handshakeTimeout", options.handshakeTimeout ?? 10_000);
  const check = requestCheck(options);
  const deadline = new Deadline(timeout, options.signal);
  let wire: Wire | null = null;
  try {
    wire = new Wire(stream);
    const outcome = await negotiate(wire, options, check, deadline);
    if (!(outcome instanceof Uint8Array)) return openConnection({ wire, role: "server", limits, ...outcome });
    await answer(wire, outcome);
    return null;
  } catch (error) {
    wire?.drop(error);
    if (wire === null || deadline.aborted) throw error;
    report(options, toError(error));
    return null;
  } finally {
    deadline.end();
  }
}

interface Agreed {
  readonly url: string;
  readonly subprotocol: string;
  readonly extension: MessageExtension | null;
  readonly extensions: string;
  readonly head: Uint8Array;
}

/** Gives what was agreed on, or the octets of another answer. */
async function negotiate(
  wire: Wire,
  options: AcceptOptions,
  check: ReturnType<typeof requestCheck>,
  deadline: Deadline,
): Promise<Agreed | Uint8Array> {
  try {
    const read = await readHead(wire, new RequestReader(), deadline);
    if (!read.ok) return refuse(options, read.error);
    const { head, rest } = read;
    try {
      if (options.request !== undefined && !asksForWebSocket(head)) {
        return await deadline.until(respond(options.request(head), head.method === "HEAD"));
      }
      const checked = check(head);
      if (!checked.ok) return refuse(options, checked.error);
      const decision = await deadline.until(
        options.accept === undefined ? {} : options.accept(checked.offer),
      );
      if (isResponse(decision)) return await deadline.until(respond(decision, false));
      return open(wire, options, checked.offer, decision, rest);
    } catch (error) {
      if (deadline.aborted || error instanceof OpeningError) throw error;
      report(options, toError(error));
      return refusal(500, "The server could not decide on the request");
    }
  } catch (error) {
    if (deadline.aborted || !(error instanceof OpeningError) || error.code !== "timeout") throw error;
    report(options, error);
    return refusal(408, "The opening handshake took too long");
  }
}

/** @throws TypeError when the acceptance of the application cannot be sent; nothing was sent then */
function open(
  wire: Wire,
  options: AcceptOptions,
  offer: UpgradeOffer,
  decision: Acceptance,
  head: Uint8Array,
): Agreed {
  if (typeof decision !== "object" || decision === null) {
    throw new TypeError("accept gives an object, which may be empty, or a Response, and nothing else");
  }
  const { subprotocol = selectSubprotocol(offer.subprotocols, options.subprotocols ?? []) } = decision;
  const headers = toHeaders(decision.headers);
  const deflate = options.perMessageDeflate?.accept(offer.extensions) ?? null;
  const extensions = deflate === null ? [] : [deflate.extension];
  try {
    const response = encodeResponse(acceptUpgrade(offer, { subprotocol, headers, extensions }));
    // Not awaited: what fails shows again when there is something to send or to read.
    wire.write(response).catch(ignore);
  } catch (error) {
    deflate?.transform.dispose();
    throw error;
  }
  return {
    url: offer.resourceName,
    subprotocol,
    extension: deflate?.transform ?? null,
    extensions: extensions.length === 0 ? "" : formatExtensions(extensions),
    head,
  };
}

function isResponse(decision: Acceptance | ResponseLike): decision is ResponseLike {
  return typeof decision === "object" && decision !== null && "arrayBuffer" in decision;
}

async function respond(
  response: ResponseLike | Promise<ResponseLike>,
  bodyless: boolean,
): Promise<Uint8Array> {
  return encodePlatformResponse(await response, bodyless);
}

function refuse(options: AcceptOptions, error: HandshakeError): Uint8Array {
  report(options, error);
  return refusal(error.status, error.message, error.headers);
}

function report({ refused }: AcceptOptions, error: Error): void {
  const isOfPeer = error instanceof OpeningError || error instanceof HandshakeError;
  try {
    if (refused !== undefined) refused(error);
    else if (!isOfPeer) warn("A function in the options of acceptWebSocket failed", error);
  } catch (failure) {
    warn("The function refused in the options of acceptWebSocket failed", toError(failure));
  }
}
