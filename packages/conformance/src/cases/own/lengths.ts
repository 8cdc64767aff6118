import { OPCODE } from "../../wire/frame.ts";
import { CLEAN, fails, filled, frame, nonStrict, ok, strict } from "../build.ts";
import type { ConnectionCase, Ending, Event, Payload } from "../case.ts";

const { text, binary, ping } = OPCODE;
const TWO_TO = (n: bigint): bigint => 2n ** n;

const OVERLONG: readonly [opcode: number, length: number, octets: 2 | 8][] = [
  [text, 0, 2],
  [text, 1, 2],
  [binary, 125, 2],
  [text, 0, 8],
  [binary, 125, 8],
  [text, 126, 8],
  [binary, 65_535, 8],
  [ping, 0, 2],
  [ping, 125, 2],
  [ping, 5, 8],
];

const nameOf = (opcode: number): string =>
  opcode === text ? "a text" : opcode === binary ? "a binary message" : "a Ping";

function answerTo(opcode: number, payload: Payload): Event {
  return opcode === ping ? { kind: "pong", payload } : { kind: "message", opcode, payload };
}

const TOP_BIT = [TWO_TO(63n), TWO_TO(63n) + 5n, TWO_TO(64n) - 1n];
const HUGE = [
  TWO_TO(31n) + 5n,
  TWO_TO(32n),
  TWO_TO(32n) + 5n,
  TWO_TO(53n) - 1n,
  TWO_TO(53n),
  TWO_TO(53n) + 1n,
  TWO_TO(62n) + 5n,
  TWO_TO(63n) - 1n,
];
const WAITS: Ending = { by: "kit", codes: [], clean: false, drop: true };
const REFUSALS = [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1013];

/** How lengths are written, which the Autobahn suite does not vary. */
export const lengthCases: readonly ConnectionCase[] = [
  ...OVERLONG.map(([opcode, length, lengthOctets], i) => {
    const payload = filled("*", length);
    return strict({
      id: `length.overlong.${i + 1}`,
      title: `${nameOf(opcode)} of ${length} octets, its length written in ${8 * lengthOctets} bits`,
      rule: "RFC 6455 5.2",
      why: "a length is written in the fewest octets; most readers take others as well",
      steps: [frame(opcode, payload, { lengthOctets })],
      outcomes: [
        ok([], fails(1002), "the connection fails with 1002"),
        nonStrict(
          [answerTo(opcode, payload)],
          CLEAN,
          "the frame is taken as if its length were written rightly",
        ),
      ],
    });
  }),
  ...TOP_BIT.map((announced, i) =>
    strict({
      id: `length.top-bit.${i + 1}`,
      title: `a binary message that announces ${announced} octets`,
      rule: "RFC 6455 5.2",
      why: "the most significant bit of a length of 64 bits is 0",
      steps: [frame(binary, "Hello", { announced })],
      outcomes: [
        ok([], fails(1002), "the connection fails with 1002"),
        nonStrict([], fails(1009, ...REFUSALS), "the connection fails, but not as a breach of the protocol"),
        nonStrict([], WAITS, "the peer waits for the rest"),
      ],
    }),
  ),
  ...HUGE.map((announced, i) =>
    strict({
      id: `length.huge.${i + 1}`,
      title: `a binary message that announces ${announced} octets, five of which come`,
      rule: "RFC 6455 5.2, 10.4",
      why: "no digit of the length may be lost; what is too large is refused before it has come",
      steps: [frame(binary, "Hello", { announced })],
      outcomes: [
        ok([], fails(1009), "the connection fails with 1009"),
        nonStrict([], fails(...REFUSALS), "the connection fails with another code"),
        nonStrict([], WAITS, "the peer waits for the rest"),
      ],
    }),
  ),
];
