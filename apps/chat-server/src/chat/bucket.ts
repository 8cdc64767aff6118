/** Lets a number of things happen at once, and then so many per second (a "token bucket"). */
export class Bucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #since: number;

  /** @param perSecond 0: no limit */
  constructor(perSecond: number, burst: number, now = performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#since = now;
  }

  /** Takes so many; returns 0, or how many milliseconds it is too early. */
  take(count = 1, now = performance.now()): number {
    if (this.#perSecond === 0) return 0;
    this.#refill(now);
    if (this.#left < count) return Math.ceil(((count - this.#left) / this.#perSecond) * 1000);
    this.#left -= count;
    return 0;
  }

  /** Whether nothing was taken for so long that it makes no difference to forget it. */
  isFull(now = performance.now()): boolean {
    this.#refill(now);
    return this.#left >= this.#burst;
  }

  #refill(now: number): void {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#since) / 1000) * this.#perSecond);
    this.#since = now;
  }
}
