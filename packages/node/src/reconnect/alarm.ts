/** How often a wait looks at the clock, in milliseconds. */
const LOOK_EVERY = 1000;

/**
 * A timer that notices when the computer slept: timers stand still meanwhile, and the wall clock goes on. It rings
 * when either of them says that it is time, so that a wait of a minute does not go on for its rest after a night.
 */
export class Alarm {
  #timer: NodeJS.Timeout | null = null;

  /** @param delay in milliseconds */
  set(delay: number, ring: () => void): void {
    this.clear();
    this.#wait(delay, Date.now() + delay, ring);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(left: number, due: number, ring: () => void): void {
    const next = Math.min(left, LOOK_EVERY);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (left <= next || Date.now() >= due) ring();
      else this.#wait(left - next, due, ring);
    }, next);
  }
}
