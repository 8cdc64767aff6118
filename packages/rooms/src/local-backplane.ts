import { type Backplane, BackplaneError, type BackplaneEvents, type BackplaneState } from "./backplane.ts";
import { type Appended, MemoryLog, type RoomLog } from "./memory-log.ts";
import type { History, HistoryRange, Member, RoomData } from "./message.ts";
import { isThenable } from "./thenable.ts";

export interface LocalBackplaneOptions {
  /** Where messages are kept. Default: a {@link MemoryLog}. */
  readonly log?: RoomLog;
  /** How many messages may wait for a log that answers by promises. Default: 10,000. */
  readonly maxWaiting?: number;
}

interface Place<Info> {
  /** The id of the last message. */
  last: string;
  readonly members: Map<string, Member<Info>>;
}

/** The backplane of one process that is alone. */
export class LocalBackplane<Info = unknown> implements Backplane<Info> {
  readonly #log: RoomLog;
  readonly #maxWaiting: number;
  #events: BackplaneEvents<Info> | null = null;
  #closed = false;
  readonly #places = new Map<string, Place<Info>>();
  /** For each room whose log has not answered yet: resolves when it has, for all messages so far. */
  readonly #tails = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor({ log = new MemoryLog(), maxWaiting = 10_000 }: LocalBackplaneOptions = {}) {
    this.#log = log;
    this.#maxWaiting = maxWaiting;
  }

  get state(): BackplaneState {
    return this.#closed ? "closed" : "ready";
  }

  start(events: BackplaneEvents<Info>): void {
    if (this.#events !== null) throw new TypeError("A backplane serves one Rooms only");
    this.#events = events;
  }

  async open(room: string): Promise<string> {
    this.#check();
    const place: Place<Info> = { last: "", members: new Map() };
    this.#places.set(room, place);
    const { messages } = await this.#log.read(room, { limit: 1 });
    const last = messages.at(-1)?.id ?? "";
    return place.last > last ? place.last : last;
  }

  release(room: string): void {
    this.#places.delete(room);
  }

  async publish(room: string, data: RoomData, once: string | null): Promise<string> {
    this.#check();
    const tail = this.#tails.get(room);
    if (tail !== undefined && this.#waiting >= this.#maxWaiting) {
      throw new BackplaneError("busy", `${this.#maxWaiting} messages wait for the log already`);
    }
    const atOnce = tail === undefined || this.#log.keepsOrder === true;
    const appended = atOnce ? this.#log.append(room, data, once) : null;
    if (appended !== null && !isThenable(appended) && tail === undefined) {
      return this.#appended(room, data, appended);
    }
    // It is told when the caller may have used its buffer again.
    const kept = typeof data === "string" ? data : data.slice();
    if (appended === null)
      return this.#line(
        room,
        tail!.then(() => this.#log.append(room, kept, once)),
        kept,
      );
    return this.#line(
      room,
      Promise.all([appended, tail]).then(([done]) => done),
      kept,
    );
  }

  signal(): void {}

  async history(room: string, range: HistoryRange): Promise<History> {
    this.#check();
    return this.#log.read(room, range);
  }

  enter(room: string, member: Member<Info>): void {
    const members = this.#places.get(room)?.members;
    if (members === undefined) return;
    const change = members.has(member.id) ? "changed" : "came";
    members.set(member.id, member);
    this.#events?.presence(room, { ...member, change });
  }

  exit(room: string, id: string): void {
    const members = this.#places.get(room)?.members;
    const member = members?.get(id);
    if (members === undefined || member === undefined) return;
    members.delete(id);
    this.#events?.presence(room, { ...member, change: "went" });
  }

  async members(room: string): Promise<Member<Info>[]> {
    this.#check();
    return [...(this.#places.get(room)?.members.values() ?? [])];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#places.clear();
    this.#events?.state("closed", null);
    await Promise.all(this.#tails.values());
  }

  #check(): void {
    if (this.#closed) throw new BackplaneError("unavailable", "The rooms were closed");
  }

  /** What is appended next waits for this, so that messages are told in the order in which they were kept. */
  async #line(room: string, append: PromiseLike<Appended>, data: RoomData): Promise<string> {
    this.#waiting++;
    const told = Promise.resolve(append).then((appended) => this.#appended(room, data, appended));
    const tail = told.catch(() => undefined);
    this.#tails.set(room, tail);
    try {
      return await told;
    } finally {
      this.#waiting--;
      if (this.#tails.get(room) === tail) this.#tails.delete(room);
    }
  }

  #appended(room: string, data: RoomData, { id, repeated }: Appended): string {
    const place = this.#places.get(room);
    if (repeated || place === undefined || id <= place.last) return id;
    place.last = id;
    this.#events?.message({ room, id, data });
    return id;
  }
}
