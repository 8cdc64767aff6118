import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { ServerOptions, WebSocketConnection, WebSocketEvents } from "../../src/index.ts";
import { collector, startServer } from "./endpoints.ts";
import { type RawPeer, rawConnect, requestHead } from "./raw-peer.ts";

/** RSV1, as the test kit counts. */
export const RSV1 = 0b100;

const TRAILER = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** The payload of a compressed message that refers to nothing before it (RFC 7692 section 7.2.1). */
export function deflated(data: string | Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** What a compressed message holds that refers to nothing before it. */
export function inflated(payload: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([payload, TRAILER]), { finishFlush: constants.Z_SYNC_FLUSH });
}

/** A raw client behind its opening handshake, and what the server answered to its offers. */
export async function deflatingPeer(
  url: string,
  offers = "permessage-deflate; client_max_window_bits",
): Promise<{ peer: RawPeer; agreed: string | null }> {
  const peer = await rawConnect(url);
  peer.write(requestHead({ "Sec-WebSocket-Extensions": offers }));
  const head = await peer.head();
  return { peer, agreed: /^sec-websocket-extensions: (.*)\r$/im.exec(head)?.[1] ?? null };
}

/** A server's connection that compresses, and its raw peer. */
export async function deflating(
  events: WebSocketEvents = {},
  options: ServerOptions = {},
): Promise<{ socket: WebSocketConnection; peer: RawPeer }> {
  const { events: open, next } = collector();
  const server = await startServer({ ...events, ...open }, { perMessageDeflate: true, ...options });
  const { peer } = await deflatingPeer(server.url);
  return { socket: await next(), peer };
}
