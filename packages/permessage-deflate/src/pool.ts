/** Contexts that nobody uses at the moment. Whoever takes one has it alone, and gives it back without a past. */
export class Pool<Context extends { close(): void }> {
  readonly #create: () => Context;
  readonly #free: Context[] = [];

  constructor(create: () => Context) {
    this.#create = create;
  }

  take(): Context {
    return this.#free.pop() ?? this.#create();
  }

  give(context: Context): void {
    if (this.#free.length < MOST_FREE) this.#free.push(context);
    else context.close();
  }
}

/** Most messages need one, since each is handled at once; the others are for those in pieces and large ones, which take turns. */
const MOST_FREE = 4;
