// One echo server in a process of its own: `node echo-server.ts plyws|ws [settings]`, the settings being those of
// permessage-deflate as JSON. It sends its URL to its parent, and what it has used whenever it is asked.
import { listen } from "@plyws/node";
import { WebSocketServer } from "ws";
import type { ServerName } from "./scenarios.ts";
import type { Usage } from "./server-process.ts";

const MAX_MESSAGE_SIZE = 16_777_216;

const [name, settings = "false"] = process.argv.slice(2);
const perMessageDeflate = JSON.parse(settings);

const start: Record<ServerName, () => Promise<string>> = {
  plyws: async () => {
    const options = { host: "127.0.0.1", maxMessageSize: MAX_MESSAGE_SIZE, perMessageDeflate };
    const server = await listen(options, { message: (socket, data) => socket.send(data) });
    return server.url;
  },
  ws: async () => {
    const maxPayload = MAX_MESSAGE_SIZE;
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload, perMessageDeflate });
    server.on("connection", (socket) => {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    return `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  },
};

if (name !== "plyws" && name !== "ws") throw new TypeError("Usage: node echo-server.ts plyws|ws [settings]");
process.send?.(await start[name]());
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage);
});
process.on("disconnect", () => process.exit());
