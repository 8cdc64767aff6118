import type { CloseRecord } from "@plyws/connection";
import { type ConnectOptions, connect } from "../client.ts";
import type { WebSocketConnection } from "../connection.ts";
import type { MessageData } from "../events.ts";
import { hasBadPort } from "./ports.ts";

/** What the two classes hear of their connection: nothing before `open`. */
export interface OpenEvents {
  open(connection: WebSocketConnection): void;
  message(data: MessageData): void;
  drain?(): void;
  close(record: CloseRecord): void;
}

/**
 * Opens a connection as the web platform does, which is stricter than RFC 6455: not to every port, and not when the
 * server chooses none of the subprotocols offered (WHATWG WebSockets section 2.2).
 *
 * Resolves after `open`, and rejects without it.
 */
export async function open(
  url: URL,
  options: ConnectOptions & { readonly subprotocols: readonly string[]; readonly signal: AbortSignal },
  events: OpenEvents,
): Promise<void> {
  const { subprotocols, signal } = options;
  let refusal: unknown = null;
  if (hasBadPort(url)) throw new Error(`Port ${url.port} is one that the Fetch standard blocks`);
  await connect(url, options, {
    open: (connection) => {
      if (signal.aborted) refusal = signal.reason;
      else if (subprotocols.length > 0 && connection.subprotocol === "") {
        refusal = new Error("The server chose none of the subprotocols offered");
      } else return events.open(connection);
      connection.terminate();
    },
    message: (_, data) => events.message(data),
    drain: () => events.drain?.(),
    close: (_, record) => {
      if (refusal === null) events.close(record);
    },
  });
  if (refusal !== null) throw refusal;
}
