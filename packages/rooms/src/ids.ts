const TIME_DIGITS = 12;
const COUNT_DIGITS = 8;
const ID = /^[0-9a-f]{20}$/;

/** A place in the order of a room, taken apart. */
export interface IdParts {
  /** Milliseconds since 1970, below 2^48. */
  readonly time: number;
  /** Counts the messages of the same millisecond, below 2^32. */
  readonly count: number;
}

/**
 * Ids of 20 hexadecimal digits, twelve of the time and eight of a count: the order of the strings is the order of the
 * messages, in JavaScript, in SQL and everywhere else that compares texts by code points.
 *
 * @throws RangeError when a part is out of its range
 */
export function formatId({ time, count }: IdParts): string {
  if (!(Number.isSafeInteger(time) && time >= 0 && time < 2 ** 48)) {
    throw new RangeError(`The time of an id is a number of milliseconds below 2^48, not ${time}`);
  }
  if (!(Number.isSafeInteger(count) && count >= 0 && count < 2 ** 32)) {
    throw new RangeError(`The count of an id is a number below 2^32, not ${count}`);
  }
  return time.toString(16).padStart(TIME_DIGITS, "0") + count.toString(16).padStart(COUNT_DIGITS, "0");
}

/** Takes an id apart, or gives `null` when it is none: clients send all sorts of things. */
export function parseId(id: string): IdParts | null {
  if (!ID.test(id)) return null;
  return {
    time: Number.parseInt(id.slice(0, TIME_DIGITS), 16),
    count: Number.parseInt(id.slice(TIME_DIGITS), 16),
  };
}

export interface IdSourceOptions {
  /** The last id of before: all others are greater, whatever the clock says. */
  readonly after?: string;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Makes ids that rise: by the clock, and by the count while the clock stands still or goes back. */
export class IdSource {
  readonly #now: () => number;
  #time: number;
  #count: number;

  /** @throws RangeError when `after` is no id */
  constructor({ after, now = Date.now }: IdSourceOptions = {}) {
    const last = after === undefined ? { time: Math.floor(now()), count: 0 } : parseId(after);
    if (last === null) throw new RangeError("The last id of before is no id: 20 hexadecimal digits");
    this.#now = now;
    this.#time = last.time;
    this.#count = last.count;
  }

  next(): string {
    const now = Math.floor(this.#now());
    if (now > this.#time) {
      this.#time = now;
      this.#count = 0;
    } else if (++this.#count === 2 ** 32) {
      this.#time++;
      this.#count = 0;
    }
    return formatId({ time: this.#time, count: this.#count });
  }
}
