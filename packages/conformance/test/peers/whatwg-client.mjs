// A client by the WebSocket of the standard: that of Node, Bun or Deno.
// It runs every case of the kit at the address in PLYWS_CONFORMANCE_URL.
import process from "node:process";

const base = process.env.PLYWS_CONFORMANCE_URL ?? "";
const agent = encodeURIComponent(process.argv[2] ?? "");

/** @param {string} path @param {(data: any, socket: WebSocket) => void} message */
function open(path, message) {
  return new Promise((resolve) => {
    const socket = new WebSocket(base + path);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => message(data, socket));
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", resolve);
  });
}

let count = 0;
await open("/getCaseCount", (data) => {
  count = Number(data);
});
for (let n = 1; n <= count; n++) {
  await open(`/runCase?case=${n}&agent=${agent}`, (data, socket) => socket.send(data));
}
await open(`/updateReports?agent=${agent}`, () => {});
process.exit();
