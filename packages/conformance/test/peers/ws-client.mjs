// A client of ws that runs every case of the kit at the address in PLYWS_CONFORMANCE_URL.
import { WebSocket } from "ws";

const base = process.env.PLYWS_CONFORMANCE_URL ?? "";
const agent = encodeURIComponent(process.argv[2] ?? "");

/** @param {string} path @param {(data: import("ws").RawData, isBinary: boolean, socket: WebSocket) => void} message */
function open(path, message) {
  return new Promise((resolve) => {
    const socket = new WebSocket(base + path);
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => message(data, isBinary, socket));
    socket.on("close", resolve);
  });
}

let count = 0;
await open("/getCaseCount", (data) => {
  count = Number(data);
});
for (let n = 1; n <= count; n++) {
  await open(`/runCase?case=${n}&agent=${agent}`, (data, isBinary, socket) =>
    socket.send(data, { binary: isBinary }),
  );
}
await open(`/updateReports?agent=${agent}`, () => {});
