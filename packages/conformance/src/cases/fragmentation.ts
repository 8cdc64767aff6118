import { CLEAN, connection, fails, heard, MORE, nonStrict, ok, send } from "./build.ts";
import type { ConnectionCase, Event, Outcome, Step } from "./case.ts";

const RULE = "RFC 6455 5.4";
const DELIVERIES = [
  ["", "joined"],
  [", frame by frame", "framewise"],
  [", octet by octet", { chop: 1 }],
] as const;

const REFUSED: Outcome[] = [ok([], fails(1002), "the connection fails with 1002, and nothing is echoed")];
const echoed = (...events: readonly Event[]): Outcome[] => [
  ok(events, CLEAN, "all that is due in this order, then a clean close"),
];

/** The same steps in each of the three deliveries. */
function inThreeWays(
  first: number,
  row: { title: string; why: string; steps: readonly Step[]; outcomes: readonly Outcome[] },
): ConnectionCase[] {
  return DELIVERIES.map(([suffix, delivery], i) =>
    connection({ ...row, id: `5.${first + i}`, rule: RULE, title: row.title + suffix, delivery }),
  );
}

/** One broken sequence. */
const refused = (
  n: number,
  title: string,
  why: string,
  steps: readonly Step[],
  rule = RULE,
): ConnectionCase => connection({ id: `5.${n}`, title, rule, why, steps, outcomes: REFUSED });

const twice = (steps: readonly Step[]): Step[] => [...steps, ...steps];

/** Section 5: fragmented messages. */
export const fragmentation: readonly ConnectionCase[] = [
  refused(
    1,
    "a Ping in two fragments",
    "control frames are not fragmented",
    [send.ping("fragment1", MORE), send.continuation("fragment2")],
    "RFC 6455 5.5",
  ),
  refused(
    2,
    "a Pong in two fragments",
    "control frames are not fragmented",
    [send.pong("fragment1", MORE), send.continuation("fragment2")],
    "RFC 6455 5.5",
  ),
  ...inThreeWays(3, {
    title: "a text in two fragments",
    why: "the fragments are one message",
    steps: [send.text("fragment1", MORE), send.continuation("fragment2")],
    outcomes: echoed(heard.text("fragment1fragment2")),
  }),
  ...inThreeWays(6, {
    title: "a Ping between two fragments",
    why: "a control frame may come between fragments and is answered at once",
    steps: [send.text("fragment1", MORE), send.ping("ping payload"), send.continuation("fragment2")],
    outcomes: echoed(heard.pong("ping payload"), heard.text("fragment1fragment2")),
  }),
  ...inThreeWays(9, {
    title: "a last fragment without a first, then a text",
    why: "a continuation frame has to continue a message",
    steps: [send.continuation("non-continuation payload"), send.text("Hello, world!")],
    outcomes: REFUSED,
  }),
  ...inThreeWays(12, {
    title: "a middle fragment without a first, then a text",
    why: "a continuation frame has to continue a message",
    steps: [send.continuation("non-continuation payload", MORE), send.text("Hello, world!")],
    outcomes: REFUSED,
  }),
  connection({
    id: "5.15",
    title: "a text in two fragments, then a continuation frame that continues nothing, then a text",
    rule: RULE,
    why: "the message before the fault is whole",
    steps: [
      send.text("fragment1", MORE),
      send.continuation("fragment2"),
      send.continuation("fragment3", MORE),
      send.text("fragment4"),
    ],
    outcomes: [
      ok([heard.text("fragment1fragment2")], fails(1002), "the first message is echoed, then 1002"),
      nonStrict([], fails(1002), "the connection fails with 1002 without the echo"),
    ],
  }),
  refused(
    16,
    "twice: a continuation frame that continues nothing, then a text in two fragments",
    "a continuation frame has to continue a message",
    twice([
      send.continuation("fragment1", MORE),
      send.text("fragment2", MORE),
      send.continuation("fragment3"),
    ]),
  ),
  refused(
    17,
    "twice: a last fragment without a first, then a text in two fragments",
    "a continuation frame has to continue a message",
    twice([send.continuation("fragment1"), send.text("fragment2", MORE), send.continuation("fragment3")]),
  ),
  refused(18, "a text in two frames that both begin one", "a message ends before the next one begins", [
    send.text("fragment1", MORE),
    send.text("fragment2"),
  ]),
  ...[19, 20].map((n) =>
    connection({
      id: `5.${n}`,
      title: `five fragments with two Pings among them, after a pause${n === 20 ? ", frame by frame" : ""}`,
      rule: "RFC 6455 5.4, 5.5",
      why: "the first Ping is answered while the message is still going on",
      steps: [
        send.text("fragment1", MORE),
        send.continuation("fragment2", MORE),
        send.ping("pongme 1!"),
        send.wait(1000, { events: 1, mark: "pause" }),
        send.continuation("fragment3", MORE),
        send.continuation("fragment4", MORE),
        send.ping("pongme 2!"),
        send.continuation("fragment5"),
      ],
      delivery: n === 20 ? "framewise" : "joined",
      outcomes: echoed(
        heard.pong("pongme 1!"),
        heard.mark("pause"),
        heard.pong("pongme 2!"),
        heard.text("fragment1fragment2fragment3fragment4fragment5"),
      ),
      limit: 3000,
    }),
  ),
];
