import { hex, octets } from "../octets.ts";
import { closes, event, fails, LOST, MORE, type Rule, rule, send } from "./rule.ts";

/** RFC 6455 section 7.1.5: an end of the stream without a Close frame is reported as 1006, which is never sent. */
const lost: Rule[] = [
  rule({
    id: "lost/at-once",
    section: "7.1.5",
    title: "the stream ends before any frame",
    input: [],
    close: LOST,
  }),
  rule({
    id: "lost/between-frames",
    section: "7.1.5",
    title: "the stream ends after a message",
    input: [send.text("Hello")],
    events: [event.text(0, "Hello")],
    close: LOST,
  }),
  rule({
    id: "lost/in-head",
    section: "7.1.5",
    title: "the stream ends within the head of a frame",
    input: [hex("81")],
    close: LOST,
  }),
  rule({
    id: "lost/in-payload",
    section: "7.1.5",
    title: "the stream ends within the payload of a frame",
    input: [send.text("Hel", { announcedLength: 5n })],
    close: LOST,
  }),
  rule({
    id: "lost/in-close",
    section: "7.1.5",
    title: "the stream ends within a Close frame",
    input: [send.close(1000, "", { announcedLength: 5n })],
    close: LOST,
  }),
  rule({
    id: "lost/in-message",
    section: "7.1.5",
    title: "the stream ends between two fragments",
    input: [send.text("Hel", MORE)],
    close: LOST,
  }),
];

const starts = { code: 1001, reason: "going away" };

/** The endpoint under test has sent the first Close frame: it sends no other, and no data (section 5.5.1). */
const started: Rule[] = [
  rule({
    id: "started/answered",
    section: "7.1.2",
    title: "the peer answers with the same code",
    starts,
    input: [send.close(1001)],
    close: closes(1001),
  }),
  rule({
    id: "started/other-code",
    section: "7.1.5",
    title: "the code of the peer is the one that is reported",
    starts,
    input: [send.close(4000, "mine")],
    close: closes(4000, "mine"),
  }),
  rule({
    id: "started/no-code",
    section: "7.1.5",
    title: "the peer answers without a code",
    starts,
    input: [send.close()],
    close: closes(1005),
  }),
  rule({
    id: "started/messages-under-way",
    section: "5.5.1",
    title: "messages that were under way are still delivered, and nothing is echoed",
    starts,
    input: [send.text("one"), send.binary("t", MORE), send.continuation("wo"), send.close(1001)],
    events: [event.text(0, "one"), event.binary(2, octets("two"))],
    close: closes(1001),
  }),
  rule({
    id: "started/ping",
    section: "5.5.2",
    title: "a ping before the Close of the peer is still answered",
    starts,
    input: [send.ping("still there?"), send.close(1001), send.ping("too late")],
    events: [event.ping(0, "still there?")],
    close: closes(1001),
  }),
  rule({
    id: "started/violation",
    section: "7.1.7",
    title: "a violation ends it, without a second Close frame",
    starts,
    input: [send.text("bad", { rsv: 1 }), send.ping("too late")],
    close: fails(1002, 0),
  }),
  rule({
    id: "started/lost",
    section: "7.1.5",
    title: "the stream ends before the Close of the peer",
    starts,
    input: [send.text("one")],
    events: [event.text(0, "one")],
    close: LOST,
  }),
];

export const ENDING: readonly Rule[] = [...lost, ...started];
