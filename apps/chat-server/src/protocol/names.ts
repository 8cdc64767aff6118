import { LIMITS } from "./version.ts";

/** Letters and digits of any language, with their marks, and - _ between them; lower case. */
const ROOM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;
/** Words of letters, digits and a few signs; one space between words; no control or invisible characters. */
const NAME = /^[\p{L}\p{N}\p{So}][\p{L}\p{M}\p{N}\p{So}_.'-]*(?: [\p{L}\p{M}\p{N}\p{So}_.'-]+)*$/u;
/** Taken for a letter or a sign, and not to be seen. */
const BLANK = /\u{115F}|\u{1160}|\u{3164}|\u{FFA0}|\u{2800}|\u{17B4}|\u{17B5}|\u{034F}/u;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Scripts with letters that look like those of another one: a name has letters of one of them. */
const ALIKE = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Lisu}/u,
];
/** Letters, small, that look like Latin ones as small or as capital letters (Unicode Technical Standard 39). */
const LOOKS_LIKE = new Map(
  Object.entries({
    a: "аα",
    b: "вβ",
    c: "сϲ",
    d: "ԁ",
    e: "еε",
    g: "ԍ",
    h: "нһη",
    i: "іιıӏ",
    j: "јϳ",
    k: "кκ",
    m: "мμ",
    n: "ν",
    o: "оοօ",
    p: "рρ",
    q: "ԛ",
    s: "ѕ",
    σ: "ς",
    t: "тτ",
    w: "ԝ",
    x: "хχ",
    y: "уγυү",
    z: "ζ",
  }).flatMap(([letter, others]) => Array.from(others, (other) => [other, letter] as const)),
);
/** A room of two: the ids of both, in order. Only the server makes such names. */
const DIRECT = /^@[\w-]{1,64}~[\w-]{1,64}$/;

/** What a person typed as a name of a room, in the one form that the protocol has for it; null when it is none. */
export function toRoom(typed: string): string | null {
  const room = typed.trim().replace(/^#/, "").replaceAll(/\s+/g, "-").normalize("NFKC").toLowerCase();
  return isRoom(room) ? room : null;
}

export function isRoom(room: string): boolean {
  return room.length <= LIMITS.room && ROOM.test(room) && room === room.normalize("NFKC").toLowerCase();
}

export function isDirect(room: string): boolean {
  return DIRECT.test(room);
}

export function directRoom(one: string, other: string): string {
  return one < other ? `@${one}~${other}` : `@${other}~${one}`;
}

/** What a person typed as a name, normalised; null when it is none. */
export function toName(typed: string): string | null {
  const name = typed.trim().replaceAll(/\s+/g, " ").normalize("NFKC");
  const fits = name.length <= LIMITS.name && NAME.test(name) && !BLANK.test(name);
  return fits && ALIKE.filter((script) => script.test(name)).length <= 1 ? name : null;
}

/**
 * Names that read the same belong to one person: case, width, what is not to be seen, and letters of other scripts that
 * look like Latin ones make no difference.
 */
export function foldName(name: string): string {
  const folded = name.normalize("NFKC").toLowerCase().normalize("NFKC").replaceAll(UNSEEN, "");
  return Array.from(folded, (letter) => LOOKS_LIKE.get(letter) ?? letter).join("");
}
