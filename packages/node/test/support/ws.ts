import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ClientOptions, type RawData, type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { cut, type Kind, MAX_MESSAGE_SIZE } from "./payloads.ts";

/** A client of the `ws` package that is open. */
export async function wsClient(
  url: string,
  options: ClientOptions & { subprotocols?: string[] } = {},
): Promise<WebSocket> {
  const { subprotocols = [], ...rest } = options;
  const client = new WebSocket(url, subprotocols, { perMessageDeflate: false, ...rest });
  onTestFinished(() => client.terminate());
  await once(client, "open");
  return client;
}

/** A server of the `ws` package on a free port. */
export async function wsServer(
  serve: (socket: WebSocket) => void,
  options: ServerOptions = {},
): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, ...options });
  server.on("connection", serve);
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/`, server };
}

/** How a message leaves `ws`. */
export type Delivery = "whole" | "in fragments" | "in one write with others";
export const DELIVERIES: readonly Delivery[] = ["whole", "in fragments", "in one write with others"];

/** How many messages {@link sendByWs} sends. */
export const copiesOf = (delivery: Delivery, size: number): number =>
  delivery !== "in one write with others" ? 1 : size > MAX_MESSAGE_SIZE / 8 ? 3 : 20;

export function sendByWs(socket: WebSocket, kind: Kind, octets: Uint8Array, delivery: Delivery): void {
  const options = { binary: kind === "binary" };
  if (delivery === "in fragments") {
    const pieces = cut(octets, 13);
    for (const [i, piece] of pieces.entries()) {
      socket.send(piece, { ...options, fin: i === pieces.length - 1 });
      // RFC 6455 section 5.4: control frames may stand between fragments.
      if (i % 5 === 2) socket.ping("between fragments");
    }
    return;
  }
  const tcp = tcpOf(socket);
  tcp.cork();
  for (let i = copiesOf(delivery, octets.length); i > 0; i--) socket.send(octets, options);
  tcp.uncork();
}

/** The socket below, which `ws` does not show. */
export function tcpOf(socket: WebSocket): Socket {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (socket as unknown as { _socket: Socket })._socket;
}

/** The next `count` messages: strings for texts. */
export function wsMessages(socket: WebSocket, count: number): Promise<(string | Buffer)[]> {
  const messages: (string | Buffer)[] = [];
  return new Promise((resolve, reject) => {
    const onClose = (code: number): void =>
      reject(new Error(`The connection ended with ${code} after ${messages.length} messages`));
    const onMessage = (data: RawData, isBinary: boolean): void => {
      if (!Buffer.isBuffer(data)) throw new TypeError("ws was not asked for another type");
      if (messages.push(isBinary ? data : data.toString()) < count) return;
      socket.off("close", onClose).off("message", onMessage);
      resolve(messages);
    };
    socket.on("close", onClose).on("message", onMessage);
  });
}
