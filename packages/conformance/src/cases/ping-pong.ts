import { hex } from "../wire/octets.ts";
import { CLEAN, connection, fails, filled, heard, ok, send } from "./build.ts";
import type { ConnectionCase, Payload } from "./case.ts";

const LONGEST = filled([0xfe], 125);
const numbered = Array.from({ length: 10 }, (_, i) => `payload-${i}`);

const ECHOED: readonly [n: number, title: string, payload: string | Payload, chop?: number][] = [
  [1, "an empty Ping", ""],
  [2, "a Ping with text", "Hello, world!"],
  [3, "a Ping with octets that are no UTF-8", hex("00 ff fe fd fc fb 00 ff")],
  [4, "a Ping of 125 octets", LONGEST],
  [6, "a Ping of 125 octets, octet by octet", LONGEST, 1],
];

/** Section 2: Ping and Pong. */
export const pingPong: readonly ConnectionCase[] = [
  ...ECHOED.map(([n, title, payload, chop]) =>
    connection({
      id: `2.${n}`,
      title,
      rule: "RFC 6455 5.5.2, 5.5.3",
      why: "a Ping is answered by a Pong with the same payload, whatever its octets",
      steps: [send.ping(payload)],
      delivery: chop === undefined ? "joined" : { chop },
      outcomes: [ok([heard.pong(payload)], CLEAN, "a Pong with the same octets, then a clean close")],
    }),
  ),
  connection({
    id: "2.5",
    title: "a Ping of 126 octets",
    rule: "RFC 6455 5.5",
    why: "control frames have at most 125 octets",
    steps: [send.ping(filled([0xfe], 126))],
    outcomes: [ok([], fails(1002), "the connection fails with 1002, and there is no Pong")],
  }),
  ...["", "unsolicited pong payload"].map((payload, i) =>
    connection({
      id: `2.${7 + i}`,
      title: `a Pong that nobody asked for${payload === "" ? "" : ", with a payload"}, then Close`,
      rule: "RFC 6455 5.5.3",
      why: "an unsolicited Pong needs no answer",
      steps: [send.pong(payload), send.close(1000)],
      outcomes: [ok([], CLEAN, "nothing but the clean close")],
    }),
  ),
  connection({
    id: "2.9",
    title: "a Pong that nobody asked for, then a Ping",
    rule: "RFC 6455 5.5.3",
    why: "only the Ping is answered",
    steps: [send.pong("unsolicited pong payload"), send.ping("ping payload")],
    outcomes: [ok([heard.pong("ping payload")], CLEAN, "one Pong, that of the Ping")],
  }),
  ...[10, 11].map((n) =>
    connection({
      id: `2.${n}`,
      title: `ten Pings in a row${n === 11 ? ", octet by octet" : ""}`,
      rule: "RFC 6455 5.5.3",
      why: "each is answered in order; the RFC would allow to answer only the latest, most answer all",
      steps: numbered.map((payload) => send.ping(payload)),
      delivery: n === 11 ? ({ chop: 1 } as const) : ("joined" as const),
      outcomes: [
        ok(
          numbered.map((payload) => heard.pong(payload)),
          CLEAN,
          "ten Pongs in the same order",
        ),
      ],
      limit: 3000,
    }),
  ),
].toSorted((a, b) => Number(a.id.slice(2)) - Number(b.id.slice(2)));
