import { filled, hex } from "../octets.ts";
import { event, fails, MORE, type Rule, rule, send } from "./rule.ts";

const strayRound = (fin: boolean) => [
  send.continuation("fragment1", { fin }),
  send.text("fragment2", MORE),
  send.continuation("fragment3"),
];

/** Autobahn section 5. */
const autobahn: Rule[] = [
  rule({
    id: "5.1",
    section: "5.5",
    title: "a fragmented ping",
    input: [send.ping("fragment1", MORE), send.continuation("fragment2")],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.2",
    section: "5.5",
    title: "a fragmented pong",
    input: [send.pong("fragment1", MORE), send.continuation("fragment2")],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.3",
    variants: ["5.4", "5.5"],
    section: "5.4",
    title: "a text in two fragments",
    input: [send.text("fragment1", MORE), send.continuation("fragment2")],
    events: [event.text(1, "fragment1fragment2")],
  }),
  rule({
    id: "5.6",
    variants: ["5.7", "5.8"],
    section: "5.4",
    title: "a ping between two fragments: the pong first, then the echo",
    input: [send.text("fragment1", MORE), send.ping("ping"), send.continuation("fragment2")],
    events: [event.ping(1, "ping"), event.text(2, "fragment1fragment2")],
  }),
  rule({
    id: "5.9",
    variants: ["5.10", "5.11"],
    section: "5.4",
    title: "a final continuation frame with nothing to continue",
    input: [send.continuation("stray"), send.text("text")],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.12",
    variants: ["5.13", "5.14"],
    section: "5.4",
    title: "a continuation frame with nothing to continue",
    input: [send.continuation("stray", MORE), send.text("text")],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.15",
    section: "5.4",
    title: "a continuation frame after the end of a message",
    input: [
      send.text("fragment1", MORE),
      send.continuation("fragment2"),
      send.continuation("stray", MORE),
      send.text("text"),
    ],
    events: [event.text(1, "fragment1fragment2")],
    close: fails(1002, 2),
  }),
  rule({
    id: "5.16",
    section: "5.4",
    title: "twice: a continuation frame, then a message in two fragments",
    input: [...strayRound(false), ...strayRound(false)],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.17",
    section: "5.4",
    title: "twice: a final continuation frame, then a message in two fragments",
    input: [...strayRound(true), ...strayRound(true)],
    close: fails(1002, 0),
  }),
  rule({
    id: "5.18",
    section: "5.4",
    title: "a new text before the last fragment of another",
    input: [send.text("fragment1", MORE), send.text("fragment2")],
    close: fails(1002, 1),
  }),
  rule({
    id: "5.19",
    variants: ["5.20"],
    section: "5.4",
    title: "five fragments and two pings, both answered before the message ends",
    input: [
      send.text("fragment1", MORE),
      send.continuation("fragment2", MORE),
      send.ping("ping1"),
      send.continuation("fragment3", MORE),
      send.continuation("fragment4", MORE),
      send.ping("ping2"),
      send.continuation("fragment5"),
    ],
    events: [
      event.ping(2, "ping1"),
      event.ping(5, "ping2"),
      event.text(6, "fragment1fragment2fragment3fragment4fragment5"),
    ],
  }),
];

const FRAGMENT = 1300;
const LONG = 65_536;

/** Autobahn section 10, and what the suite leaves out. */
const more: Rule[] = [
  rule({
    id: "10.1.1",
    section: "5.4",
    title: `a text of ${LONG} octets in fragments of ${FRAGMENT}`,
    input: Array.from({ length: Math.ceil(LONG / FRAGMENT) }, (_, i) => {
      const rest = LONG - i * FRAGMENT;
      const payload = "*".repeat(Math.min(rest, FRAGMENT));
      return i === 0 ? send.text(payload, MORE) : send.continuation(payload, { fin: rest <= FRAGMENT });
    }),
    events: [event.text(50, "*".repeat(LONG))],
  }),
  rule({
    id: "fragments/binary",
    section: "5.4",
    title: "a binary message in three fragments of other octets than UTF-8",
    input: [
      send.binary(hex("FF"), MORE),
      send.continuation(hex("FE 80"), MORE),
      send.continuation(hex("C0")),
    ],
    events: [event.binary(2, hex("FF FE 80 C0"))],
  }),
  rule({
    id: "fragments/empty-binary",
    section: "5.4",
    title: "a binary message of empty fragments",
    input: [send.binary("", MORE), send.continuation("", MORE), send.continuation()],
    events: [event.binary(2, hex(""))],
  }),
  rule({
    id: "fragments/one-octet",
    section: "5.4",
    title: "a binary message of 300 fragments of one octet",
    input: Array.from({ length: 300 }, (_, i) =>
      i === 0 ? send.binary("*", MORE) : send.continuation("*", { fin: i === 299 }),
    ),
    events: [event.binary(299, filled(300, 0x2a))],
  }),
  rule({
    id: "fragments/binary-in-text",
    section: "5.4",
    title: "a binary message before the last fragment of a text",
    input: [send.text("Hel", MORE), send.binary("lo")],
    close: fails(1002, 1),
  }),
  rule({
    id: "fragments/text-in-binary",
    section: "5.4",
    title: "the first fragment of a text before the last fragment of a binary message",
    input: [send.binary("Hel", MORE), send.text("lo", MORE)],
    close: fails(1002, 1),
  }),
  rule({
    id: "fragments/after-whole",
    section: "5.4",
    title: "a continuation frame after an unfragmented message",
    input: [send.text("whole"), send.continuation("stray")],
    events: [event.text(0, "whole")],
    close: fails(1002, 1),
  }),
  rule({
    id: "fragments/pong-within",
    section: "5.4",
    title: "a pong between two fragments",
    input: [send.binary("Hel", MORE), send.pong("pong"), send.continuation("lo")],
    events: [event.pong(1, "pong"), event.binary(2, hex("48 65 6C 6C 6F"))],
  }),
  rule({
    id: "fragments/two-messages",
    section: "5.4",
    title: "a fragmented text, then a fragmented binary message",
    input: [
      send.text("Hel", MORE),
      send.continuation("lo"),
      send.binary(hex("00"), MORE),
      send.continuation(hex("FF")),
    ],
    events: [event.text(1, "Hello"), event.binary(3, hex("00 FF"))],
  }),
  rule({
    id: "fragments/close",
    section: "5.5",
    title: "a fragmented Close frame",
    input: [send.close(1000, "", MORE), send.continuation()],
    close: fails(1002, 0),
  }),
  rule({
    id: "fragments/unfinished",
    section: "5.4",
    title: "a message whose last fragment has not come is not delivered",
    input: [send.text("Hel", MORE), send.continuation("lo", MORE)],
  }),
];

export const FRAGMENTATION: readonly Rule[] = [...autobahn, ...more];
