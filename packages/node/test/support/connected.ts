import type { MessageStream, ServerOptions, WebSocketConnection, WebSocketEvents } from "../../src/index.ts";
import { collector, startServer } from "./endpoints.ts";
import { type RawPeer, rawClient } from "./raw-peer.ts";

/** A server's connection, and its raw peer. */
export async function connected(
  events: WebSocketEvents = {},
  options: ServerOptions = {},
): Promise<{ socket: WebSocketConnection; peer: RawPeer }> {
  const { events: open, next } = collector();
  const server = await startServer({ ...events, ...open }, options);
  const peer = await rawClient(server.url);
  return { socket: await next(), peer };
}

/** What is left of a message. */
export async function contentOf(message: MessageStream | null): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of message ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}
