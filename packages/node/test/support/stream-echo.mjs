// A server that sends every message back while it arrives. It tells its parent where it listens, and answers each
// message with the most memory that it had since the one before, in octets.
import { listen } from "../../src/index.ts";

const server = await listen(
  { host: "127.0.0.1" },
  { stream: (socket, message) => socket.sendStream(message, message.type) },
);

let most = 0;
setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);

process.on("message", () => {
  process.send?.(Math.max(most, process.memoryUsage.rss()));
  most = 0;
});
process.on("disconnect", () => process.exit());
process.send?.(server.url);
