import { OPCODE } from "../wire/frame.ts";
import { CLEAN, connection, filled, frame, ok } from "./build.ts";
import type { ConnectionCase, Payload } from "./case.ts";

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536];
const CHOPPED = SIZES.length - 1;

const KINDS = [
  { section: "1.1", name: "text", opcode: OPCODE.text, fill: (length: number) => filled("*", length) },
  { section: "1.2", name: "binary", opcode: OPCODE.binary, fill: (length: number) => filled([0xfe], length) },
];

/** Section 1: messages in one frame, at the lengths where the header changes. */
export const framing: readonly ConnectionCase[] = KINDS.flatMap(({ section, name, opcode, fill }) =>
  SIZES.map((size, i) => {
    const payload: Payload = fill(size);
    return connection({
      id: `${section}.${i + 1}`,
      title: `a ${name} message of ${size} octets${i === CHOPPED ? ", 997 octets at a time" : ""}`,
      rule: "RFC 6455 5.2",
      why: "the length is written in 7, 16 or 64 bits, and the echo has the same type and content",
      steps: [frame(opcode, payload)],
      delivery: i === CHOPPED ? { chop: 997 } : "joined",
      outcomes: [ok([{ kind: "message", opcode, payload }], CLEAN, "the echo, then a clean close")],
      limit: size > 1000 ? 10_000 : 1000,
    });
  }),
);
