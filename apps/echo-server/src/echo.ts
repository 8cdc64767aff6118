import type { MessageStream, WebSocketConnection, WebSocketEvents } from "@plyws/node";
import { type Log, printable } from "./log.ts";

/**
 * Sends every message back as it came, and writes a line when a connection opens or closes.
 *
 * @param streams whether messages above the limit of the server are sent back while they arrive, or refused
 * @param compress whether those are compressed
 */
export function createEcho(log: Log, streams: boolean, compress: boolean): WebSocketEvents {
  const known = new WeakMap<WebSocketConnection, { name: string; since: number }>();
  let count = 0;
  return {
    open(socket) {
      const name = `#${++count}`;
      known.set(socket, { name, since: performance.now() });
      const subprotocol =
        socket.subprotocol === "" ? "" : ` with subprotocol ${printable(socket.subprotocol)}`;
      log.note("+", `${name} opened from ${socket.remoteAddress}${subprotocol}`);
    },
    message(socket, data) {
      // A peer that sends but does not read would fill our memory: it is not read either, until it has caught up.
      if (socket.send(data) === "buffered") socket.pause();
    },
    ...(streams && {
      stream: (socket: WebSocketConnection, message: MessageStream) =>
        socket.sendStream(message, message.type, { compress }),
    }),
    drain(socket) {
      socket.resume();
    },
    close(socket, { code, reason, clean, error }) {
      const { name = "", since = 0 } = known.get(socket) ?? {};
      const words = [`${name} closed with code ${code}`];
      if (reason !== "") words.push(`"${printable(reason)}"`);
      if (!clean) words.push("without a closing handshake");
      if (error !== null) words.push(`(${printable(error.message)})`);
      log.note("-", `${words.join(" ")} after ${((performance.now() - since) / 1000).toFixed(1)} s`);
    },
  };
}
