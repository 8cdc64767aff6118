import { formatId, IdSource } from "./ids.ts";
import { type History, type HistoryRange, limitOf, type RoomData, type RoomMessage } from "./message.ts";

/** What a log has made of a message. */
export interface Appended {
  readonly id: string;
  /** Whether a message with the same `once` was there already, which is the one of this id. */
  readonly repeated: boolean;
}

/**
 * Where one process keeps messages: a place for a store of your own. Both methods may answer at once or by a promise;
 * the next message of a room is appended when the one before it was, unless the log says that it keeps the order itself.
 */
export interface RoomLog {
  /**
   * Whether `append` may be called again before it has answered: the ids of a room rise, and the promises settle, in the
   * order of the calls. A log that writes many messages at once wants this. Default: false.
   */
  readonly keepsOrder?: boolean;
  /** Keeps a message. Its id is greater than all before it in this room, compared as strings. */
  append(room: string, data: RoomData, once: string | null): Appended | Promise<Appended>;
  /** @throws RangeError when `after` or `before` is not an id */
  read(room: string, range: HistoryRange): History | Promise<History>;
}

export interface MemoryLogOptions {
  /** How many messages of a room are kept. Default: 1000. */
  readonly maxMessages?: number;
  /** How much memory all messages may take, in octets, about. Default: 64 MiB. */
  readonly maxOctets?: number;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** A kept message costs about so much beside its data. */
const OVERHEAD = 200;

interface Entry {
  readonly message: RoomMessage;
  readonly once: string | null;
  readonly size: number;
}

/** Stands where a message was, until the array is cut. */
const TAKEN: Entry = { message: { room: "", id: "", data: "" }, once: null, size: 0 };

interface Shelf {
  /** In order, from `start` on: taking away the first of an array over and over is dear. */
  entries: Entry[];
  start: number;
  readonly ids: Map<string, string>;
  /** All messages after this id are kept. */
  floor: string;
}

/** Keeps the newest messages of each room in memory, within limits. Ids rise with the clock, also over a restart. */
export class MemoryLog implements RoomLog {
  readonly #maxMessages: number;
  readonly #maxOctets: number;
  readonly #ids: IdSource;
  /** The room that was written last is last. */
  readonly #shelves = new Map<string, Shelf>();
  /** All messages after this id of rooms that have no shelf are kept, which means that there are none. */
  #floor: string;
  #octets = 0;

  constructor({ maxMessages = 1000, maxOctets = 64 * 1024 * 1024, now = Date.now }: MemoryLogOptions = {}) {
    if (!(maxMessages >= 1 && maxOctets >= 1)) {
      throw new RangeError("maxMessages and maxOctets are numbers from 1");
    }
    this.#maxMessages = maxMessages;
    this.#maxOctets = maxOctets;
    this.#ids = new IdSource({ now });
    // What an earlier process kept is gone.
    this.#floor = formatId({ time: Math.floor(now()), count: 0 });
  }

  append(room: string, data: RoomData, once: string | null): Appended {
    const shelf = this.#shelves.get(room) ?? this.#newShelf();
    const known = once === null ? undefined : shelf.ids.get(once);
    if (known !== undefined) return { id: known, repeated: true };
    const id = this.#ids.next();
    // A text takes one or two octets for each of its characters; names and keys are kept, too.
    const size =
      OVERHEAD + 2 * (room.length + (once?.length ?? 0)) + (typeof data === "string" ? 2 : 1) * data.length;
    const kept = typeof data === "string" ? data : data.slice();
    shelf.entries.push({ message: { room, id, data: kept }, once, size });
    if (once !== null) shelf.ids.set(once, id);
    this.#octets += size;
    this.#shelves.delete(room);
    this.#shelves.set(room, shelf);
    if (shelf.entries.length - shelf.start > this.#maxMessages) this.#drop(shelf);
    this.#shrink();
    return { id, repeated: false };
  }

  read(room: string, range: HistoryRange): History {
    const { after, before } = range;
    const limit = limitOf(range);
    const shelf = this.#shelves.get(room);
    const gap = after !== undefined && after !== "" && after < (shelf?.floor ?? this.#floor);
    if (shelf === undefined) return { messages: [], more: false, gap };
    const { entries } = shelf;
    const first = after === undefined ? shelf.start : search(shelf, (id) => id > after);
    const end = before === undefined ? entries.length : search(shelf, (id) => id >= before);
    const from = after === undefined ? Math.max(first, end - limit) : first;
    const to = after === undefined ? end : Math.min(end, first + limit);
    const messages = entries.slice(from, Math.max(from, to)).map(({ message }) => message);
    return { messages, more: after === undefined ? from > first : to < end, gap };
  }

  #newShelf(): Shelf {
    return { entries: [], start: 0, ids: new Map(), floor: this.#floor };
  }

  /** Takes the oldest messages of the rooms that were silent for the longest. */
  #shrink(): void {
    for (const [room, shelf] of this.#shelves) {
      while (this.#octets > this.#maxOctets && shelf.start < shelf.entries.length) this.#drop(shelf);
      if (shelf.start < shelf.entries.length) return;
      this.#shelves.delete(room);
      if (shelf.floor > this.#floor) this.#floor = shelf.floor;
    }
  }

  #drop(shelf: Shelf): void {
    const { message, once, size } = shelf.entries[shelf.start]!;
    shelf.entries[shelf.start++] = TAKEN;
    shelf.floor = message.id;
    if (once !== null) shelf.ids.delete(once);
    this.#octets -= size;
    if (shelf.start * 2 < shelf.entries.length) return;
    shelf.entries = shelf.entries.slice(shelf.start);
    shelf.start = 0;
  }
}

/** The index of the first entry from which on it is so. */
function search({ entries, start }: Shelf, isSo: (id: string) => boolean): number {
  let low = start;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(entries[middle]!.message.id)) high = middle;
    else low = middle + 1;
  }
  return low;
}
