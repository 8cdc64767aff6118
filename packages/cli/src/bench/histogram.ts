/** Values below this are counted one by one; above it, as many steps as this stand for each power of two. */
const STEPS = 128;
const STEP_BITS = 7;

/** Counts durations in a memory that does not grow with them, to within one part in 64 of each. */
export class Histogram {
  /** By step of a microsecond and of its powers of two: up to 2^53 microseconds. */
  readonly #counts = new Float64Array((53 - STEP_BITS + 2) * STEPS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** The longest, in milliseconds. */
  get max(): number {
    return this.#max;
  }

  /** @param duration in milliseconds, 0 or more */
  add(duration: number): void {
    this.#count++;
    this.#max = Math.max(this.#max, duration);
    const at = indexOf(Math.round(duration * 1000));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /**
   * The duration, in milliseconds, that this share of all does not exceed; 0 when there are none.
   *
   * @param share from 0 to 1
   */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let at = 0; at < this.#counts.length; at++) {
      seen += this.#counts[at] ?? 0;
      if (seen >= rank) return Math.min(upperBound(at) / 1000, this.#max);
    }
    return this.#max;
  }
}

/** Half of the steps of a power of two are those of the one below: they are left unused. */
function indexOf(microseconds: number): number {
  if (microseconds < STEPS) return microseconds;
  const power = Math.floor(Math.log2(microseconds)) - STEP_BITS + 1;
  return power * STEPS + Math.floor(microseconds / 2 ** power);
}

/** The largest duration that is counted there, in microseconds. */
function upperBound(index: number): number {
  const power = Math.floor(index / STEPS);
  return ((index % STEPS) + 1) * 2 ** power - 1;
}
