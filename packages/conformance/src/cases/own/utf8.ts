import { OPCODE } from "../../wire/frame.ts";
import { concat, hex, repeated, utf8 } from "../../wire/octets.ts";
import { CLEAN, fails, fragments, heard, MORE, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase, Step } from "../case.ts";

const RULE = "RFC 6455 5.6, 8.1";
const MIB = 2 ** 20;

/** Beginnings that nothing can make text any more, in as few octets as show it. */
const HOPELESS = [
  "80",
  "c0",
  "c1",
  "f5",
  "ff",
  "c2 20",
  "e0 9f",
  "ed a0",
  "f0 8f",
  "f4 90",
  "e2 82 20",
  "f0 9f 98 20",
];
const LATE = concat(repeated(utf8("0123456789abcde "), 6 * MIB - 1), hex("ff"));

const text = (...parts: readonly string[]): Step[] =>
  fragments(
    OPCODE.text,
    parts.map((part) => hex(part)),
  );

/** The RFC demands to fail; which code to send it only suggests. */
const OTHER_CODE = nonStrict([], fails(1002), "the connection fails with another code");
const REFUSED = [ok([], fails(1007), "the connection fails with 1007"), OTHER_CODE];

const refused = (id: string, title: string, why: string, steps: readonly Step[]): ConnectionCase =>
  strict({
    id,
    title,
    rule: RULE,
    why,
    steps,
    outcomes: REFUSED,
  });

/** UTF-8 in places where the Autobahn suite has none. */
export const utf8EdgeCases: readonly ConnectionCase[] = [
  ...HOPELESS.map((digits, i) => {
    const start = concat(utf8("ascii "), hex(digits));
    const whole = { opcode: OPCODE.text, payload: concat(start, utf8("*".repeat(80))), key: 0x0102_0304 };
    return strict({
      id: `utf8.early.${i + 1}`,
      title: `${digits.toUpperCase()} at the beginning of a frame whose rest comes a second later`,
      rule: RULE,
      why: "invalid text can be refused as soon as the octet arrives that no text can have there",
      steps: [
        { kind: "frame" as const, frame: whole, from: 0, to: start.length },
        send.wait(1000, { mark: "the rest" }),
        { kind: "frame" as const, frame: whole, from: start.length },
      ],
      outcomes: [
        ok([], fails(1007), "the connection fails with 1007 before the rest"),
        OTHER_CODE,
        nonStrict(
          [heard.mark("the rest")],
          fails(1007),
          "the connection fails with 1007 at the end of the frame",
        ),
      ],
      limit: 4000,
    });
  }),
  refused(
    "utf8.edge.1",
    "a text that ends inside a character",
    "the rest of a character cannot come in the next message",
    [...text("e2 82"), ...text("ac")],
  ),
  refused(
    "utf8.edge.2",
    "a fragment that ends inside a character, then an empty last one",
    "a message that ends inside a character is no text",
    text("e2 82", ""),
  ),
  strict({
    id: "utf8.edge.3",
    title: "a character in two fragments with a Ping between",
    rule: "RFC 6455 5.4, 5.6",
    why: "fragments may be cut inside a character, and a control frame has nothing to do with it",
    steps: [send.text(hex("e2 82"), MORE), send.ping(hex("ff")), send.continuation(hex("ac"))],
    outcomes: [ok([heard.pong(hex("ff")), heard.text("€")], CLEAN, "the Pong, then the echo")],
  }),
  strict({
    id: "utf8.edge.4",
    title: "a binary message that ends with the beginning of a character, then a text",
    rule: RULE,
    why: "binary messages are not looked at, and leave nothing behind",
    steps: [send.binary(hex("e2 82")), send.text("text")],
    outcomes: [ok([heard.binary(hex("e2 82")), heard.text("text")], CLEAN, "both echoes")],
  }),
  ...[0, 65_536].map((fragment, i) =>
    strict({
      id: `utf8.late.${i + 1}`,
      title: `6 MiB of text whose last octet is FF${fragment === 0 ? "" : ", in fragments of 64 KiB"}`,
      rule: RULE,
      why: "however long a text is, all of it is checked",
      steps: [{ kind: "message" as const, opcode: OPCODE.text, payload: LATE, fragment, compressed: false }],
      outcomes: [
        ok([], fails(1007), "the connection fails with 1007"),
        nonStrict([], fails(1009), "the message is too large for the peer"),
        OTHER_CODE,
      ],
      limit: 10_000,
    }),
  ),
];
