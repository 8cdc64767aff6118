import type { MessageExtension, Role } from "@plyws/connection";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import { type ConnectionLimits, completeLimits } from "./options.ts";
import { type ByteStream, Wire } from "./wire.ts";

/** What `overStreams` can be told. */
export interface StreamOptions extends ConnectionLimits {
  /** Which end this is: a client masks what it sends, a server does not. One end has to be each. */
  readonly role: Role;
  /** Octets that were read already, behind an opening handshake for instance. Default none. */
  readonly head?: Uint8Array | undefined;
  /** What was agreed on to change messages, such as permessage-deflate. Default none. */
  readonly extension?: MessageExtension | null | undefined;
}

/**
 * A WebSocket connection over a byte stream without an opening handshake: because something else has done it, or because
 * both ends know what they talk to.
 *
 * @throws TypeError when the stream is none, or is locked
 * @throws RangeError when an option is not within its range
 *
 * @example
 * ```ts
 * const socket = overStreams({ readable, writable }, { role: "client" });
 * socket.send("hello");
 * ```
 */
export function overStreams(stream: ByteStream, options: StreamOptions): WebSocketConnection {
  const { role, head = new Uint8Array(0), extension = null } = options;
  if (role !== "client" && role !== "server") throw new TypeError('role is "client" or "server"');
  const limits = completeLimits(role, options);
  const wire = new Wire(stream);
  return openConnection({ wire, role, limits, extension, head, url: "", subprotocol: "", extensions: "" });
}
