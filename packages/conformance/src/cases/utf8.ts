import { OPCODE } from "../wire/frame.ts";
import { concat, hex, toHex, utf8 } from "../wire/octets.ts";
import { CLEAN, connection, fails, fragments, frame, heard, nonStrict, ok, send } from "./build.ts";
import type { ConnectionCase, Event, Step } from "./case.ts";
import { CATALOGUE, GREEK } from "./utf8-catalogue.ts";

const RULE = "RFC 6455 5.6, 8.1";
const MIXED = utf8("Hello-µ@ßöäüàá-UTF-8!!");
const SURROGATE = hex("ed a0 80");
const BEYOND = hex("f4 90 80 80");
const EDITED = utf8("edited");
/** Twenty octets that are no text. */
export const INVALID = concat(GREEK, SURROGATE, EDITED);

const octetwise = (octets: Uint8Array): Uint8Array[] => Array.from(octets, (octet) => Uint8Array.of(octet));
const text = (...parts: readonly (string | Uint8Array)[]): Step[] => fragments(OPCODE.text, parts);

const VALID: readonly [id: string, title: string, steps: Step[], echo: string | Uint8Array][] = [
  ["6.1.1", "an empty text", text(""), ""],
  ["6.1.2", "three empty fragments", text("", "", ""), ""],
  [
    "6.1.3",
    "a fragment with text between two empty ones",
    text("", "middle frame payload", ""),
    "middle frame payload",
  ],
  ["6.2.1", "a text of one and two octets for each character", text(MIXED), MIXED],
  [
    "6.2.2",
    "that text in two fragments, cut between characters",
    text(MIXED.slice(0, 12), MIXED.slice(12)),
    MIXED,
  ],
  ["6.2.3", "that text in fragments of one octet", text(...octetwise(MIXED)), MIXED],
  ["6.2.4", "Greek in fragments of one octet", text(...octetwise(GREEK)), GREEK],
];

const valid = (
  id: string,
  title: string,
  steps: readonly Step[],
  echo: string | Uint8Array,
): ConnectionCase =>
  connection({
    id,
    title,
    rule: RULE,
    why: "this is UTF-8, in pieces or not, and comes back unchanged",
    steps,
    outcomes: [ok([heard.text(echo)], CLEAN, "the echo, then a clean close")],
  });

const invalid = (id: string, title: string, steps: readonly Step[]): ConnectionCase =>
  connection({
    id,
    title,
    rule: RULE,
    why: "text that is no UTF-8 fails the connection",
    steps,
    outcomes: [ok([], fails(1007), "the connection fails with 1007, and nothing is echoed")],
    fatal: ["side"],
  });

const marks = (...names: readonly string[]): Event[] => names.map((name) => heard.mark(name));

/** The parts of a text, the second of which makes it invalid, at most a second apart. */
function early(id: string, what: string, parts: readonly Uint8Array[], inOneFrame: boolean): ConnectionCase {
  const [first = 0, second = 0] = parts.map((part) => part.length);
  const whole = { opcode: OPCODE.text, payload: concat(...parts), key: 0x5a17_c3e4 };
  const [one, two, three] = inOneFrame
    ? ([
        { kind: "frame", frame: whole, from: 0, to: first },
        { kind: "frame", frame: whole, from: first, to: first + second },
        { kind: "frame", frame: whole, from: first + second },
      ] as const)
    : fragments(OPCODE.text, parts);
  const steps = [one, send.wait(1000, { mark: "A" }), two, send.wait(1000, { mark: "B" }), three];
  return connection({
    id,
    title: `${what}, ${inOneFrame ? "one frame in three pieces" : "in three fragments"}, a second apart`,
    rule: RULE,
    why: "invalid text can be refused as soon as the octet arrives that no text can have there",
    steps: steps.filter((step) => step !== undefined),
    outcomes: [
      ok(marks("A"), fails(1007), "the connection fails with 1007 at the second part"),
      nonStrict(marks("A", "B"), fails(1007), "the connection fails with 1007 at the end of the message"),
    ],
    fatal: ["side"],
    limit: 5000,
    slow: true,
  });
}

const AFTER_THE_LIMIT = [GREEK, BEYOND, EDITED];
const AT_ONE_OCTET = [concat(GREEK, BEYOND.slice(0, 1)), BEYOND.slice(1, 2), concat(BEYOND.slice(2), EDITED)];

/** Section 6: UTF-8 in text messages. */
export const utf8Cases: readonly ConnectionCase[] = [
  ...VALID.map((row) => valid(...row)),
  invalid("6.3.1", "Greek, a surrogate and ASCII", text(INVALID)),
  invalid("6.3.2", "the same in fragments of one octet", text(...octetwise(INVALID))),
  early("6.4.1", "a code point beyond Unicode", AFTER_THE_LIMIT, false),
  early("6.4.2", "the octet that makes a text invalid", AT_ONE_OCTET, false),
  early("6.4.3", "a code point beyond Unicode", AFTER_THE_LIMIT, true),
  early("6.4.4", "the octet that makes a text invalid", AT_ONE_OCTET, true),
  ...CATALOGUE.flatMap(({ section, title, valid: isValid, sequences }) =>
    sequences.map((octets, i) => {
      const id = `${section}.${i + 1}`;
      const shown = octets.length > 16 ? `${octets.length} octets` : toHex(octets).toUpperCase();
      const steps = [frame(OPCODE.text, octets)];
      return isValid(i + 1)
        ? valid(id, `${title}: ${shown}`, steps, octets)
        : invalid(id, `${title}: ${shown}`, steps);
    }),
  ),
];
