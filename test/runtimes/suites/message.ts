import type { Frame } from "@plyws/frame";
import { fragment, type Message, MessageAssembler, Utf8Validator } from "@plyws/message";
import {
  chopped,
  concat,
  cuttings,
  filled,
  hex,
  octets,
  randomCuts,
  toHex,
  UTF8_CATALOGUE,
} from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

const data = (opcode: 0 | 1 | 2, fin: boolean, payload: Uint8Array | string = ""): Frame => ({
  fin,
  rsv: 0,
  opcode,
  payload: octets(payload),
});

/** The message that frames make, the last of them completing it. */
function assembled(frames: Iterable<Frame>, assembler = new MessageAssembler()): Message | null {
  let message: Message | null = null;
  for (const frame of frames) {
    if (message !== null) throw new Error("a frame follows the message");
    message = assembler.push(frame);
  }
  return message;
}

function utf8(check: Check): void {
  for (const { id, octets: sequence, valid, invalidAt } of UTF8_CATALOGUE) {
    const what = `${id}, ${toHex(sequence)}`;
    for (const { name, chunks } of cuttings(sequence)) {
      const validator = new Utf8Validator();
      const accepted = chunks.every((chunk) => validator.write(chunk));
      check.equal(`${what}, ${name}`, accepted && validator.complete, valid);
    }
    const validator = new Utf8Validator();
    const wrong = Array.from(sequence).findIndex((octet) => !validator.write(Uint8Array.of(octet)));
    check.equal(
      `${what}: the first octet that is wrong`,
      wrong === -1 ? null : wrong,
      earliest(invalidAt, sequence),
    );
  }
  const everything = octets(
    Array.from({ length: 0x1100 }, (_, at) => String.fromCodePoint(at * 256 + 85))
      .filter((character) => !/\p{Surrogate}/u.test(character))
      .join(""),
  );
  for (const seed of [1, 2, 3]) {
    const validator = new Utf8Validator();
    check.equal(
      "all planes",
      randomCuts(everything, seed).every((chunk) => validator.write(chunk)),
      true,
    );
    check.equal("all planes, to the end", validator.complete, true);
  }
}

/** A sequence that is only cut short has no octet that is wrong. */
const earliest = (invalidAt: number | null, sequence: Uint8Array): number | null =>
  invalidAt === sequence.length ? null : invalidAt;

function assembly(check: Check): void {
  const payload = octets("Hello, 你好, \u{1f44b}".repeat(20));
  for (const opcode of [1, 2] as const) {
    for (const size of [1, 2, 3, 7, 64, 125, 126, payload.length - 1, payload.length, 10_000]) {
      const frames = [...fragment({ opcode, payload }, size)];
      const what = `fragments of ${size}`;
      check.equal(what, assembled(frames), { opcode, payload });
      check.equal(`${what}: how many`, frames.length, Math.ceil(payload.length / size));
      check.equal(`${what}: the first names it`, frames[0]?.opcode, opcode);
      check.equal(
        `${what}: the others go on`,
        frames.slice(1).every((frame) => frame.opcode === 0),
        true,
      );
      check.equal(`${what}: the last ends it`, frames.filter(({ fin }) => fin).length, 1);
    }
  }
  check.equal("nothing", assembled(fragment({ opcode: 1, payload: hex("") }, 1)), {
    opcode: 1,
    payload: hex(""),
  });
  check.equal(
    "empty fragments between",
    assembled([data(2, false), data(0, false, "a"), data(0, false), data(0, false, "b"), data(0, true)]),
    { opcode: 2, payload: octets("ab") },
  );
}

