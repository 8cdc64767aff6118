import { OPCODE } from "../wire/frame.ts";
import { CLEAN, connection, filled, frame, heard, ok } from "./build.ts";
import type { ConnectionCase, Payload } from "./case.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const RULE = "RFC 6455 5.2, 5.4";

const { text, binary } = OPCODE;
const size = (octets: number): string => (octets >= MIB ? `${octets / MIB} MiB` : `${octets / KIB} KiB`);
const WHOLE = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB];
const FRAGMENTS = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB];
const CHOPS = [64, 128, 256, 512, 1024, 2048];
const ROUNDS: readonly [length: number, limit: number][] = [
  [0, 60_000],
  [16, 60_000],
  [64, 60_000],
  [256, 120_000],
  [1024, 240_000],
  [4096, 480_000],
];

const name = (opcode: number): string => (opcode === text ? "text" : "binary");
const pattern = (opcode: number, length: number): Payload =>
  opcode === text ? filled("BAsd7&jh23", length) : filled([0x00, 0xfe, 0x23, 0xfa, 0xf0], length);
const plain = (opcode: number, length: number): Payload =>
  opcode === text ? filled("*", length) : filled([0xfe], length);

function echo(
  opcode: number,
  payload: Payload,
  row: Partial<ConnectionCase> & { id: string; title: string },
) {
  return connection({
    rule: RULE,
    why: "a message has no largest size in the protocol; this one is common",
    steps: [frame(opcode, payload)],
    outcomes: [ok([{ kind: "message", opcode, payload }], CLEAN, "the echo, then a clean close")],
    limit: 100_000,
    ...row,
  });
}

const inFragments = (opcode: number, payload: Payload, fragment: number): Partial<ConnectionCase> => ({
  steps: [{ kind: "message", opcode, payload, fragment, compressed: false }],
});

/** Section 9: how much a peer can take. */
export const limits: readonly ConnectionCase[] = [
  ...[text, binary].flatMap((opcode, n) =>
    WHOLE.map((length, i) =>
      echo(opcode, pattern(opcode, length), {
        id: `9.${1 + n}.${i + 1}`,
        title: `a ${name(opcode)} message of ${size(length)}`,
        limit: length <= 256 * KIB ? 10_000 : 100_000,
      }),
    ),
  ),
  ...[text, binary].flatMap((opcode, n) =>
    FRAGMENTS.map((length, i) =>
      echo(opcode, plain(opcode, 4 * MIB), {
        id: `9.${3 + n}.${i + 1}`,
        title: `a ${name(opcode)} message of 4 MiB in fragments of ${length} octets`,
        why: "a message may have any number of fragments; what counts is the memory that it needs",
        ...inFragments(opcode, plain(opcode, 4 * MIB), length),
      }),
    ),
  ),
  ...[text, binary].flatMap((opcode, n) =>
    CHOPS.map((chop, i) =>
      echo(opcode, plain(opcode, MIB), {
        id: `9.${5 + n}.${i + 1}`,
        title: `a ${name(opcode)} message of 1 MiB, ${chop} octets at a time`,
        why: "how the stream is cut has no meaning",
        delivery: { chop },
        limit: 1_000_000,
      }),
    ),
  ),
  ...[text, binary].flatMap((opcode, n) =>
    ROUNDS.map(([length, limit], i) =>
      connection({
        id: `9.${7 + n}.${i + 1}`,
        title: `1000 ${name(opcode)} messages of ${length} octets, each after the echo of the last`,
        rule: RULE,
        why: "many messages on one connection are echoed one by one",
        steps: [
          {
            kind: "rounds",
            rounds: { opcode, count: 1000, fragment: 0, compressed: false, content: plain(opcode, length) },
            mark: "1000 echoes",
          },
        ],
        outcomes: [ok([heard.mark("1000 echoes")], CLEAN, "1000 echoes, then a clean close")],
        limit,
      }),
    ),
  ),
];

/** Section 10: a message that its sender cuts into fragments. */
export const autoFragmentation: readonly ConnectionCase[] = [
  echo(text, plain(text, 65_536), {
    id: "10.1.1",
    title: "a text of 64 KiB in 51 frames, 1300 octets each but the last",
    rule: "RFC 6455 5.4",
    why: "fragments need not have a power of two for their size",
    ...inFragments(text, plain(text, 65_536), 1300),
    limit: 10_000,
  }),
];
