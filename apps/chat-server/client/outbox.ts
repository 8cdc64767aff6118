import type { AnswerOf } from "../src/protocol/answers.ts";
import type { RequestOf } from "../src/protocol/requests.ts";

/** Something that is to be stored by the server. */
export type Change = RequestOf<"send"> | RequestOf<"edit"> | RequestOf<"delete">;

/** A change that is not stored yet. */
export interface Waiting {
  readonly change: Change;
  /** When it was written, in milliseconds since 1970, by the clock of this machine. */
  readonly at: number;
  /** Why the server refused it for good; null while it is on its way. */
  readonly failed: string | null;
}

/** Where what is not sent outlives the page: `localStorage`, or nothing. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const ANSWER_MS = 10_000;
const TRANSIENT = new Set(["rate_limited", "storage_unavailable", "not_joined", "hello_first", "internal"]);

interface Parts {
  readonly memory: Memory;
  /** Says a change; false when there is no connection. */
  readonly say: (change: Change) => boolean;
  /** There was no answer: the connection is dead. */
  readonly silent: () => void;
  /** Something is waiting, or not any more. */
  readonly changed: () => void;
}

/**
 * What is written is kept until the server has stored it, over lost connections and closed pages. One change is on its
 * way at a time, so that they arrive in their order; each keeps its id, so that it happens once, however often it is
 * said.
 */
export class Outbox {
  readonly #parts: Parts;
  #key: string | null = null;
  #waiting: Waiting[] = [];
  /** The id of the change that an answer is awaited for. */
  #inFlight: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get waiting(): readonly Waiting[] {
    return this.#waiting;
  }

  /** There is a connection of this person: what waits for it goes out. */
  opened(user: string): void {
    const key = `plyws.chat.outbox.${user}`;
    if (this.#key !== key) {
      this.#key = key;
      const ids = new Set(this.#waiting.map(({ change }) => change.id));
      const kept = readAll(this.#parts.memory, key).filter(({ change }) => !ids.has(change.id));
      this.#waiting = [...kept, ...this.#waiting];
      this.#keep();
    }
    this.#open = true;
    this.#inFlight = null;
    this.#next();
  }

  /** Something that may have kept a change from being said is different now. */
  wake(): void {
    this.#next();
  }

  closed(): void {
    this.#open = false;
    this.#inFlight = null;
    clearTimeout(this.#timer);
  }

  add(change: Change): void {
    this.#waiting.push({ change, at: Date.now(), failed: null });
    this.#keep();
    this.#next();
  }

  /** Gives up what was refused. */
  drop(id: string): void {
    this.#remove(id);
  }

  /** Tries again what was refused. */
  retry(id: string): void {
    this.#replace(id, null);
    this.#next();
  }

  acknowledged({ id }: AnswerOf<"ack">): void {
    this.#remove(id);
    this.#answered(id, 0);
  }

  /** A change that came back in a room is stored as well, even when its acknowledgement was lost. */
  seen(id: string): void {
    if (this.#waiting.some(({ change }) => change.id === id)) {
      this.#remove(id);
      this.#answered(id, 0);
    }
  }

  /** @returns whether the error was about a change of this outbox */
  refused({ id = "", code, retryAfter = 1000 }: AnswerOf<"error">): boolean {
    if (!this.#waiting.some(({ change }) => change.id === id)) return false;
    if (TRANSIENT.has(code)) this.#answered(id, retryAfter);
    else {
      this.#replace(id, code);
      this.#answered(id, 0);
    }
    return true;
  }

  #answered(id: string, wait: number): void {
    if (this.#inFlight !== id) return;
    clearTimeout(this.#timer);
    this.#inFlight = null;
    if (wait === 0) this.#next();
    else this.#timer = setTimeout(() => this.#next(), wait);
  }

  #next(): void {
    if (!this.#open || this.#inFlight !== null) return;
    clearTimeout(this.#timer);
    // A change of a room that is not joined yet holds nothing up in other rooms.
    const next = this.#waiting.find(({ change, failed }) => failed === null && this.#parts.say(change));
    if (next === undefined) return;
    this.#inFlight = next.change.id;
    this.#timer = setTimeout(() => this.#parts.silent(), ANSWER_MS);
  }

  #remove(id: string): void {
    this.#waiting = this.#waiting.filter(({ change }) => change.id !== id);
    this.#keep(id);
  }

  #replace(id: string, failed: string | null): void {
    this.#waiting = this.#waiting.map((waiting) =>
      waiting.change.id === id ? { ...waiting, failed } : waiting,
    );
    this.#keep();
  }

  /** @param removed the id of what is not to be kept any more */
  #keep(removed: string | null = null): void {
    if (this.#key !== null) {
      const { memory } = this.#parts;
      // Another page of the same person may wait for a connection as well: what it keeps stays.
      const ours = new Set([removed, ...this.#waiting.map(({ change }) => change.id)]);
      const others = readAll(memory, this.#key).filter(({ change }) => !ours.has(change.id));
      const all = [...others, ...this.#waiting];
      try {
        if (all.length === 0) memory.removeItem(this.#key);
        else memory.setItem(this.#key, JSON.stringify(all));
      } catch {
        // A memory that is full or forbidden: it is kept as long as the page is open.
      }
    }
    this.#parts.changed();
  }
}

function readAll(memory: Memory, key: string): Waiting[] {
  try {
    return JSON.parse(memory.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}
