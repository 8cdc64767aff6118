// An echo server of ws. It prints its address and ends with its standard input.
import { WebSocketServer } from "ws";

const deflate = process.argv.includes("deflate");
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: deflate });
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on("listening", () => {
  const address = server.address();
  if (typeof address === "object") console.log(`ws://127.0.0.1:${address?.port}`);
});
process.stdin.on("end", () => process.exit()).resume();
