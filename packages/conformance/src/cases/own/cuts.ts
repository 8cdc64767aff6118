import { OPCODE, RSV } from "../../wire/frame.ts";
import { hex, utf8 } from "../../wire/octets.ts";
import { CLEAN, filled, heard, ok, strict } from "../build.ts";
import type { CaseFrame, ConnectionCase, Event } from "../case.ts";
import { PLAIN_DEFLATE } from "../deflate.ts";

interface Row {
  readonly title: string;
  readonly frames: readonly CaseFrame[];
  readonly events: readonly Event[];
  readonly deflate?: typeof PLAIN_DEFLATE;
}

const of = (opcode: number, content: string, more: Partial<CaseFrame> = {}): CaseFrame => ({
  ...more,
  opcode,
  payload: utf8(content),
});

const ROWS: readonly Row[] = [
  { title: "a text", frames: [of(OPCODE.text, "Hello €")], events: [heard.text("Hello €")] },
  { title: "an empty binary message", frames: [of(OPCODE.binary, "")], events: [heard.binary("")] },
  {
    title: "a text with a length of 16 bits",
    frames: [{ opcode: OPCODE.text, payload: filled("ä", 126) }],
    events: [heard.text(filled("ä", 126))],
  },
  { title: "a Ping", frames: [of(OPCODE.ping, "ping")], events: [heard.pong("ping")] },
  {
    title: "three fragments with a Ping among them, then a text",
    frames: [
      of(OPCODE.text, "one", { fin: false }),
      of(OPCODE.ping, "p"),
      of(OPCODE.continuation, "", { fin: false }),
      of(OPCODE.continuation, "two"),
      of(OPCODE.text, "€"),
    ],
    events: [heard.pong("p"), heard.text("onetwo"), heard.text("€")],
  },
  {
    title: "a compressed text in two fragments",
    frames: [
      { opcode: OPCODE.text, payload: hex("f2 48 cd"), rsv: RSV.rsv1, fin: false },
      { opcode: OPCODE.continuation, payload: hex("c9 c9 07 00") },
    ],
    events: [heard.text("Hello")],
    deflate: PLAIN_DEFLATE,
  },
];

/** The same frames cut in two at every octet: how the stream arrives has no meaning. */
export const cutCases: readonly ConnectionCase[] = ROWS.map(({ title, frames, events, deflate = null }, i) =>
  strict({
    id: `cut.${i + 1}`,
    title: `${title}, cut in two at each octet`,
    rule: "RFC 6455 5.2",
    why: "TCP is a stream: a frame may arrive in any pieces",
    steps: [{ kind: "every-cut", frames, events, mark: "every cut" }],
    outcomes: [ok([heard.mark("every cut")], CLEAN, "the same events for every cut, then a clean close")],
    deflate,
    limit: 30_000,
  }),
);
