// A client of this repository that runs every case of the kit at the address in PLYWS_CONFORMANCE_URL.
import { connect } from "@plyws/node";

const MIB = 2 ** 20;
const base = process.env.PLYWS_CONFORMANCE_URL ?? "";
const agent = encodeURIComponent(process.argv[2] ?? "");
// Contexts are kept and everything is compressed, so that the cases see as much of it as there is.
const perMessageDeflate = { serverNoContextTakeover: false, clientNoContextTakeover: false, threshold: 0 };
const options = { maxMessageSize: 64 * MIB, maxBufferedAmount: 128 * MIB, perMessageDeflate };

/** @param {string} path @param {(socket: import("@plyws/node").WebSocketConnection, data: string | Uint8Array) => void} message */
async function open(path, message) {
  try {
    const socket = await connect(base + path, options, { message });
    await socket.closed;
  } catch {
    // The opening handshake failed, as it should in some cases.
  }
}

let count = 0;
await open("/getCaseCount", (_, data) => {
  count = Number(data);
});
for (let n = 1; n <= count; n++) {
  await open(`/runCase?case=${n}&agent=${agent}`, (socket, data) => void socket.send(data));
}
await open(`/updateReports?agent=${agent}`, () => {});
