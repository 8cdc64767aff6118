// An echo server of this repository. It prints its address and ends with its standard input.
import { listen } from "@plyws/node";

const MIB = 2 ** 20;
// Contexts are kept and everything is compressed, so that the cases see as much of it as there is.
const perMessageDeflate = { serverNoContextTakeover: false, clientNoContextTakeover: false, threshold: 0 };
const server = await listen(
  { host: "127.0.0.1", maxMessageSize: 64 * MIB, maxBufferedAmount: 128 * MIB, perMessageDeflate },
  { message: (socket, data) => void socket.send(data) },
);
console.log(server.url);
process.stdin.on("end", () => process.exit()).resume();
