import { setTimeout as delay } from "node:timers/promises";
import { CloseCode, encodeClose } from "@plyws/frame";
import type { WebSocketConnection } from "./connection.ts";
import { checkTimeout } from "./options.ts";

/** How to shut down. */
export interface ShutdownOptions {
  /** The close code that the peers get. Default 1001: going away. */
  readonly code?: number | undefined;
  /** Default "". */
  readonly reason?: string | undefined;
  /** How long the peers have, in milliseconds, before they are cut off; each has its `closeTimeout` at most. Default 5000. */
  readonly deadline?: number | undefined;
}

/** How a shutdown went. */
export interface ShutdownReport<Data = undefined> {
  /** How many connections ended by a closing handshake, in time. */
  readonly finished: number;
  /** Those that did not: gone without an answer, or cut off at the deadline or after their `closeTimeout`. */
  readonly unfinished: readonly WebSocketConnection<Data>[];
}

/** How long the peers have by default, in milliseconds. */
export const DEADLINE = 5000;

/** @throws RangeError when the code or the reason cannot be sent, or the deadline is no time */
export function checkShutdown({ code, reason, deadline }: ShutdownOptions): void {
  encodeClose({ code: code ?? CloseCode.GoingAway, reason: reason ?? "" });
  checkTimeout("deadline", deadline ?? DEADLINE);
}

/** Closes connections and waits for them. */
export async function shutdown<Data>(
  connections: Iterable<WebSocketConnection<Data>>,
  { code = CloseCode.GoingAway, reason = "", deadline = DEADLINE }: ShutdownOptions,
): Promise<ShutdownReport<Data>> {
  const sockets = [...connections];
  const unfinished = new Set(sockets);
  const endings = sockets.map(async (socket) => {
    socket.close(code, reason);
    if ((await socket.closed).clean) unfinished.delete(socket);
  });
  const timer = new AbortController();
  const late = delay(deadline, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([Promise.all(endings), late]);
  timer.abort();
  const report = { finished: sockets.length - unfinished.size, unfinished: [...unfinished] };
  for (const socket of unfinished) socket.terminate();
  return report;
}
