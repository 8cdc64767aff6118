import { OPCODE } from "../wire/frame.ts";
import { utf8 } from "../wire/octets.ts";
import { CLEAN, cleanWith, connection, fails, filled, frame, heard, MORE, ok, send } from "./build.ts";
import type { ConnectionCase, Ending, Step } from "./case.ts";
import { INVALID } from "./utf8.ts";

const HELLO = "Hello World!";
/** The codes that 7.7 and 7.9 send. */
export const GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const BAD_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const UNKNOWN_CODES = [5000, 65_535];

interface Row {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly steps: readonly Step[];
  readonly ending?: Ending;
  readonly rule?: string;
}

const closing = ({ id, title, why, steps, ending = CLEAN, rule = "RFC 6455 5.5.1" }: Row): ConnectionCase =>
  connection({
    id,
    title,
    rule,
    why,
    steps,
    outcomes: [
      ok(
        [],
        ending,
        ending.by === "kit" ? "a clean close, and nothing else" : "the connection fails, or TCP ends",
      ),
    ],
    fatal: ["side", "code"],
  });

const AFTER = "after a Close frame nothing is answered";

const ROWS: readonly Row[] = [
  {
    id: "7.1.2",
    title: "two Close frames",
    why: "the second one is ignored",
    steps: [send.close(1000), send.close()],
  },
  { id: "7.1.3", title: "Close, then a Ping", why: AFTER, steps: [send.close(1000), send.ping()] },
  { id: "7.1.4", title: "Close, then a text", why: AFTER, steps: [send.close(1000), send.text(HELLO)] },
  {
    id: "7.1.5",
    title: "Close between two fragments",
    why: "a Close frame may interrupt a message, which then never ends",
    steps: [send.text("fragment1", MORE), send.close(1000), send.continuation("fragment2")],
  },
  { id: "7.3.1", title: "an empty Close", why: "a code is not needed", steps: [send.close()] },
  {
    id: "7.3.2",
    title: "Close with one octet",
    why: "a code has two octets",
    steps: [frame(OPCODE.close, "a")],
    ending: fails(1002),
  },
  { id: "7.3.3", title: "Close with a code", why: "a reason is not needed", steps: [send.close(1000)] },
  {
    id: "7.3.4",
    title: "Close with a code and a reason",
    why: "a reason is text",
    steps: [send.close(1000, HELLO)],
  },
  {
    id: "7.3.5",
    title: "Close with a reason of 123 octets",
    why: "125 octets are allowed in all",
    steps: [send.close(1000, "*".repeat(123))],
  },
  {
    id: "7.3.6",
    title: "Close with a reason of 124 octets",
    why: "control frames have at most 125 octets",
    steps: [send.close(1000, utf8("*".repeat(124)))],
    ending: fails(1002),
  },
  {
    id: "7.5.1",
    title: "Close with a reason that is no UTF-8",
    why: "a reason is text",
    steps: [send.close(1000, INVALID)],
    ending: fails(1002, 1007),
  },
];

const WITH_CODES: readonly Row[] = [
  ...GOOD_CODES.map((code, i) => ({
    id: `7.7.${i + 1}`,
    title: `Close with ${code}`,
    rule: "RFC 6455 7.4",
    why: "a code that may be sent is answered, usually by itself",
    steps: [send.close(code)],
    ending: cleanWith(1000, code),
  })),
  ...BAD_CODES.map((code, i) => ({
    id: `7.9.${i + 1}`,
    title: `Close with ${code}`,
    rule: "RFC 6455 7.4",
    why: "this code may not be sent",
    steps: [send.close(code)],
    ending: fails(1002),
  })),
];

const informational = (id: string, title: string, why: string, steps: readonly Step[]): ConnectionCase =>
  connection({
    id,
    title,
    rule: "RFC 6455 7.4",
    why,
    steps,
    informational: true,
    outcomes: [
      {
        verdict: "INFORMATIONAL",
        events: [],
        ending: cleanWith(1000),
        means: "whatever happens is reported",
      },
    ],
  });

/** Section 7: how connections end. */
export const closingCases: readonly ConnectionCase[] = [
  connection({
    id: "7.1.1",
    title: "a text, then Close",
    rule: "RFC 6455 5.5.1",
    why: "a connection that was used closes cleanly",
    steps: [send.text(HELLO)],
    outcomes: [ok([heard.text(HELLO)], CLEAN, "the echo, then a clean close")],
    fatal: ["side", "code"],
  }),
  ...ROWS.slice(0, 4).map(closing),
  informational(
    "7.1.6",
    "256 KiB of text, a short text, Close, Ping, all at once",
    "whether the echoes still come is left open",
    [send.text(filled("BAsd7&jh23", 262_144)), send.text(HELLO), send.close(1000), send.ping()],
  ),
  ...[...ROWS.slice(4), ...WITH_CODES].map(closing),
  ...UNKNOWN_CODES.map((code, i) =>
    informational(`7.13.${i + 1}`, `Close with ${code}`, "the RFC says nothing about this code", [
      send.close(code),
    ]),
  ),
];
