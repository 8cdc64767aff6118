// Remakes test/fixtures/loopback.pcap: plyws and ws talk to each other in every combination, with compression and
// without, and tcpdump listens.
//
//   npm run build
//   node apps/inspector/scripts/capture.mjs
//
// It needs tcpdump and the right to capture on the loopback interface.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect, listen } from "@plyws/node";
import { WebSocket, WebSocketServer } from "ws";

const file = fileURLToPath(new URL("../test/fixtures/loopback.pcap", import.meta.url));
const LONG = "again and again ".repeat(40);

const plyws = await listen(
  { host: "127.0.0.1", port: 0, perMessageDeflate: { serverNoContextTakeover: false, threshold: 0 } },
  { message: (socket, data) => socket.send(data) },
);
const other = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: { threshold: 0 } });
await once(other, "listening");
other.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
const address = other.address();
const ports = [new URL(plyws.url).port, typeof address === "object" ? address?.port : 0];

const tcpdump = spawn(
  "tcpdump",
  ["-i", "lo", "--immediate-mode", "-U", "-w", file, `tcp port ${ports[0]} or tcp port ${ports[1]}`],
  { stdio: ["ignore", "ignore", "pipe"] },
);
await once(tcpdump.stderr, "data");

for (const port of ports) {
  const url = `ws://127.0.0.1:${port}/talk`;
  for (const perMessageDeflate of [false, true]) {
    await talkAsPlyws(url, perMessageDeflate);
    await talkAsWs(url, perMessageDeflate);
  }
}
await new Promise((resolve) => setTimeout(resolve, 300));
tcpdump.kill("SIGINT");
await once(tcpdump, "exit");
await plyws.close();
other.close();
console.log(file);

/** @param {string} url @param {boolean} compress */
async function talkAsPlyws(url, compress) {
  const socket = await connect(url, {
    perMessageDeflate: compress ? { clientNoContextTakeover: false, threshold: 0 } : false,
  });
  for (const data of ["Hello from plyws 你好", Uint8Array.of(0, 1, 254, 255), LONG, LONG]) {
    socket.send(data);
    await socket.receive();
  }
  socket.close(1000, "bye");
  await socket.closed;
}

/** @param {string} url @param {boolean} perMessageDeflate */
async function talkAsWs(url, perMessageDeflate) {
  const socket = new WebSocket(url, { perMessageDeflate: perMessageDeflate ? { threshold: 0 } : false });
  await once(socket, "open");
  for (const data of ["Hello from ws 你好", Buffer.of(0, 1, 254, 255), LONG, LONG]) {
    socket.send(data);
    await once(socket, "message");
  }
  socket.ping("are you there?");
  await once(socket, "pong");
  socket.send("in two ", { fin: false });
  socket.send("fragments", { fin: true });
  await once(socket, "message");
  socket.close(4000, "enough");
  await once(socket, "close");
}
