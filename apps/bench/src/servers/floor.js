// No WebSocket server: the least that one on `node:net` can do. It answers the handshake, then writes as many frames
// made beforehand as messages have arrived, one write for each chunk, and reads none of them.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { listening, plan, portOf } from "./plan.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = Buffer.of(0x88, 0x02, 0x03, 0xe8);
const { requestSize, size, text, closing } = plan.floor;

const frame = encodeFrame();
/** How many frames are written at a time, at most. */
const MOST = Math.max(1, Math.floor(1_048_576 / frame.length));
const frames = Buffer.concat(Array.from({ length: Math.max(MOST, plan.broadcast) }, () => frame));
/** @type {Set<import("node:net").Socket>} */
const sockets = new Set();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (request) => {
    const key = /sec-websocket-key: *(\S+)/i.exec(request.toString("latin1"))?.[1];
    const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    if (plan.broadcast > 0) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    let received = 0;
    socket.on("data", (chunk) => {
      if (closing) return void socket.end(CLOSE);
      received += chunk.length;
      const messages = Math.floor(received / requestSize);
      received -= messages * requestSize;
      if (plan.broadcast === 0) return write(socket, messages);
      for (let message = 0; message < messages; message++) {
        for (const other of sockets) write(other, plan.broadcast);
      }
    });
  });
});
server.listen(0, "127.0.0.1", () => listening(portOf(server.address())));

/**
 * @param {import("node:net").Socket} socket
 * @param {number} count
 */
function write(socket, count) {
  for (let left = count; left > 0; left -= MOST) {
    socket.write(frames.subarray(0, Math.min(left, MOST) * frame.length));
  }
}

function encodeFrame() {
  const length = size < 126 ? Buffer.of(size) : Buffer.alloc(size < 65_536 ? 3 : 9);
  if (size >= 126) {
    length[0] = size < 65_536 ? 126 : 127;
    length.writeUIntBE(size, size < 65_536 ? 1 : 3, size < 65_536 ? 2 : 6);
  }
  return Buffer.concat([Buffer.of(text ? 0x81 : 0x82), length, Buffer.alloc(size, "plyws ")]);
}
