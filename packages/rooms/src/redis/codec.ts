import { formatId, parseId } from "../ids.ts";
import type { RoomData } from "../message.ts";
import { type Argument, listOf, octetsOf, type Reply, ReplyError, textOf } from "./reply.ts";

/** The kinds of data, also the names of the fields of an entry that hold it. */
const TEXT = "t";
const OCTETS = "b";

/** The field of an entry with the id of the entry before it: so it is seen when entries are missing. */
export const PREVIOUS = "p";

/** Before the first entry of a stream. */
export const NONE = "0-0";

/** An entry of the stream of a room. */
export interface Entry {
  readonly id: string;
  /** The id of the message before it; "" when it is the first. */
  readonly previous: string;
  readonly data: RoomData;
}

/** What is said on the channel of a room. */
export type News =
  | { readonly kind: "message"; readonly entry: Entry }
  | { readonly kind: "signal"; readonly process: string; readonly data: RoomData }
  | PresenceNews;

/** What a process says of a member. */
export interface PresenceNews {
  readonly kind: "presence";
  readonly process: string;
  readonly id: string;
  readonly info: Info;
}

/** What is said of a member: JSON, "" for nothing; `null` when the member has gone. */
export type Info = string | null;

/** Our id of an id of Redis. @throws ReplyError when it is none */
export function fromRedisId(id: string): string {
  if (id === NONE) return "";
  const [, time, count] = /^(\d{1,15})-(\d{1,10})$/.exec(id) ?? [];
  if (time === undefined || count === undefined) throw new ReplyError("an id below the year 10889");
  return formatId({ time: Number(time), count: Number(count) });
}

/** The least id of Redis after one of ours. @throws RangeError when it is none of ours */
export function redisIdAfter(id: string): string {
  if (id === "") return "-";
  const { time, count } = partsOf(id);
  return `${time}-${count + 1}`;
}

/** The greatest id of Redis before one of ours; `null` when there is none. @throws RangeError when it is none of ours */
export function redisIdBefore(id: string): string | null {
  const { time, count } = partsOf(id);
  if (count > 0) return `${time}-${count - 1}`;
  // Without a count it is the greatest of that millisecond.
  return time > 0 ? `${time - 1}` : null;
}

function partsOf(id: string): { readonly time: number; readonly count: number } {
  const parts = parseId(id);
  if (parts === null) throw new RangeError("An id of a message is 20 hexadecimal digits");
  return parts;
}

/** Data as arguments: its kind, and its octets. */
export function argumentsOf(data: RoomData): readonly [kind: string, octets: Argument] {
  if (typeof data === "string") return [TEXT, data];
  return [OCTETS, Buffer.from(data.buffer, data.byteOffset, data.byteLength)];
}

function dataOf(kind: string, octets: Buffer): RoomData {
  if (kind === TEXT) return octets.toString();
  // What an application receives belongs to it, and holds no more memory than its own.
  if (kind === OCTETS) return new Uint8Array(octets);
  throw new ReplyError("a text or octets");
}

/** @throws ReplyError */
export function entryOf(reply: Reply | undefined): Entry {
  const [id, fields] = listOf(reply);
  const [previousName, previous, kind, octets] = listOf(fields);
  if (textOf(previousName) !== PREVIOUS) throw new ReplyError("an entry of a room");
  return {
    id: fromRedisId(textOf(id)),
    previous: fromRedisId(textOf(previous)),
    data: dataOf(textOf(kind), octetsOf(octets)),
  };
}

/** What tells others that somebody is present or has gone. */
export function presenceNews(process: string, id: string, info: Info): string {
  return `p${process} ${JSON.stringify(info === null ? [id] : [id, info])}`;
}

/** What tells others of a signal. */
export function signalNews(process: string, data: RoomData): Buffer {
  const [kind, octets] = argumentsOf(data);
  return Buffer.concat([Buffer.from(`s${process} ${kind}`), Buffer.from(octets)]);
}

/** Reads what was said on a channel. @throws Error when it is nothing that rooms say */
export function newsOf(octets: Buffer): News {
  const reader = new Words(octets);
  const kind = reader.take(1);
  if (kind === "m") {
    const previous = fromRedisId(reader.word());
    const id = fromRedisId(reader.word());
    return { kind: "message", entry: { id, previous, data: dataOf(reader.take(1), reader.rest()) } };
  }
  const process = reader.word();
  if (kind === "s") return { kind: "signal", process, data: dataOf(reader.take(1), reader.rest()) };
  if (kind !== "p") throw new ReplyError("the news of a room");
  const member: unknown = JSON.parse(reader.rest().toString());
  if (!Array.isArray(member)) throw new ReplyError("a member");
  const [id, info = null]: unknown[] = member;
  if (typeof id !== "string" || !(info === null || typeof info === "string"))
    throw new ReplyError("a member");
  return { kind: "presence", process, id, info };
}

const SPACE = 0x20;

/** Takes the words at the beginning of octets. */
class Words {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  take(length: number): string {
    const from = this.#at;
    this.#at += length;
    return this.#octets.toString("latin1", from, this.#at);
  }

  word(): string {
    const end = this.#octets.indexOf(SPACE, this.#at);
    if (end === -1) throw new ReplyError("the news of a room");
    const word = this.take(end - this.#at);
    this.#at++;
    return word;
  }

  rest(): Buffer {
    return this.#octets.subarray(this.#at);
  }
}
