import { createRequire } from "node:module";
import { listening, MAX_MESSAGE_SIZE, plan, portOf } from "./plan.js";

// Beside the one that it shares with the tests, ws is installed where it finds bufferutil.
/** @type {typeof import("ws")} */
const { WebSocketServer } = plan.peers === null ? await import("ws") : createRequire(`${plan.peers}/`)("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  maxPayload: MAX_MESSAGE_SIZE,
  perMessageDeflate: plan.perMessageDeflate,
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    if (plan.broadcast === 0 || !isBinary) socket.send(data, { binary: isBinary });
    else
      for (let time = 0; time < plan.broadcast; time++) {
        for (const client of server.clients) client.send(data, { binary: true });
      }
  });
});
server.on("listening", () => listening(portOf(server.address())));
