import type { Logger } from "pino";
import type { Marks as Store } from "../storage/store.ts";

const KEEP_AFTER_MS = 1000;
/** So many wait to be kept while the storage is away; more are forgotten. */
const MAX_WAITING = 10_000;

/** How far people have read. It is told at once, and kept a moment later: nobody waits for it. */
export class Marks {
  readonly #store: Store;
  readonly #log: Logger;
  /** What is not kept yet, by room and person. */
  #waiting = new Map<string, Map<string, string>>();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  set(room: string, user: string, seq: string): void {
    if (this.#count >= MAX_WAITING) return;
    const waiting = this.#waiting.get(room) ?? new Map<string, string>();
    const known = waiting.get(user);
    if (known === undefined) this.#count++;
    else if (known >= seq) return;
    this.#waiting.set(room, waiting.set(user, seq));
    this.#timer ??= setTimeout(() => void this.flush(), KEEP_AFTER_MS).unref();
  }

  /** How far these people have read: "" where it is not known. */
  async of(room: string, users: readonly string[]): Promise<string[]> {
    const kept = await this.#store.of(room, users);
    const waiting = this.#waiting.get(room);
    return users.map((user, index) => {
      const [one = "", other = ""] = [kept[index], waiting?.get(user)];
      return one > other ? one : other;
    });
  }

  /** Keeps what is not kept yet. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Map();
    this.#count = 0;
    try {
      await this.#store.save(waiting);
    } catch (error) {
      this.#log.debug({ err: error }, "marks were not kept");
      for (const [room, marks] of waiting) for (const [user, seq] of marks) this.set(room, user, seq);
    }
  }
}
