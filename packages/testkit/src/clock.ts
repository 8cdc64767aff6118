interface Timer {
  due: number;
  callback: () => void;
}

/** What `setTimeout` returned. */
export interface TimerHandle {
  /** As on the timers of Node; a virtual timer never keeps a process alive. */
  unref(): void;
}

/** Time that passes only when a test says so. Its functions may be passed on without the clock. */
export class VirtualClock {
  #now = 0;
  readonly #timers = new Map<TimerHandle, Timer>();

  /** Milliseconds since the clock was made. */
  readonly now = (): number => this.#now;

  readonly setTimeout = (callback: () => void, delay: number): TimerHandle => {
    const handle = { unref: () => {} };
    this.#timers.set(handle, { due: this.#now + Math.max(0, delay), callback });
    return handle;
  };

  /** Harmless when the timer has run or was cleared before. */
  readonly clearTimeout = (handle: TimerHandle | null | undefined): void => {
    if (handle) this.#timers.delete(handle);
  };

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Runs what falls due within `ms`, in order of time and then of setting, also what is set on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      const [handle, { due, callback }] = next;
      this.#now = due;
      this.#timers.delete(handle);
      callback();
    }
    this.#now = end;
  }

  #next(end: number): [TimerHandle, Timer] | null {
    let next: [TimerHandle, Timer] | null = null;
    for (const entry of this.#timers) {
      if (entry[1].due <= end && (next === null || entry[1].due < next[1].due)) next = entry;
    }
    return next;
  }
}
