import { Opcode } from "@plyws/frame";
import { fragment, type Message, MessageAssembler, Utf8Validator } from "@plyws/message";

const assembler = new MessageAssembler({ maxMessageSize: 100 });
let message: Message | null = null;
for (const frame of fragment({ opcode: Opcode.Text, payload: Uint8Array.of(72, 105) }, 1)) {
  message = assembler.push(frame);
}
console.log(message?.payload.length); // → 2
console.log(new Utf8Validator().write(Uint8Array.of(0xff))); // → false
