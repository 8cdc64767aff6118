import { filled, hex } from "../octets.ts";
import { closes, event, fails, type Rule, rule, send } from "./rule.ts";

const numbered = Array.from({ length: 10 }, (_, i) => `payload ${i}`);

/** Autobahn section 2. */
export const PING_PONG: readonly Rule[] = [
  rule({
    id: "2.1",
    section: "5.5.2",
    title: "an empty ping",
    input: [send.ping()],
    events: [event.ping(0)],
  }),
  rule({
    id: "2.2",
    section: "5.5.3",
    title: "a pong has the payload of its ping",
    input: [send.ping("Hello, world!")],
    events: [event.ping(0, "Hello, world!")],
  }),
  rule({
    id: "2.3",
    section: "5.5.2",
    title: "the payload of a ping is opaque, not UTF-8",
    input: [send.ping(hex("00 FF FE FD FC FB 00 FF"))],
    events: [event.ping(0, hex("00 FF FE FD FC FB 00 FF"))],
  }),
  rule({
    id: "2.4",
    variants: ["2.6"],
    section: "5.5",
    title: "a ping of 125 octets, the largest",
    input: [send.ping(filled(125, 0xfe))],
    events: [event.ping(0, filled(125, 0xfe))],
  }),
  rule({
    id: "2.5",
    section: "5.5",
    title: "a ping of 126 octets",
    input: [send.ping(filled(126, 0xfe))],
    close: fails(1002, 0),
  }),
  rule({
    id: "2.7",
    section: "5.5.3",
    title: "an unsolicited empty pong",
    input: [send.pong(), send.close(1000)],
    events: [event.pong(0)],
    close: closes(1000),
  }),
  rule({
    id: "2.8",
    section: "5.5.3",
    title: "an unsolicited pong with a payload",
    input: [send.pong("unsolicited pong payload"), send.close(1000)],
    events: [event.pong(0, "unsolicited pong payload")],
    close: closes(1000),
  }),
  rule({
    id: "2.9",
    section: "5.5.3",
    title: "an unsolicited pong, then a ping: one pong for the ping",
    input: [send.pong("A"), send.ping("B")],
    events: [event.pong(0, "A"), event.ping(1, "B")],
  }),
  rule({
    id: "2.10",
    variants: ["2.11"],
    section: "5.5.3",
    title: "ten pings back to back: ten pongs in the same order",
    input: numbered.map((payload) => send.ping(payload)),
    events: numbered.map((payload, i) => event.ping(i, payload)),
  }),
  rule({
    id: "ping-pong/large-pong",
    section: "5.5",
    title: "a pong of 126 octets",
    input: [send.pong(filled(126, 0))],
    close: fails(1002, 0),
  }),
  rule({
    id: "ping-pong/announced",
    section: "5.5",
    title: "a ping that announces 65536 octets",
    input: [send.ping("", { announcedLength: 65_536n })],
    close: fails(1002, 0),
  }),
];
