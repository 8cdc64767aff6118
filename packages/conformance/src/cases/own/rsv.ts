import { RSV } from "../../wire/frame.ts";
import { hex } from "../../wire/octets.ts";
import { fails, heard, MORE, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase, Outcome, Step } from "../case.ts";
import { PLAIN_DEFLATE } from "../deflate.ts";

const { rsv1, rsv2, rsv3 } = RSV;
const HELLO = hex("f2 48 cd c9 c9 07 00");
const REFUSED: Outcome[] = [ok([], fails(1002), "the connection fails with 1002")];
const AFTER_GOOD: Outcome[] = [
  ok([heard.text("Hello")], fails(1002), "the echo of the good text, then the connection fails with 1002"),
  nonStrict([], fails(1002), "the connection fails with 1002 before the good text is echoed"),
];

const ROWS: readonly [title: string, steps: Step[], outcomes: Outcome[]][] = [
  ["RSV1 on a Ping", [send.ping("", { rsv: rsv1 })], REFUSED],
  ["RSV1 on a Ping with a payload", [send.ping(HELLO, { rsv: rsv1 })], REFUSED],
  ["RSV1 on a Pong", [send.pong("", { rsv: rsv1 })], REFUSED],
  ["RSV1 on a Close", [send.close(1000, "", { rsv: rsv1 })], REFUSED],
  [
    "RSV1 on the continuation of a compressed text",
    [send.text(HELLO.slice(0, 3), { ...MORE, rsv: rsv1 }), send.continuation(HELLO.slice(3), { rsv: rsv1 })],
    REFUSED,
  ],
  [
    "RSV1 on the continuation of a plain text",
    [send.text("Hel", MORE), send.continuation("lo", { rsv: rsv1 })],
    REFUSED,
  ],
  ["RSV2 on a plain text", [send.text("Hello", { rsv: rsv2 })], REFUSED],
  ["RSV3 on a plain text", [send.text("Hello", { rsv: rsv3 })], REFUSED],
  ["RSV2 on a compressed text", [send.text(HELLO, { rsv: rsv1 | rsv2 })], REFUSED],
  ["RSV3 on a compressed text", [send.text(HELLO, { rsv: rsv1 | rsv3 })], REFUSED],
  [
    "RSV1 on a Ping, after a good compressed text",
    [send.text(HELLO, { rsv: rsv1 }), send.ping("", { rsv: rsv1 })],
    AFTER_GOOD,
  ],
];

/** Reserved bits where permessage-deflate gives one of them a meaning, which the Autobahn suite does not try. */
export const rsvCases: readonly ConnectionCase[] = ROWS.map(([title, steps, outcomes], i) =>
  strict({
    id: `rsv.${i + 1}`,
    title: `${title}, with permessage-deflate`,
    rule: "RFC 7692 6.1, RFC 6455 5.2",
    why: "only the first frame of a data message may have RSV1, and nothing gives RSV2 and RSV3 a meaning",
    deflate: PLAIN_DEFLATE,
    steps,
    outcomes,
  }),
);
