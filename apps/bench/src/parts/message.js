import { Opcode } from "@plyws/frame";
import { fragment, MessageAssembler, Utf8Validator } from "@plyws/message";

const assembler = new MessageAssembler();
const validator = new Utf8Validator();

/** @param {number} count @returns {import("./part.ts").Part} */
function reassembly(count) {
  const payload = new Uint8Array(65_536);
  const frames = [...fragment({ opcode: Opcode.Binary, payload }, payload.length / count)];
  return {
    package: "message",
    name: `put ${count} fragments together`,
    times: count,
    octets: payload.length / count,
    run() {
      let message = null;
      for (const frame of frames) message = assembler.push(frame);
      return message;
    },
  };
}

/** @param {string} name @param {string} text @param {number} size @returns {import("./part.ts").Part} */
function validation(name, text, size) {
  const octets = new TextEncoder().encode(text.repeat(size / text.length)).subarray(0, size);
  return {
    package: "message",
    name: `validate UTF-8, ${octets.length} octets of ${name}`,
    times: 1,
    octets: octets.length,
    run() {
      validator.reset();
      return validator.write(octets);
    },
  };
}

export const parts = [
  ...[4, 64, 1024].map(reassembly),
  validation("ASCII", "plyws ", 1024),
  validation("ASCII", "plyws ", 16_384),
  validation("Chinese", "网络套接字", 1024),
  validation("Chinese", "网络套接字", 16_384),
];
