import type { CloseRecord } from "@plyws/connection";
import type { WebSocketConnection } from "../connection.ts";
import type { WebSocketEvents } from "../events.ts";
import { warn } from "../warn.ts";
import type { ReconnectingClient } from "./client.ts";
import type { AttemptEnd } from "./retry-policy.ts";

/** What a reconnecting client is doing. */
export type ReconnectingState =
  /** It asks for the target, or shakes hands. */
  | "connecting"
  /** There is a connection. */
  | "open"
  /** It waits for its next attempt. */
  | "waiting"
  /** It was closed, and its connection is closing. */
  | "closing"
  /** It is over. */
  | "closed";

/** Why a reconnecting client is over. */
export interface ReconnectingEnd {
  /**
   * - `closed`: by `close`, or by its signal
   * - `refused`: the last attempt ended in a way that is no reason to retry
   * - `exhausted`: there were `maxRetries` retries
   */
  readonly reason: "closed" | "refused" | "exhausted";
  /** How the last attempt ended; `null` when none did. */
  readonly last: AttemptEnd | null;
  /** How many queued messages were never sent. */
  readonly unsent: number;
}

/**
 * What happens on the connections of a reconnecting client, one after the other, and to the client itself. The
 * methods of {@link WebSocketEvents} do what they do for `connect`: what one of them throws ends its connection with
 * the code 1011, and the client retries.
 *
 * Without `message` and `stream`, and while nobody iterates over the client, reading stops at the first message, and
 * what comes behind it is not seen, not even that the server closes: a client that only sends needs a `message` that
 * does nothing.
 */
export interface ReconnectingEvents extends WebSocketEvents {
  /**
   * The state has changed; called before the `open` or `close` of the connection that it is about. What it throws is
   * a warning of the process and changes nothing.
   */
  stateChange?(client: ReconnectingClient, state: ReconnectingState): unknown;
}

/** The events of the application for its connections, with what the client itself does at their beginning and end. */
export function eventsOfConnections(
  events: ReconnectingEvents,
  open: (socket: WebSocketConnection) => unknown,
  close: (socket: WebSocketConnection, record: CloseRecord) => unknown,
): WebSocketEvents {
  return {
    open,
    close,
    drain: (socket) => events.drain?.(socket),
    // Whether there is one of these makes a difference.
    ...(events.message && { message: (socket, data, isText) => events.message?.(socket, data, isText) }),
    ...(events.stream && { stream: (socket, message) => events.stream?.(socket, message) }),
    ...(events.error && { error: (socket, error) => events.error?.(socket, error) }),
  };
}

/** Never throws, whatever the handler does. */
export function tellState(
  events: ReconnectingEvents,
  client: ReconnectingClient,
  state: ReconnectingState,
): void {
  try {
    const result = events.stateChange?.(client, state);
    if (result instanceof Promise) result.catch(warnOfHandler);
  } catch (error) {
    warnOfHandler(error);
  }
}

function warnOfHandler(error: unknown): void {
  warn("The stateChange handler of a reconnecting client failed", error);
}
