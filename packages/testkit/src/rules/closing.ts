import { concat, hex, octets } from "../octets.ts";
import { GREEK } from "../utf8/catalogue.ts";
import { closes, event, fails, MORE, type Rule, rule, send } from "./rule.ts";

const ACCEPTED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const REFUSED = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const OUT_OF_RANGE = [5000, 65_535];
const BIG = "*".repeat(256 * 1024);

const accepted = (id: string, code: number) =>
  rule({
    id,
    section: "7.4",
    title: `Close with code ${code}, which is answered by the same`,
    input: [send.close(code, "reason")],
    close: closes(code, "reason"),
  });

const refused = (id: string, code: number) =>
  rule({
    id,
    section: "7.4",
    title: `Close with code ${code}, which nobody may send`,
    input: [send.close(code, "reason"), send.ping("too late")],
    close: fails(1002, 0, "end"),
  });

/** Autobahn section 7. */
const autobahn: Rule[] = [
  rule({
    id: "7.1.1",
    section: "5.5.1",
    title: "a text, then Close",
    input: [send.text("Hello World!"), send.close(1000)],
    events: [event.text(0, "Hello World!")],
    close: closes(1000),
  }),
  rule({
    id: "7.1.2",
    section: "5.5.1",
    title: "a second Close is ignored",
    input: [send.close(1000), send.close()],
    close: closes(1000),
  }),
  rule({
    id: "7.1.3",
    section: "5.5.1",
    title: "a ping after Close is ignored",
    input: [send.close(1000), send.ping("ping")],
    close: closes(1000),
  }),
  rule({
    id: "7.1.4",
    section: "5.5.1",
    title: "a text after Close is ignored",
    input: [send.close(1000), send.text("Hello World!")],
    close: closes(1000),
  }),
  rule({
    id: "7.1.5",
    section: "5.4",
    title: "Close interrupts a fragmented message, which never ends",
    input: [send.text("fragment1", MORE), send.close(1000), send.continuation("fragment2")],
    close: closes(1000),
  }),
  rule({
    id: "7.1.6",
    section: "5.5.1",
    title: "a text of 256 KiB and a short one before Close are echoed, a ping after it is ignored",
    input: [send.text(BIG), send.text("Hello World!"), send.close(1000), send.ping("ping")],
    events: [event.text(0, BIG), event.text(1, "Hello World!")],
    close: closes(1000),
  }),
  rule({
    id: "7.3.1",
    section: "7.1.5",
    title: "Close without a code: 1005 is reported and not sent",
    input: [send.close()],
    close: closes(1005),
  }),
  rule({
    id: "7.3.2",
    section: "5.5.1",
    title: "Close with half a code",
    input: [{ opcode: 8, payload: hex("03") }],
    close: fails(1002, 0, "end"),
  }),
  rule({
    id: "7.3.3",
    section: "7.4.1",
    title: "Close 1000",
    input: [send.close(1000)],
    close: closes(1000),
  }),
  rule({
    id: "7.3.4",
    section: "7.1.6",
    title: "Close 1000 with a short reason",
    input: [send.close(1000, "Hello World!")],
    close: closes(1000, "Hello World!"),
  }),
  rule({
    id: "7.3.5",
    section: "5.5",
    title: "Close with a reason of 123 octets, the largest",
    input: [send.close(1000, "*".repeat(123))],
    close: closes(1000, "*".repeat(123)),
  }),
  rule({
    id: "7.3.6",
    section: "5.5",
    title: "Close with a reason of 124 octets",
    input: [send.close(1000, "*".repeat(124))],
    close: fails(1002, 0),
  }),
  rule({
    id: "7.5.1",
    section: "8.1",
    title: "Close with a reason that is not UTF-8",
    input: [send.close(1000, concat(GREEK, hex("ED A0 80"), octets("EDITED")))],
    close: fails(1007, 0, "end"),
  }),
  ...ACCEPTED.map((code, i) => accepted(`7.7.${i + 1}`, code)),
  ...REFUSED.map((code, i) => refused(`7.9.${i + 1}`, code)),
  ...OUT_OF_RANGE.map((code, i) => refused(`7.13.${i + 1}`, code)),
];

/** What the suite leaves out: other codes and reasons, and what follows a Close frame. */
const received: Rule[] = [
  ...[1012, 1013, 1014].map((code) => accepted(`close/${code}`, code)),
  refused("close/1015", 1015),
  rule({
    id: "close/half-a-good-code",
    section: "5.5.1",
    title: "Close with the first half of 4000",
    input: [{ opcode: 8, payload: hex("0F") }],
    close: fails(1002, 0, "end"),
  }),
  rule({
    id: "close/reason-cut-short",
    section: "8.1",
    title: "Close with a reason that ends within a code point",
    input: [send.close(1000, hex("41 E2 82"))],
    close: fails(1007, 0, "end"),
  }),
  rule({
    id: "close/reason-byte-order-mark",
    section: "7.1.6",
    title: "a byte order mark is part of the reason",
    input: [send.close(1000, hex("EF BB BF 41"))],
    close: closes(1000, "\ufeffA"),
  }),
  rule({
    id: "close/bad-code-and-reason",
    section: "7.4",
    title: "a bad code counts before a bad reason",
    input: [send.close(999, hex("FF"))],
    close: fails(1002, 0, "end"),
  }),
  rule({
    id: "close/then-nonsense",
    section: "5.5.1",
    title: "octets after Close are ignored, even when they are no frames",
    input: [send.close(1001), hex("FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF")],
    close: closes(1001),
  }),
  rule({
    id: "close/then-half-a-frame",
    section: "5.5.1",
    title: "half a frame after Close does not spoil the clean close",
    input: [send.close(1000), hex("82")],
    close: closes(1000),
  }),
];

export const CLOSING: readonly Rule[] = [...autobahn, ...received];
