import { closePayload, OPCODE } from "../../wire/frame.ts";
import { concat, hex, utf8 } from "../../wire/octets.ts";
import { CLEAN, cleanWith, fails, frame, heard, MORE, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase } from "../case.ts";

const REGISTERED = [1012, 1013, 1014];
const UNDEFINED = [5000, 5001, 9999, 32_768, 65_534, 65_535];

const reasons: readonly [what: string, reason: Uint8Array, legal: boolean][] = [
  ["in characters of two, three and four octets", utf8("größer € 😀"), true],
  ["that fills 123 octets with characters of three", utf8("€".repeat(41)), true],
  ["with a byte order mark", utf8("\uFEFFbye"), true],
  ["with a NUL", utf8("a\0b"), true],
  ["whose last character is cut", concat(utf8("a".repeat(121)), hex("e2 82")), false],
  ["with half of a surrogate pair", hex("ed a0 80"), false],
  ["in Latin-1", hex("67 72 fc df 65"), false],
];

/** Close codes and reasons beyond those of the Autobahn suite. */
export const closeCases: readonly ConnectionCase[] = [
  ...REGISTERED.map((code) =>
    strict({
      id: `close.code.${code}`,
      title: `Close with ${code}`,
      rule: "RFC 6455 7.4.2, 11.7",
      why: "the code is registered with IANA and may be sent",
      steps: [send.close(code)],
      outcomes: [ok([], cleanWith(1000, code), "a clean close")],
    }),
  ),
  strict({
    id: "close.code.1015",
    title: "Close with 1015",
    rule: "RFC 6455 7.4.1",
    why: "this code is only for reports of what went wrong, and may not be sent",
    steps: [send.close(1015)],
    outcomes: [ok([], fails(1002), "the connection fails with 1002, or TCP ends")],
  }),
  ...UNDEFINED.map((code) =>
    strict({
      id: `close.code.${code}`,
      title: `Close with ${code}`,
      rule: "RFC 6455 7.4.2",
      why: "codes above 4999 belong to no range that may be used",
      steps: [send.close(code)],
      outcomes: [
        ok([], { by: "any", codes: [1002], clean: false }, "the connection fails with 1002, or TCP ends"),
        nonStrict([], cleanWith(1000, code), "it is answered like any other code"),
      ],
    }),
  ),
  ...reasons.map(([what, reason, legal], i) =>
    strict({
      id: `close.reason.${i + 1}`,
      title: `Close with a reason ${what}`,
      rule: "RFC 6455 5.5.1, 7.1.6",
      why: legal ? "a reason is text like any other" : "a reason that is no UTF-8 breaks the protocol",
      steps: [send.close(1000, reason)],
      outcomes: legal
        ? [ok([], CLEAN, "a clean close")]
        : [ok([], fails(1002, 1007), "the connection fails with 1007 or 1002, or TCP ends")],
    }),
  ),
  strict({
    id: "close.frame.1",
    title: "Close in two fragments",
    rule: "RFC 6455 5.5",
    why: "control frames are not fragmented",
    steps: [frame(OPCODE.close, closePayload(1000), MORE), send.continuation("bye")],
    outcomes: [ok([], fails(1002), "the connection fails with 1002")],
  }),
  strict({
    id: "close.frame.2",
    title: "a Ping and Close in one write",
    rule: "RFC 6455 5.5.1, 5.5.2",
    why: "what came before the Close frame is answered before it, though a Ping need not be any more",
    steps: [send.ping("last"), send.close(1000)],
    outcomes: [
      ok([heard.pong("last")], CLEAN, "the Pong, then a clean close"),
      nonStrict([], CLEAN, "a clean close without the Pong"),
    ],
  }),
  strict({
    id: "close.frame.3",
    title: "Close, then a frame that breaks the protocol",
    rule: "RFC 6455 5.5.1, 7.1.4",
    why: "what follows a Close frame has no meaning, not even a wrong one",
    steps: [send.close(1000), frame(15, "reserved")],
    outcomes: [ok([], CLEAN, "a clean close")],
  }),
];