function pieces(check: Check): void {
  const payload = octets("κόσμε, ".repeat(5000));
  for (const size of [1, 1000, 16_384, payload.length]) {
    const assembler = new MessageAssembler();
    assembler.beginFrame({ fin: true, opcode: 1, payloadLength: payload.length });
    for (const piece of chopped(payload, size)) {
      assembler.append(piece, true);
    }
    check.equal(`pieces of ${size}`, assembler.endFrame(), { opcode: 1, payload });
    check.equal("nothing is kept", [assembler.inProgress, assembler.retainedSize], [false, 0]);
  }
  // What a caller does with its buffer afterwards does not reach the message.
  const assembler = new MessageAssembler();
  const reused = octets("abc");
  assembler.push({ fin: false, opcode: 2, payload: reused });
  reused.fill(0);
  check.equal("is a copy", assembler.push(data(0, true, "d"))?.payload, octets("abcd"));
}

/** RFC 6455 section 5.4, and the limits: frames, and what is wrong with the last of them. */
const FAULTS: readonly (readonly [string, readonly Frame[], string, number])[] = [
  ["nothing to go on with", [data(0, true)], "continuation-unexpected", 1002],
  ["nothing left to go on with", [data(1, true), data(0, true)], "continuation-unexpected", 1002],
  ["another message between", [data(1, false), data(1, true)], "continuation-expected", 1002],
  ["other data between", [data(2, false), data(0, false), data(1, true)], "continuation-expected", 1002],
  ["one octet too much", [data(2, true, filled(101, 1))], "message-too-big", 1009],
  ["in fragments", [data(2, false, filled(60, 1)), data(0, true, filled(41, 1))], "message-too-big", 1009],
  ["overlong", [data(1, true, hex("C0 AF"))], "invalid-utf8", 1007],
  ["a surrogate", [data(1, false, hex("ED")), data(0, false, hex("A0"))], "invalid-utf8", 1007],
  ["beyond Unicode", [data(1, false, hex("F4")), data(0, false, hex("90"))], "invalid-utf8", 1007],
  ["half a character", [data(1, false, hex("E2 82")), data(0, true)], "invalid-utf8", 1007],
];

function faults(check: Check): void {
  for (const [what, frames, code, closeCode] of FAULTS) {
    const assembler = new MessageAssembler({ maxMessageSize: 100 });
    for (const frame of frames.slice(0, -1)) assembler.push(frame);
    const last = frames.at(-1) ?? data(0, true);
    check.throws(what, () => assembler.push(last), { name: "ProtocolError", code, closeCode });
    assembler.reset();
    check.equal(`${what}, then another`, assembler.push(data(1, true, "ok"))?.payload, octets("ok"));
  }
  check.equal(
    "exactly the limit",
    assembled([data(2, true, filled(100, 1))], new MessageAssembler({ maxMessageSize: 100 }))?.payload.length,
    100,
  );
  check.throws("a Ping", () => new MessageAssembler().push({ fin: true, opcode: 9, payload: hex("") }), {
    name: "RangeError",
  });
  check.throws("a limit that is none", () => new MessageAssembler({ maxMessageSize: Number.NaN }), {
    name: "RangeError",
  });
  check.throws("no size", () => fragment({ opcode: 1, payload: hex("") }, 0), { name: "RangeError" });
}

function memory(check: Check): void {
  const assembler = new MessageAssembler({ maxMessageSize: 2 ** 40 });
  assembler.beginFrame({ fin: true, opcode: 2, payloadLength: 2 ** 39 });
  assembler.append(filled(1000, 7));
  check.equal("what is announced takes no memory", assembler.retainedSize < 128 * 1024, true);

  const small = new MessageAssembler();
  for (let count = 0; count < 20_000; count++)
    small.push(data(count === 0 ? 2 : 0, false, Uint8Array.of(count & 255)));
  check.equal("small fragments take their octets", small.retainedSize < 128 * 1024, true);
  const message = small.push(data(0, true));
  const expected = concat(...Array.from({ length: 20_000 }, (_, count) => Uint8Array.of(count & 255)));
  check.equal("and are all there", message?.payload, expected);
}

const suite: Suite = {
  name: "@plyws/message",
  groups: {
    "UTF-8, decided octet by octet": utf8,
    "fragments, and back": assembly,
    "pieces of a frame": pieces,
    "what a peer does wrong": faults,
    "memory follows what arrives": memory,
  },
};
export default suite;
