import { LIMITS } from "./version.ts";

/** Letters and digits of any language, with their marks, and - _ between them; lower case. */
const ROOM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;
/** Words of letters, digits and a few signs; one space between words; no control or invisible characters. */
const NAME = /^[\p{L}\p{N}\p{So}][\p{L}\p{M}\p{N}\p{So}_.'-]*(?: [\p{L}\p{M}\p{N}\p{So}_.'-]+)*$/u;
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

/** The ids of the two people of a direct room. */
export function peopleOf(room: string): [string, string] {
  const [first = "", second = ""] = room.slice(1).split("~");
  return [first, second];
}

export function directRoom(one: string, other: string): string {
  return one < other ? `@${one}~${other}` : `@${other}~${one}`;
}

/** What a person typed as a name, normalised; null when it is none. */
export function toName(typed: string): string | null {
  const name = typed.trim().replaceAll(/\s+/g, " ").normalize("NFKC");
  return name.length <= LIMITS.name && NAME.test(name) ? name : null;
}

/** Names that read the same belong to one person: case, width and accents that compose make no difference. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
