import type { Backplane } from "@plyws/rooms";
import type { Deleted, DirectInfo, Edited, FileInfo, Message, User } from "../protocol/answers.ts";
import type { Change } from "./change.ts";

/** What is published in a room: an event without its place. */
export type Entry = Omit<Message, "seq" | "at"> | Omit<Edited, "seq" | "at"> | Omit<Deleted, "seq" | "at">;

/** The messages of all rooms as they are now. */
export interface Messages {
  /** The newest `limit` messages, before that place where there is one, in order. */
  before(room: string, before: string | null, limit: number): Promise<Message[]>;
  find(room: string, seq: string): Promise<Message | null>;
  /** @returns false when there is nothing to change: it is not there, or was deleted. To delete it again is to change it */
  change(room: string, seq: string, change: Change): Promise<boolean>;
}

/** Which rooms there are. */
export interface RoomList {
  has(room: string): Promise<boolean>;
  /** Makes sure that there is such a room, unless there are too many already. */
  open(room: string, limit: number): Promise<"known" | "new" | "full">;
  list(): Promise<string[]>;
  /** Makes sure that there is a room of these two, unless one of them has too many already. */
  openDirect(room: string, people: readonly [User, User], limit: number): Promise<"known" | "new" | "full">;
  directOf(user: string, room: string): Promise<DirectInfo | null>;
  directsOf(user: string): Promise<DirectInfo[]>;
}

/** A person who is known by a key. */
export interface Person extends User {
  /** SHA-256 of the key; "" for people who come with a token. */
  readonly keyHash: string;
}

/** Who has which name. */
export interface People {
  find(id: string): Promise<Person | null>;
  findByName(folded: string): Promise<Person | null>;
  /**
   * Gives the name to this person. Earlier names of somebody with a key stay theirs, since another page of theirs may go
   * on under it; of somebody with a token they are free.
   *
   * @param unusedSince names that were not used since then are free; milliseconds since 1970
   * @param limit how many names somebody with a key has
   */
  claim(
    person: Person,
    folded: string,
    unusedSince: number,
    limit: number,
  ): Promise<"claimed" | "taken" | "too_many">;
}

/** A file that is whole. */
export interface StoredFile extends FileInfo {
  readonly room: string;
  readonly user: string;
}

/** How long a file is kept that nobody sends. */
export const UNSENT_MS = 24 * 3600 * 1000;
/** How often such files are looked for. */
export const COLLECT_MS = 10 * 60 * 1000;

/** The contents of files. */
export interface Files {
  /** Keeps octets of a file that is not whole yet. The same octets may come again. */
  write(upload: string, offset: number, octets: Uint8Array): Promise<void>;
  /** The first octets of a file that is not whole yet. */
  start(upload: string, length: number): Promise<Uint8Array>;
  /** Makes it whole: from now on it can be read. */
  finish(upload: string, file: StoredFile): Promise<void>;
  discard(upload: string): Promise<void>;
  /** Octets of all whole files. */
  size(): Promise<number>;
  /**
   * Makes it a part of a message, as which it is kept. A file that is a part of none is collected after a day.
   *
   * @param message a name of the message that nobody else uses
   * @returns false when it is a part of another
   */
  attach(file: string, message: string): Promise<boolean>;
  /** Removes it for good. */
  remove(file: string): Promise<void>;
  find(file: string): Promise<StoredFile | null>;
  read(file: string, offset: number, length: number): Promise<Uint8Array>;
}

/** How far people have read. */
export interface Marks {
  /** Keeps marks by room and person; one only ever goes forward. */
  save(marks: ReadonlyMap<string, ReadonlyMap<string, string>>): Promise<void>;
  /** The marks of these people in this order; "" where there is none. */
  of(room: string, users: readonly string[]): Promise<string[]>;
}

/** What others know of somebody who is in a room. */
export interface Info {
  readonly name: string;
}

/** Everything that is kept. */
export interface Store {
  /** The order of the rooms: what is published here is kept, and told on all processes. */
  readonly backplane: Backplane<Info>;
  readonly messages: Messages;
  readonly rooms: RoomList;
  readonly people: People;
  readonly files: Files;
  readonly marks: Marks;
  /** Resolves when it can be used, and rejects when it cannot. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The storage does not answer, or answers with a fault of its own. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}
