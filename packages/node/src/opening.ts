import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { MessageExtension, Role } from "@plyws/connection";
import type { WebSocketEvents } from "./events.ts";
import type { Trace } from "./observe/trace.ts";
import type { Limits } from "./options.ts";
import type { Place } from "./registry.ts";

/** What a connection is made of, once its opening handshake is done. */
export interface Opening<Data> {
  readonly stream: Duplex;
  /** What arrived together with the opening handshake. */
  readonly head: Uint8Array;
  readonly role: Role;
  readonly limits: Limits;
  readonly events: WebSocketEvents<Data>;
  readonly trace: Trace<Data> | null;
  /** Where a server lists the connection; `null` on a client. */
  readonly place: Place<Data> | null;
  readonly url: string;
  readonly subprotocol: string;
  /** What changes the messages; `null` when nothing was agreed on. */
  readonly extension: MessageExtension | null;
  /** What was agreed on, as it stands in the header field; "" when there is nothing. */
  readonly extensions: string;
  /** Of the peer; "" when it is not known. */
  readonly remoteAddress: string;
  readonly data: Data;
  /** What a server was asked by; `null` on a client. */
  readonly request: IncomingMessage | null;
  /** When the opening handshake began, by `performance.now()`. */
  readonly begin: number;
}
