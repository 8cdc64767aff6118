/**
 * The course of a run: it lasts for some time, and then until nothing is on its way any more, so that all that the
 * server has spent is for what is counted.
 */
export class Course {
  /** How much has come since the run began. */
  count = 0;
  /** Whether more is to be sent. */
  going = false;
  #outstanding = 0;
  #startedAt = 0;
  #done: { resolve(): void; reject(error: Error): void } | null = null;
  #error: Error | null = null;

  /** @param duration in milliseconds */
  async run(duration: number, begin: () => void): Promise<{ count: number; seconds: number }> {
    if (this.#error !== null) throw this.#error;
    this.count = 0;
    this.going = true;
    this.#startedAt = performance.now();
    const done = new Promise<void>((resolve, reject) => {
      this.#done = { resolve, reject };
    });
    setTimeout(() => {
      this.going = false;
      this.#settle();
    }, duration);
    begin();
    await done;
    return { count: this.count, seconds: (performance.now() - this.#startedAt) / 1000 };
  }

  /** Something is on its way. */
  sent(count: number): void {
    this.#outstanding += count;
  }

  /** Something has come. Send what is to follow before the next call. */
  received(count: number): void {
    this.count += count;
    this.#outstanding -= count;
    if (!this.going) this.#settle();
  }

  /** How much is on its way. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** The run is worth nothing. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#done?.reject(this.#error);
  }

  #settle(): void {
    if (this.#outstanding === 0) this.#done?.resolve();
  }
}
