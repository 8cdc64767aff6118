import { createServer } from "node:http";
import { createRequire } from "node:module";
import { listening, MAX_MESSAGE_SIZE, plan, portOf } from "./plan.js";

const { server: WebSocketServer } = createRequire(`${plan.peers}/`)("websocket");

const httpServer = createServer();
const server = new WebSocketServer({
  httpServer,
  autoAcceptConnections: true,
  maxReceivedFrameSize: MAX_MESSAGE_SIZE,
  maxReceivedMessageSize: MAX_MESSAGE_SIZE,
});
/**
 * @typedef {{ type: "utf8", utf8Data: string } | { type: "binary", binaryData: Buffer }} Message
 * @typedef {{
 *   on(event: string, listener: (message: Message) => void): void,
 *   sendUTF(text: string): void,
 *   sendBytes(octets: Buffer): void,
 * }} Connection
 */
server.on("connect", (/** @type {Connection} */ connection) => {
  connection.on("message", (message) => {
    if (message.type === "utf8") return connection.sendUTF(message.utf8Data);
    if (plan.broadcast === 0) return connection.sendBytes(message.binaryData);
    for (let time = 0; time < plan.broadcast; time++) server.broadcastBytes(message.binaryData);
  });
});
httpServer.listen(0, "127.0.0.1", () => listening(portOf(httpServer.address())));
