import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { CloseRecord, Role } from "@plyws/connection";
import { HandshakeError } from "@plyws/handshake";
import { ConnectError } from "../client/errors.ts";
import type { WebSocketConnection } from "../connection.ts";
import type { ReceivedRequest } from "../request.ts";
import { toError } from "../warn.ts";

/** What `plyws:handshake` tells: an opening handshake is over, whichever way it went. */
export interface ObservedHandshake {
  readonly role: Role;
  /**
   * What was asked for: the URL on a client, without user name and password; path and query on a server, "" when no
   * request could be read.
   */
  readonly url: string;
  /** Of the response: 101 when the connection is open; 0 when there was none, since the peer went away for instance. */
  readonly status: number;
  /** How long it took, in milliseconds: on a server from the request, on a client from the call of `connect` on. */
  readonly duration: number;
  /** The connection; `null` when there is none. */
  readonly socket: WebSocketConnection | null;
  /**
   * Why there is none: what `connect` rejects with, the `HandshakeError` of a request that breaks a rule, what a
   * function of the options threw, or that the client went away. `null` for a connection, and where `accept` or a limit
   * refused: see `status`.
   */
  readonly error: Error | null;
  /** The request that a server got; `null` on a client, and for what came by `handleStream`. */
  readonly request: IncomingMessage | null;
}

/** What `plyws:open` tells: a connection is open. Told before its `open` event. */
export interface ObservedOpen {
  readonly socket: WebSocketConnection;
}

/** What `plyws:close` tells: a connection has ended. Told before its `close` event, once for every `plyws:open`. */
export interface ObservedClose {
  readonly socket: WebSocketConnection;
  /** How it ended; its `error` says why when it was not just closed. */
  readonly record: CloseRecord;
  /** How long it was open, in milliseconds. */
  readonly duration: number;
}

/** What `plyws:error` tells: a function of the application failed, in the events or in the options. */
export interface ObservedError {
  readonly role: Role;
  readonly error: Error;
  /** Where it failed: a failed event ends the connection with 1011. `null` when it was a function of the options. */
  readonly socket: WebSocketConnection | null;
  /** The request that is refused with 500 because a function of the options failed; else `null`. */
  readonly request: IncomingMessage | null;
}

// Nothing is built for a channel that nobody subscribes to.

const handshakes = channel("plyws:handshake");
const opens = channel("plyws:open");
const closes = channel("plyws:close");
const errors = channel("plyws:error");

// `begin` is always by `performance.now()`.

/** An opening handshake has led to a connection. */
export function tellAccepted(
  socket: WebSocketConnection,
  request: IncomingMessage | null,
  begin: number,
): void {
  if (!handshakes.hasSubscribers) return;
  const { role, url } = socket;
  const duration = performance.now() - begin;
  handshakes.publish({
    role,
    url,
    status: 101,
    duration,
    socket,
    error: null,
    request,
  } satisfies ObservedHandshake);
}

/** A server has refused a request. */
export function tellRefused(
  request: ReceivedRequest | null,
  status: number,
  error: Error | null,
  begin: number,
): void {
  if (!handshakes.hasSubscribers) return;
  const duration = performance.now() - begin;
  handshakes.publish({
    role: "server",
    url: request?.head.target ?? "",
    status,
    duration,
    socket: null,
    error,
    request: request?.message ?? null,
  } satisfies ObservedHandshake);
}

/** A client has got no connection. */
export function tellNotConnected(url: string, thrown: unknown, begin: number): void {
  if (!handshakes.hasSubscribers) return;
  const error = toError(thrown);
  const answered = error instanceof HandshakeError || error instanceof ConnectError;
  const duration = performance.now() - begin;
  handshakes.publish({
    role: "client",
    url,
    status: answered ? error.status : 0,
    duration,
    socket: null,
    error,
    request: null,
  } satisfies ObservedHandshake);
}

export function tellOpen(socket: WebSocketConnection): void {
  if (opens.hasSubscribers) opens.publish({ socket } satisfies ObservedOpen);
}

export function tellClose(socket: WebSocketConnection, record: CloseRecord, begin: number): void {
  if (!closes.hasSubscribers) return;
  closes.publish({ socket, record, duration: performance.now() - begin } satisfies ObservedClose);
}

/** An event, or the trace, of a connection failed. */
export function tellError(socket: WebSocketConnection, error: Error): void {
  if (!errors.hasSubscribers) return;
  errors.publish({ role: socket.role, error, socket, request: null } satisfies ObservedError);
}

/** A function of the options of a server failed. */
export function tellRequestError(request: IncomingMessage | null, error: Error): void {
  if (!errors.hasSubscribers) return;
  errors.publish({ role: "server", error, socket: null, request } satisfies ObservedError);
}
