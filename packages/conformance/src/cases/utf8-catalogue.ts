import { concat, hex, utf8 } from "../wire/octets.ts";

/** Eleven octets, five code points of Greek. */
export const GREEK: Uint8Array = hex("ce ba e1 bd b9 cf 83 ce bc ce b5");

/** Sequences of one kind. */
interface Group {
  readonly section: string;
  readonly title: string;
  /** Whether the n-th of them, counted from 1, is UTF-8. */
  readonly valid: (n: number) => boolean;
  readonly sequences: readonly Uint8Array[];
}

const always = (): boolean => true;
const never = (): boolean => false;
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const each = (...sequences: readonly string[]): Uint8Array[] => sequences.map((sequence) => hex(sequence));
const alternating = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i % 2 === 0 ? 0x80 : 0xbf));
const beforeSpaces = (from: number, to: number): Uint8Array =>
  Uint8Array.from(range(from, to).flatMap((octet) => [octet, 0x20]));
const amongAscii = (middle: string): Uint8Array => concat(utf8("hello"), hex(middle), utf8("world"));

const CUT_SHORT = each(
  "c0",
  "e0 80",
  "f0 80 80",
  "f8 80 80 80",
  "fc 80 80 80 80",
  "df",
  "ef bf",
  "f7 bf bf",
  "fb bf bf bf",
  "fd bf bf bf bf",
);
const HIGH = each("ed a0 80", "ed ad bf", "ed ae 80", "ed af bf");
const LOW = each("ed b0 80", "ed bf bf");
const lastTwoOfPlanes = range(1, 16).flatMap((plane) => [
  utf8(String.fromCodePoint(plane * 0x10000 + 0xfffe)),
  utf8(String.fromCodePoint(plane * 0x10000 + 0xffff)),
]);

/** The 132 sequences of sections 6.5 to 6.23. */
export const CATALOGUE: readonly Group[] = [
  {
    section: "6.5",
    title: "a good sample",
    valid: always,
    sequences: [...["24", "c2 a2", "e2 82 ac", "f0 a4 ad a2"].map(amongAscii), GREEK],
  },
  {
    section: "6.6",
    title: "the beginning of a good sample",
    valid: (n) => [2, 5, 7, 9, 11].includes(n),
    sequences: range(1, 11).map((length) => GREEK.slice(0, length)),
  },
  {
    section: "6.7",
    title: "the first code point of a length",
    valid: always,
    sequences: each("00", "c2 80", "e0 a0 80", "f0 90 80 80"),
  },
  {
    section: "6.8",
    title: "the first form of five or six octets",
    valid: never,
    sequences: each("f8 88 80 80 80", "fc 84 80 80 80 80"),
  },
  {
    section: "6.9",
    title: "the last code point of a length",
    valid: always,
    sequences: each("7f", "df bf", "ef bf bf", "f4 8f bf bf"),
  },
  {
    section: "6.10",
    title: "the last form of four, five or six octets, beyond Unicode",
    valid: never,
    sequences: each("f7 bf bf bf", "fb bf bf bf bf", "fd bf bf bf bf bf"),
  },
  {
    section: "6.11",
    title: "another boundary",
    valid: (n) => n < 5,
    sequences: each("ed 9f bf", "ee 80 80", "ef bf bd", "f4 8f bf bf", "f4 90 80 80"),
  },
  {
    section: "6.12",
    title: "continuation octets that continue nothing",
    valid: never,
    sequences: [...each("80", "bf"), ...range(2, 6).map(alternating), Uint8Array.from(range(0x80, 0xbe))],
  },
  {
    section: "6.13",
    title: "first octets that nothing continues",
    valid: never,
    sequences: [
      beforeSpaces(0xc0, 0xde),
      beforeSpaces(0xe0, 0xee),
      beforeSpaces(0xf0, 0xf6),
      beforeSpaces(0xf8, 0xfa),
      beforeSpaces(0xfc, 0xfc),
    ],
  },
  { section: "6.14", title: "the last continuation octet is missing", valid: never, sequences: CUT_SHORT },
  {
    section: "6.15",
    title: "ten sequences that are cut short",
    valid: never,
    sequences: [concat(...CUT_SHORT)],
  },
  {
    section: "6.16",
    title: "octets that no UTF-8 has",
    valid: never,
    sequences: each("fe", "ff", "fe fe ff ff"),
  },
  {
    section: "6.17",
    title: "a solidus in too many octets",
    valid: never,
    sequences: each("c0 af", "e0 80 af", "f0 80 80 af", "f8 80 80 80 af", "fc 80 80 80 80 af"),
  },
  {
    section: "6.18",
    title: "the largest code point that has too many octets",
    valid: never,
    sequences: each("c1 bf", "e0 9f bf", "f0 8f bf bf", "f8 87 bf bf bf", "fc 83 bf bf bf bf"),
  },
  {
    section: "6.19",
    title: "NUL in too many octets",
    valid: never,
    sequences: each("c0 80", "e0 80 80", "f0 80 80 80", "f8 80 80 80 80", "fc 80 80 80 80 80"),
  },
  {
    section: "6.20",
    title: "half of a surrogate pair",
    valid: never,
    sequences: each("ed a0 80", "ed ad bf", "ed ae 80", "ed af bf", "ed b0 80", "ed be 80", "ed bf bf"),
  },
  {
    section: "6.21",
    title: "a surrogate pair",
    valid: never,
    sequences: HIGH.flatMap((high) => LOW.map((low) => concat(high, low))),
  },
  {
    section: "6.22",
    title: "a non-character, which is legal",
    valid: always,
    sequences: [...each("ef bf be", "ef bf bf"), ...lastTwoOfPlanes],
  },
  {
    section: "6.23",
    title: "a code point of the specials",
    valid: always,
    sequences: range(0xb9, 0xbf).map((last) => Uint8Array.of(0xef, 0xbf, last)),
  },
];
