import type { DeflateEngine, Deflater, Inflater } from "./engine.ts";
import { MAX_WINDOW_BITS } from "./parameters.ts";
import { Pool } from "./pool.ts";
import { StoringDeflater } from "./stored.ts";

/** Where connections get their contexts from. */
export class Contexts {
  /** For messages that may not refer to others. Every window fits into this one. */
  readonly inflaters: Pool<Inflater>;
  readonly #engine: DeflateEngine;
  readonly #level: number;
  readonly #deflaters = new Map<number, Pool<Deflater>>();

  constructor(engine: DeflateEngine, level: number) {
    this.#engine = engine;
    this.#level = level;
    this.inflaters = new Pool(() => this.createInflater(MAX_WINDOW_BITS));
  }

  /** For messages that may not refer to others: one pool for each size of window. */
  deflaters(windowBits: number): Pool<Deflater> {
    let pool = this.#deflaters.get(windowBits);
    if (pool === undefined) {
      pool = new Pool(() => this.createDeflater(windowBits));
      this.#deflaters.set(windowBits, pool);
    }
    return pool;
  }

  canCompress(windowBits: number): boolean {
    return windowBits >= this.#engine.minWindowBits;
  }

  createDeflater(windowBits: number): Deflater {
    if (!this.canCompress(windowBits)) return new StoringDeflater();
    return this.#engine.createDeflater({ windowBits, level: this.#level });
  }

  createInflater(windowBits: number): Inflater {
    return this.#engine.createInflater({ windowBits });
  }
}

const contexts = new WeakMap<DeflateEngine, Map<number, Contexts>>();

/** The same for all servers and clients with this engine and level: a thousand clients share what a server does. */
export function contextsOf(engine: DeflateEngine, level: number): Contexts {
  const levels = contexts.get(engine) ?? new Map<number, Contexts>();
  contexts.set(engine, levels);
  let found = levels.get(level);
  if (found === undefined) {
    found = new Contexts(engine, level);
    levels.set(level, found);
  }
  return found;
}
