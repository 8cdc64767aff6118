import type { Contexts } from "./contexts.ts";
import type { Inflater } from "./engine.ts";

/** Decompresses the messages of one connection: RFC 7692 section 7.2.2. */
export class Incoming {
  readonly #contexts: Contexts;
  readonly #windowBits: number;
  readonly #keepsContext: boolean;
  /** The one that is kept, or that of the message that is read. */
  #inflater: Inflater | null = null;
  #last = false;

  constructor(contexts: Contexts, windowBits: number, keepsContext: boolean) {
    this.#contexts = contexts;
    this.#windowBits = windowBits;
    this.#keepsContext = keepsContext;
  }

  get pending(): boolean {
    return this.#inflater?.pending ?? false;
  }

  write(octets: Uint8Array, last: boolean): void {
    this.#inflater ??= this.#keepsContext
      ? this.#contexts.createInflater(this.#windowBits)
      : this.#contexts.inflaters.take();
    this.#inflater.write(octets, last);
    this.#last = last;
  }

  read(): Uint8Array {
    // Nothing is left to read when what was read before made somebody dispose of the connection.
    if (this.#inflater === null) return new Uint8Array(0);
    const octets = this.#inflater.read();
    if (this.#last && !this.#inflater.pending) this.#release();
    return octets;
  }

  dispose(): void {
    this.#release();
    this.#inflater?.close();
    this.#inflater = null;
  }

  /** Gives back what is not kept after a message. */
  #release(): void {
    if (this.#keepsContext || this.#inflater === null) return;
    this.#inflater.reset();
    this.#contexts.inflaters.give(this.#inflater);
    this.#inflater = null;
  }
}
