import { decodeFrame, encodeFrame, type Frame, Opcode, ProtocolError } from "@plyws/frame";

const frame: Frame = { fin: true, rsv: 0, opcode: Opcode.Text, payload: Uint8Array.of(72, 105) };
const octets = encodeFrame(frame, 0x12345678);
console.log(octets.length); // → 8
console.log(String.fromCharCode(...(decodeFrame(octets)?.frame.payload ?? []))); // → Hi
try {
  decodeFrame(Uint8Array.of(0x83, 0));
} catch (error) {
  console.log(error instanceof ProtocolError && error.closeCode); // → 1002
}
