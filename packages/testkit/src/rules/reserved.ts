import { type FrameOptions, type FrameParts } from "../frame.ts";
import { hex } from "../octets.ts";
import { event, fails, MORE, type Rule, rule, send } from "./rule.ts";

const good = send.text("good text");
const late = send.ping("too late");

/** Between a good text, which is still echoed, and a ping, which is no longer answered. */
function between(id: string, section: string, title: string, bad: FrameParts): Rule {
  return rule({
    id,
    section,
    title,
    input: [good, bad, late],
    events: [event.text(0, "good text")],
    close: fails(1002, 1),
  });
}

function first(id: string, section: string, title: string, bad: FrameParts): Rule {
  return rule({ id, section, title, input: [bad, late], close: fails(1002, 0) });
}

const rsv = (bits: number): FrameOptions => ({ rsv: bits });

/** Autobahn section 3: reserved bits while no extension has given them a meaning. */
export const RESERVED_BITS: readonly Rule[] = [
  first("3.1", "5.2", "text with RSV3", send.text("bad text", rsv(1))),
  between("3.2", "5.2", "text with RSV2", send.text("bad text", rsv(2))),
  between("3.3", "5.2", "text with RSV2 and RSV3", send.text("bad text", rsv(3))),
  between("3.4", "5.2", "text with RSV1", send.text("bad text", rsv(4))),
  first("3.5", "5.2", "binary with RSV1 and RSV3", send.binary(hex("00 FF FE FD FC FB 00 FF"), rsv(5))),
  first("3.6", "5.2", "binary with RSV1 and RSV2", send.binary(hex("00 FF FE FD FC FB 00 FF"), rsv(6))),
  first("3.7", "5.2", "Close with all three", send.close(undefined, "", rsv(7))),
  first("reserved/ping", "5.2", "ping with RSV1", send.ping("bad ping", rsv(4))),
  first("reserved/pong", "5.2", "pong with RSV2", send.pong("bad pong", rsv(2))),
  rule({
    id: "reserved/continuation",
    section: "5.2",
    title: "a continuation frame with RSV1",
    input: [send.text("Hel", MORE), send.continuation("lo", rsv(4)), late],
    close: fails(1002, 1),
  }),
];

/** Autobahn section 4: opcodes without a meaning, 3 to 7 for data and 11 to 15 for control. */
export const RESERVED_OPCODES: readonly Rule[] = [
  ...[0, 8].flatMap((base) => {
    const group = base === 0 ? "4.1" : "4.2";
    const bad = (n: number, payload = ""): [string, FrameParts] => [
      `opcode ${base + 2 + n}${payload === "" ? " without payload" : ""}`,
      { opcode: base + 2 + n, payload },
    ];
    return [
      first(`${group}.1`, "5.2", ...bad(1)),
      first(`${group}.2`, "5.2", ...bad(2, "reserved opcode payload")),
      between(`${group}.3`, "5.2", ...bad(3)),
      between(`${group}.4`, "5.2", ...bad(4, "reserved opcode payload")),
      between(`${group}.5`, "5.2", ...bad(5, "reserved opcode payload")),
    ];
  }),
  rule({
    id: "reserved/opcode-in-message",
    section: "5.2",
    title: "opcode 3 between the fragments of a message",
    input: [send.text("Hel", MORE), { opcode: 3, payload: "lo" }, late],
    close: fails(1002, 1),
  }),
];
