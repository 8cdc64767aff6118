import { OPCODE } from "../../wire/frame.ts";
import { CLEAN, fails, frame, heard, MORE, nonStrict, ok, send, strict } from "../build.ts";
import type { CaseFrame, ConnectionCase, Outcome, Step } from "../case.ts";

const REFUSED: Outcome[] = [ok([], fails(1002), "the connection fails with 1002")];
const AFTER_GOOD: Outcome[] = [
  ok([heard.text("good")], fails(1002), "the echo of the good text, then the connection fails with 1002"),
  nonStrict([], fails(1002), "the connection fails with 1002 before the good text is echoed"),
];

/** Frames whose mask bit is wrong. */
function wrong(mask: NonNullable<CaseFrame["mask"]>): [what: string, steps: Step[], outcomes: Outcome[]][] {
  return [
    ["a text", [send.text("Hello", { mask })], REFUSED],
    ["an empty text", [send.text("", { mask })], REFUSED],
    ["a binary message", [send.binary("Hello", { mask })], REFUSED],
    ["a Ping", [send.ping("Hello", { mask })], REFUSED],
    ["an empty Pong", [send.pong("", { mask })], REFUSED],
    ["a Close", [send.close(1000, "", { mask })], REFUSED],
    ["the second fragment", [send.text("one", MORE), send.continuation("two", { mask })], REFUSED],
    ["a text after a good one", [send.text("good"), send.text("bad", { mask })], AFTER_GOOD],
  ];
}

const keyed = (what: string, key: number): [what: string, steps: Step[]] => [
  what,
  [frame(OPCODE.text, "masked with this", { key })],
];

/** The mask bit and the masking key, which the Autobahn suite does not look at. */
export const maskingCases: readonly ConnectionCase[] = [
  ...wrong("never").map(([what, steps, outcomes], i) =>
    strict({
      id: `mask.server.${i + 1}`,
      title: `${what}, not masked`,
      rule: "RFC 6455 5.1",
      why: "a server closes the connection when a frame is not masked",
      judges: "server",
      steps,
      outcomes,
    }),
  ),
  ...[
    keyed("a text masked with a key of zeros", 0),
    keyed("a text masked with the key FF FF FF FF", 0xffff_ffff),
  ].map(([title, steps], i) =>
    strict({
      id: `mask.server.${9 + i}`,
      title,
      rule: "RFC 6455 5.3",
      why: "any key is legal for the one who reads it",
      judges: "server",
      steps,
      outcomes: [ok([heard.text("masked with this")], CLEAN, "the echo, then a clean close")],
    }),
  ),
  ...wrong("always").map(([what, steps, outcomes], i) =>
    strict({
      id: `mask.client.${i + 1}`,
      title: `${what}, masked`,
      rule: "RFC 6455 5.1",
      why: "a client closes the connection when a frame is masked",
      judges: "client",
      steps,
      outcomes,
    }),
  ),
  strict({
    id: "mask.client.9",
    title: "the masking keys of 32 equal texts",
    rule: "RFC 6455 5.3, 10.3",
    why: "the key of each frame is fresh and cannot be predicted from the last",
    judges: "client",
    freshKeys: true,
    steps: [
      {
        kind: "rounds",
        rounds: {
          opcode: OPCODE.text,
          count: 32,
          fragment: 0,
          compressed: false,
          content: { pattern: Uint8Array.of(0x2a), length: 64 },
        },
        mark: "32 echoes",
      },
    ],
    outcomes: [ok([heard.mark("32 echoes")], CLEAN, "32 echoes, each with a key of its own")],
  }),
];
