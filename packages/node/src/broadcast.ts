import { PreparedMessage } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import type { WebSocketConnection } from "./connection.ts";
import { HIGH_WATER_MARK } from "./options.ts";
import type { SendOptions, SendStatus } from "./outgoing.ts";
import { type Sendable, toOutgoable } from "./sendable.ts";

/** What happens to a receiver for which much is waiting already. */
export type BroadcastPolicy = "drop" | "buffer" | "disconnect";

/** How many receivers had which fate. */
export type BroadcastReport = Record<SendStatus, number>;

/**
 * Encodes a message once, to send it to many connections or many times. It is compressed at most once for all of them
 * that keep no context from message to message.
 *
 * @param options whether to compress it, when that is not said as it is sent
 *
 * @example
 * ```ts
 * const news = prepare("news");
 * for (const socket of server.connections) socket.send(news);
 * ```
 */
export function prepare(message: Sendable, options?: SendOptions): PreparedMessage {
  const outgoable = toOutgoable(message);
  if (outgoable instanceof PreparedMessage) return outgoable;
  return new PreparedMessage(outgoable, options?.compress);
}

/**
 * Sends a message to many connections, encoded once. It never waits: a receiver for which more than 64 KiB wait gets
 * what the policy says.
 *
 * @param policy "drop" (default): it does not get this message; "buffer": it gets it as by `send`; "disconnect": its
 * connection is closed with 1013
 * @returns how many receivers it was sent to, buffered or dropped for, and how many were closed
 *
 * @example
 * ```ts
 * message: (socket, data) => void broadcast(server.connections, data),
 * ```
 */
export function broadcast<Data>(
  sockets: Iterable<WebSocketConnection<Data>>,
  message: Sendable,
  policy: BroadcastPolicy = "drop",
): BroadcastReport {
  const prepared = prepare(message);
  const report: BroadcastReport = { sent: 0, buffered: 0, dropped: 0, closed: 0 };
  for (const socket of sockets) {
    const behind = policy !== "buffer" && socket.bufferedAmount > HIGH_WATER_MARK;
    if (!behind || socket.state !== "open") report[socket.send(prepared)]++;
    else {
      if (policy === "disconnect") socket.close(CloseCode.TryAgainLater);
      report.dropped++;
    }
  }
  return report;
}
