import { OPCODE, RSV } from "../wire/frame.ts";
import { hex } from "../wire/octets.ts";
import { connection, fails, frame, heard, nonStrict, ok, send } from "./build.ts";
import type { ConnectionCase, Outcome, Step } from "./case.ts";

const GOOD = "Hello, world!";
const { rsv1, rsv2, rsv3 } = RSV;

/** A bad frame alone, or between a good text and a Ping that must not be answered. */
function around(bad: Step, between: boolean): { steps: Step[]; outcomes: Outcome[] } {
  if (!between) return { steps: [bad], outcomes: [ok([], fails(1002), "the connection fails with 1002")] };
  return {
    steps: [send.text(GOOD), bad, send.ping()],
    outcomes: [
      ok([heard.text(GOOD)], fails(1002), "the echo of the good text, then the connection fails with 1002"),
      nonStrict([], fails(1002), "the connection fails with 1002 before the good text is echoed"),
    ],
  };
}

const RESERVED_BITS: readonly [
  title: string,
  bad: Step,
  between: boolean,
  delivery: ConnectionCase["delivery"],
][] = [
  ["a text with RSV3", send.text(GOOD, { rsv: rsv3 }), false, "joined"],
  ["a text with RSV2, after a good one", send.text(GOOD, { rsv: rsv2 }), true, "joined"],
  ["a text with RSV2 and RSV3, after a good one", send.text(GOOD, { rsv: rsv2 | rsv3 }), true, "framewise"],
  ["a text with RSV1, after a good one, octet by octet", send.text(GOOD, { rsv: rsv1 }), true, { chop: 1 }],
  [
    "a binary message with RSV1 and RSV3",
    send.binary(hex("00 ff fe fd fc fb 00 ff"), { rsv: rsv1 | rsv3 }),
    false,
    "joined",
  ],
  ["a binary message with RSV1 and RSV2", send.binary(GOOD, { rsv: rsv1 | rsv2 }), false, "joined"],
  ["a Close with all reserved bits", send.close(undefined, "", { rsv: 7 }), false, "joined"],
];

/** Section 3: reserved bits, without an extension that gives them a meaning. */
export const reservedBits: readonly ConnectionCase[] = RESERVED_BITS.map(
  ([title, bad, between, delivery], i) =>
    connection({
      id: `3.${i + 1}`,
      title,
      rule: "RFC 6455 5.2",
      why: "no extension gives these bits a meaning, so the connection fails; nothing after them is answered",
      ...around(bad, between),
      delivery,
    }),
);

const RANGES = [
  { section: "4.1", from: OPCODE.binary + 1, range: "data" },
  { section: "4.2", from: OPCODE.pong + 1, range: "control" },
];

/** Section 4: opcodes that nobody has defined. */
export const reservedOpcodes: readonly ConnectionCase[] = RANGES.flatMap(({ section, from, range }) =>
  ["", "reserved", "", "reserved", "reserved"].map((payload, i) =>
    connection({
      id: `${section}.${i + 1}`,
      title:
        `a frame with opcode ${from + i} from the ${range} range${i > 1 ? ", after a good text" : ""}` +
        (i === 4 ? ", octet by octet" : ""),
      rule: "RFC 6455 5.2",
      why: "an unknown opcode fails the connection; nothing after it is answered",
      ...around(frame(from + i, payload), i > 1),
      delivery: i === 4 ? { chop: 1 } : "joined",
    }),
  ),
);
