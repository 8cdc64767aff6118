// Opens many connections at once with the `ws` package, has a text and a binary message echoed on each of them while
// all are open, and writes what it saw to the standard output as JSON.
import { createHash } from "node:crypto";
import { WebSocket } from "ws";

const [url = "", count = "0"] = process.argv.slice(2);

/** What client `i` sends: nobody else sends the same. @param {number} i */
const messagesOf = (i) => [
  `text of client ${i} ${"é".repeat(i % 300)}`,
  createHash("sha256")
    .update(String(i))
    .digest()
    .subarray(0, 1 + (i % 32)),
];

let errors = 0;
const start = Date.now();
const sockets = await Promise.all(
  Array.from({ length: Number(count) }, () => {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 60_000 });
    socket.on("error", () => errors++);
    return new Promise((resolve) => {
      socket.once("open", resolve).once("close", resolve);
    }).then(() => socket);
  }),
);
const openedIn = Date.now() - start;
const opened = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;

/** @param {WebSocket} socket @param {number} i @returns {Promise<boolean>} */
function echoes(socket, i) {
  const expected = messagesOf(i);
  return new Promise((resolve) => {
    socket.once("close", () => resolve(false));
    socket.on("message", (data, isBinary) => {
      const wanted = expected.shift();
      const isSame =
        isBinary === (typeof wanted !== "string") &&
        Buffer.isBuffer(data) &&
        data.equals(Buffer.from(wanted ?? ""));
      if (!isSame) resolve(false);
      else if (expected.length === 0) resolve(true);
    });
    for (const message of messagesOf(i)) socket.send(message);
  });
}

const again = Date.now();
const correct = (await Promise.all(sockets.map(echoes))).filter(Boolean).length;
const echoedIn = Date.now() - again;
const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
console.log(JSON.stringify({ opened, correct, open, errors, openedIn, echoedIn }));
// The other side looks at its memory meanwhile, and says when to go.
process.stdin.once("data", () => {
  for (const socket of sockets) socket.close();
});
process.stdin.unref?.();
