import { Connection, OctetQueue } from "@plyws/connection";
import { encodeFrame, Opcode } from "@plyws/frame";

const KEY = 0x3d21fa37;

/**
 * @param {string} kind
 * @param {number} opcode
 * @param {number} size
 * @param {number} times
 * @returns {import("./part.ts").Part}
 */
function receiving(kind, opcode, size, times) {
  const payload = new Uint8Array(size).fill(0x61);
  const frame = encodeFrame(
    { fin: true, rsv: 0, opcode: opcode === 1 ? Opcode.Text : Opcode.Binary, payload },
    KEY,
  );
  const template = Buffer.concat(Array.from({ length: times }, () => frame));
  const chunk = new Uint8Array(template.length);
  let count = 0;
  const handler = { text: () => void count++, binary: () => void count++, closed() {} };
  const connection = new Connection({ role: "server" }, handler, new OctetQueue());
  return {
    package: "connection",
    name: `receive ${kind} of ${size} octets, ${times} in a chunk`,
    times,
    octets: size,
    run() {
      // It is unmasked in place.
      chunk.set(template);
      connection.receive(chunk);
      return count;
    },
  };
}

/** @param {number} size @param {number} times @returns {import("./part.ts").Part} */
function sending(size, times) {
  const outbox = new OctetQueue();
  const handler = { text() {}, binary() {}, closed() {} };
  const connection = new Connection({ role: "server" }, handler, outbox);
  const text = "a".repeat(size);
  return {
    package: "connection",
    name: `send text of ${size} octets, ${times} before they are taken`,
    times,
    octets: size,
    run() {
      for (let time = 0; time < times; time++) connection.sendText(text);
      return outbox.take();
    },
  };
}

export const parts = [
  receiving("text", Opcode.Text, 20, 1000),
  receiving("binary", Opcode.Binary, 20, 1000),
  receiving("text", Opcode.Text, 125, 1000),
  receiving("text", Opcode.Text, 1024, 100),
  receiving("binary", Opcode.Binary, 16_384, 8),
  sending(20, 1000),
  sending(1024, 100),
];
