import { OPCODE } from "../wire/frame.ts";
import type { Demand } from "../wire/negotiation.ts";
import { CLEAN, connection, heard, ok } from "./build.ts";
import type { ConnectionCase, CorpusName, DeflateCase } from "./case.ts";

/** The rows of each section: message length, fragment size (0 for none) and time limit in seconds. */
const ROWS: readonly [length: number, fragment: number, limit: number][] = [
  [16, 0, 60],
  [64, 0, 60],
  [256, 0, 120],
  [1024, 0, 240],
  ...[4096, 8192, 16_384, 32_768, 65_536, 131_072].map((length): [number, number, number] => [
    length,
    0,
    480,
  ]),
  ...[8192, 16_384, 32_768, 65_536, 131_072].map((length): [number, number, number] => [length, 256, 480]),
  ...[1024, 4096, 32_768].map((fragment): [number, number, number] => [131_072, fragment, 480]),
];

const CORPORA: readonly [corpus: CorpusName, opcode: number, what: string][] = [
  ["json", OPCODE.text, "JSON"],
  ["bitmap", OPCODE.binary, "a grey bitmap"],
  ["verse", OPCODE.binary, "verse"],
  ["html", OPCODE.text, "HTML"],
  ["pdf", OPCODE.binary, "a PDF, which is compressed already"],
];

const PLAIN = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
const NO_TAKEOVER = `${PLAIN}; server_no_context_takeover`;

const demand = (noTakeover: boolean, windowBits: number): Demand => ({ noTakeover, windowBits });
const bits = (offer: string, windowBits: number): string => `${offer}; server_max_window_bits=${windowBits}`;

/** An offer that leaves everything to the server, and the plainest answer. */
export const PLAIN_DEFLATE: DeflateCase = { offer: PLAIN, demand: demand(false, 0) };

const PARAMETERS: readonly (DeflateCase & { what: string })[] = [
  { what: "as it comes", ...PLAIN_DEFLATE },
  { what: "no context takeover", offer: NO_TAKEOVER, demand: demand(true, 0) },
  { what: "a window of 512 octets", offer: bits(PLAIN, 9), demand: demand(false, 9) },
  { what: "a window of 32 KiB", offer: bits(PLAIN, 15), demand: demand(false, 15) },
  {
    what: "no context takeover, a window of 512 octets",
    offer: bits(NO_TAKEOVER, 9),
    demand: demand(true, 9),
  },
  {
    what: "no context takeover, a window of 32 KiB",
    offer: bits(NO_TAKEOVER, 15),
    demand: demand(true, 15),
  },
  {
    what: "three offers, the smallest window first",
    offer: [bits(NO_TAKEOVER, 9), NO_TAKEOVER, PLAIN].join(", "),
    demand: demand(true, 9),
  },
];

function rows(
  section: string,
  what: string,
  [corpus, opcode]: readonly [CorpusName, number, ...unknown[]],
  deflate: DeflateCase,
): ConnectionCase[] {
  return ROWS.map(([length, fragment, limit], i) =>
    connection({
      id: `${section}.${i + 1}`,
      title:
        `1000 compressed messages of ${length} ${opcode === OPCODE.text ? "characters" : "octets"}` +
        `${fragment === 0 ? "" : ` in fragments of ${fragment} octets`}: ${what}`,
      rule: "RFC 7692 7",
      why: "a peer that takes permessage-deflate inflates what it gets, and its echo inflates to the same",
      steps: [
        {
          kind: "rounds",
          rounds: { opcode, count: 1000, fragment, compressed: true, content: { corpus, length } },
          mark: "all echoes",
        },
      ],
      outcomes: [ok([heard.mark("all echoes")], CLEAN, "every message is echoed, then a clean close")],
      deflate: { offer: deflate.offer, demand: deflate.demand },
      limit: limit * 1000,
    }),
  );
}

/** Section 12: permessage-deflate with content of different kinds. */
export const deflateContent: readonly ConnectionCase[] = CORPORA.flatMap((corpus, i) =>
  rows(`12.${i + 1}`, corpus[2], corpus, PLAIN_DEFLATE),
);

/** Section 13: permessage-deflate with different parameters. */
export const deflateParameters: readonly ConnectionCase[] = PARAMETERS.flatMap(({ what, ...deflate }, i) =>
  rows(`13.${i + 1}`, what, ["json", OPCODE.text], deflate),
);
