import { OPCODE } from "../../wire/frame.ts";
import { CLEAN, fails, filled, frame, heard, MORE, nonStrict, ok, send, strict } from "../build.ts";
import type { ConnectionCase, Ending } from "../case.ts";

const HELLO = "Hello";
/** A peer may say goodbye to a stream that has ended, or just end it too. */
const GONE: Ending = { by: "any", codes: [1000, 1001, 1002, 1006, 1007, 1008, 1011], clean: false };

/** When connections end, which the Autobahn suite does not measure. */
export const timingCases: readonly ConnectionCase[] = [
  strict({
    id: "timing.1",
    title: "Close and the end of TCP at once",
    rule: "RFC 6455 5.5.1, 7.1.1",
    why: "the Close frame is answered although nothing will follow it",
    steps: [send.text(HELLO), send.wait(1000, { events: 1 }), send.close(1000), { kind: "end" }],
    outcomes: [
      ok([heard.text(HELLO)], CLEAN, "the echo, then a clean close"),
      nonStrict(
        [heard.text(HELLO)],
        { ...CLEAN, clean: false },
        "TCP ends without an answer to the Close frame",
      ),
    ],
  }),
  strict({
    id: "timing.2",
    title: "the end of TCP without Close",
    rule: "RFC 6455 7.1.4",
    why: "the connection is lost, and its socket is not kept",
    steps: [send.text(HELLO), send.wait(1000, { events: 1 }), { kind: "end" }],
    outcomes: [ok([heard.text(HELLO)], GONE, "the echo; then the peer ends TCP too")],
  }),
  strict({
    id: "timing.3",
    title: "the end of TCP inside a frame",
    rule: "RFC 6455 7.1.4",
    why: "half a message is none",
    steps: [
      { kind: "frame", frame: { opcode: OPCODE.text, payload: filled("*", 100) }, from: 0, to: 50 },
      { kind: "end" },
    ],
    outcomes: [ok([], GONE, "no echo; the peer ends TCP too")],
  }),
  strict({
    id: "timing.4",
    title: "the end of TCP between two fragments",
    rule: "RFC 6455 7.1.4",
    why: "half a message is none",
    steps: [send.text(HELLO, MORE), { kind: "end" }],
    outcomes: [ok([], GONE, "no echo; the peer ends TCP too")],
  }),
  strict({
    id: "timing.5",
    title: "a frame that breaks the protocol, then 256 KiB of text",
    rule: "RFC 6455 7.1.7",
    why: "after the fault nothing is processed, and the Close frame still gets through",
    steps: [frame(15, ""), send.text(filled("*", 262_144))],
    outcomes: [ok([], fails(1002), "the connection fails with 1002")],
    limit: 5000,
  }),
  strict({
    id: "timing.6",
    title: "Close in two pieces, a fifth of a second apart",
    rule: "RFC 6455 5.5.1",
    why: "a control frame may arrive in pieces too",
    steps: [
      {
        kind: "frame",
        frame: { opcode: OPCODE.close, payload: Uint8Array.of(3, 232), key: 0x1234_5678 },
        from: 0,
        to: 1,
      },
      send.wait(200),
      {
        kind: "frame",
        frame: { opcode: OPCODE.close, payload: Uint8Array.of(3, 232), key: 0x1234_5678 },
        from: 1,
      },
    ],
    outcomes: [ok([], CLEAN, "a clean close")],
  }),
  strict({
    id: "timing.7",
    title: "a frame that breaks the protocol, and no answer to the Close frame that follows",
    rule: "RFC 6455 7.1.1, 7.2.1",
    why: "a peer that waits for the answer does not wait forever; the report tells how long it does",
    steps: [frame(15, "")],
    silent: true,
    slow: true,
    informational: true,
    limit: 35_000,
    outcomes: [ok([], fails(1002), "the peer ends TCP by itself")],
  }),
];
