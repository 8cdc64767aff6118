import { concat, hex, octets } from "../octets.ts";
import { firstInvalidOctet } from "./reference.ts";

/** One sequence of octets, to be sent as an unfragmented text message. */
export interface Utf8Sequence {
  /** Number in the Autobahn suite, for example "6.12.3". */
  id: string;
  title: string;
  octets: Uint8Array;
  valid: boolean;
  /**
   * The index of the first octet that no UTF-8 can have there; the length of the sequence when it is only cut short;
   * null when it is valid.
   */
  invalidAt: number | null;
}

/** Eleven octets, five code points of Greek. */
export const GREEK: Uint8Array = hex("CE BA E1 BD B9 CF 83 CE BC CE B5");

interface Group {
  section: string;
  title: string;
  /** Whether the n-th sequence, counted from 1, is UTF-8. */
  valid: (n: number) => boolean;
  sequences: readonly (string | Uint8Array)[];
}

const all = () => true;
const none = () => false;

const LAST_OCTET_MISSING = [
  ..."C0, E0 80, F0 80 80, F8 80 80 80, FC 80 80 80 80".split(", "),
  ..."DF, EF BF, F7 BF BF, FB BF BF BF, FD BF BF BF BF".split(", "),
];

const HIGH_SURROGATES = ["ED A0 80", "ED AD BF", "ED AE 80", "ED AF BF"];
const LOW_SURROGATES = ["ED B0 80", "ED BF BF"];

const GROUPS: readonly Group[] = [
  {
    section: "6.5",
    title: "good samples",
    valid: all,
    sequences: [
      ...["24", "C2 A2", "E2 82 AC", "F0 A4 AD A2"].map((middle) => amongAscii(hex(middle))),
      GREEK,
    ],
  },
  {
    section: "6.6",
    title: "prefix of a good sample",
    valid: (n) => [2, 5, 7, 9, 11].includes(n),
    sequences: Array.from(GREEK, (_, i) => GREEK.slice(0, i + 1)),
  },
  {
    section: "6.7",
    title: "first code point of each length",
    valid: all,
    sequences: ["00", "C2 80", "E0 A0 80", "F0 90 80 80"],
  },
  {
    section: "6.8",
    title: "first form of five or six octets",
    valid: none,
    sequences: ["F8 88 80 80 80", "FC 84 80 80 80 80"],
  },
  {
    section: "6.9",
    title: "last code point of each length",
    valid: all,
    sequences: ["7F", "DF BF", "EF BF BF", "F4 8F BF BF"],
  },
  {
    section: "6.10",
    title: "last form of four, five or six octets, beyond Unicode",
    valid: none,
    sequences: ["F7 BF BF BF", "FB BF BF BF BF", "FD BF BF BF BF BF"],
  },
  {
    section: "6.11",
    title: "other boundary",
    valid: (n) => n !== 5,
    sequences: ["ED 9F BF", "EE 80 80", "EF BF BD", "F4 8F BF BF", "F4 90 80 80"],
  },
  {
    section: "6.12",
    title: "stray continuation octets",
    valid: none,
    sequences: [
      "80",
      "BF",
      ...[2, 3, 4, 5, 6].map((length) =>
        octets(Array.from({ length }, (_, i) => (i % 2 === 0 ? 0x80 : 0xbf))),
      ),
      octets(range(0x80, 0xbe)),
    ],
  },
  {
    section: "6.13",
    title: "lonely lead octets, each before a space",
    valid: none,
    sequences: [range(0xc0, 0xde), range(0xe0, 0xee), range(0xf0, 0xf6), range(0xf8, 0xfa), [0xfc]].map(
      (leads) => octets(leads.flatMap((lead) => [lead, 0x20])),
    ),
  },
  { section: "6.14", title: "last octet missing", valid: none, sequences: LAST_OCTET_MISSING },
  {
    section: "6.15",
    title: "all of 6.14 joined",
    valid: none,
    sequences: [concat(...LAST_OCTET_MISSING.map(hex))],
  },
  { section: "6.16", title: "impossible octets", valid: none, sequences: ["FE", "FF", "FE FE FF FF"] },
  {
    section: "6.17",
    title: "overlong solidus",
    valid: none,
    sequences: ["C0 AF", "E0 80 AF", "F0 80 80 AF", "F8 80 80 80 AF", "FC 80 80 80 80 AF"],
  },
  {
    section: "6.18",
    title: "largest overlong form",
    valid: none,
    sequences: ["C1 BF", "E0 9F BF", "F0 8F BF BF", "F8 87 BF BF BF", "FC 83 BF BF BF BF"],
  },
  {
    section: "6.19",
    title: "overlong NUL",
    valid: none,
    sequences: ["C0 80", "E0 80 80", "F0 80 80 80", "F8 80 80 80 80", "FC 80 80 80 80 80"],
  },
  {
    section: "6.20",
    title: "single surrogate",
    valid: none,
    sequences: ["ED A0 80", "ED AD BF", "ED AE 80", "ED AF BF", "ED B0 80", "ED BE 80", "ED BF BF"],
  },
  {
    section: "6.21",
    title: "surrogate pair",
    valid: none,
    sequences: HIGH_SURROGATES.flatMap((high) => LOW_SURROGATES.map((low) => high + low)),
  },
  {
    section: "6.22",
    title: "non-character",
    valid: all,
    sequences: Array.from({ length: 17 }, (_, plane) => plane * 0x1_0000).flatMap((base) => [
      octets(String.fromCodePoint(base + 0xfffe)),
      octets(String.fromCodePoint(base + 0xffff)),
    ]),
  },
  {
    section: "6.23",
    title: "specials block",
    valid: all,
    sequences: range(0xb9, 0xbf).map((last) => octets([0xef, 0xbf, last])),
  },
];

/** The 132 sequences of Autobahn 6.5 to 6.23: 63 are UTF-8, 69 are not. */
export const UTF8_CATALOGUE: readonly Utf8Sequence[] = GROUPS.flatMap(
  ({ section, title, valid, sequences }) =>
    sequences.map((sequence, i) => {
      const data = typeof sequence === "string" ? hex(sequence) : sequence;
      return {
        id: `${section}.${i + 1}`,
        title,
        octets: data,
        valid: valid(i + 1),
        invalidAt: firstInvalidOctet(data),
      };
    }),
);

function amongAscii(middle: Uint8Array): Uint8Array {
  return concat(octets("hello"), middle, octets("world"));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
