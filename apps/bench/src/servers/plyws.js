import { broadcast, listen } from "@plyws/node";
import { listening, MAX_MESSAGE_SIZE, plan } from "./plan.js";

const options = {
  host: "127.0.0.1",
  maxMessageSize: MAX_MESSAGE_SIZE,
  perMessageDeflate: plan.perMessageDeflate,
};
const server = await listen(options, {
  message(socket, data) {
    if (plan.broadcast === 0 || typeof data === "string") socket.send(data);
    else for (let time = 0; time < plan.broadcast; time++) broadcast(server.connections, data);
  },
});
listening(Number(new URL(server.url).port));
