import { lowerCase } from "./characters.ts";

/** Header fields as they are written: name and value, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Header fields as they are given: an array of pairs, a `Map`, a `HeaderFields`. */
export type HeaderSource = Iterable<readonly [name: string, value: string]>;

/**
 * The header fields of a head: in the order of the wire, found by name in any letter case, immutable. Any name is
 * safe, `__proto__` included. Nothing is validated here: what is received was checked by the reader, what is sent
 * is checked by the writer.
 *
 * @example
 * ```ts
 * const headers = HeaderFields.fromRaw(["Connection", "keep-alive", "connection", "Upgrade"]);
 * console.log(headers.get("CONNECTION")); // → keep-alive, Upgrade
 * ```
 */
export class HeaderFields {
  readonly #list: HeaderList;
  readonly #values = new Map<string, string[]>();

  private constructor(list: HeaderList) {
    this.#list = list;
    for (const [name, value] of list) {
      const key = lowerCase(name);
      const values = this.#values.get(key);
      if (values === undefined) this.#values.set(key, [value]);
      else values.push(value);
    }
  }

  /**
   * From the flat list that Node calls `rawHeaders`: name, value, name, value.
   *
   * @throws TypeError when a value is missing.
   */
  static fromRaw(raw: readonly string[]): HeaderFields {
    const list: [string, string][] = [];
    for (let i = 0; i < raw.length; i += 2) {
      const [name, value] = [raw[i], raw[i + 1]];
      if (name === undefined || value === undefined) throw new TypeError("The last header has no value");
      list.push([name, value]);
    }
    return new this(list);
  }

  /** From pairs of name and value. */
  static from(entries: HeaderSource): HeaderFields {
    return new this(Array.from(entries, ([name, value]) => [name, value] as const));
  }

  /** How many lines there are. */
  get size(): number {
    return this.#list.length;
  }

  /** The value, several lines joined with ", " (RFC 9110 section 5.3), or null when there is none. */
  get(name: string): string | null {
    return this.#values.get(lowerCase(name))?.join(", ") ?? null;
  }

  /** The value of each line with this name, in order. */
  getAll(name: string): readonly string[] {
    return this.#values.get(lowerCase(name)) ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(lowerCase(name));
  }

  /** Name and value of each line, in order. */
  toJSON(): HeaderList {
    return this.#list;
  }

  /** How Node prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return { HeaderFields: this.#list };
  }

  /** Name and value of each line, in order. */
  entries(): IterableIterator<readonly [name: string, value: string]> {
    return this.#list.values();
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.entries();
  }
}
