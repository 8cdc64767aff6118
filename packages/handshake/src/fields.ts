import { equalsIgnoringCase } from "./characters.ts";

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
  /** Name, value, name, value. Found by a search: a head is looked at a few times, and then never again. */
  readonly #raw: readonly string[];

  private constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  /**
   * From the flat list that Node calls `rawHeaders`: name, value, name, value.
   *
   * @throws TypeError when a value is missing.
   */
  static fromRaw(raw: readonly string[]): HeaderFields {
    if (raw.length % 2 !== 0) throw new TypeError("The last header has no value");
    return new this(raw.slice());
  }

  /** From pairs of name and value. */
  static from(entries: HeaderSource): HeaderFields {
    if (entries instanceof HeaderFields) return entries;
    const raw: string[] = [];
    for (const [name, value] of entries) raw.push(name, value);
    return new this(raw);
  }

  /** How many lines there are. */
  get size(): number {
    return this.#raw.length / 2;
  }

  /** The value, several lines joined with ", " (RFC 9110 section 5.3), or null when there is none. */
  get(name: string): string | null {
    let at = this.#find(name);
    if (at < 0) return null;
    let value = this.#raw[at + 1]!;
    while ((at = this.#find(name, at + 2)) >= 0) value += `, ${this.#raw[at + 1]!}`;
    return value;
  }

  /** The value of each line with this name, in order. */
  getAll(name: string): readonly string[] {
    const values: string[] = [];
    for (let at = this.#find(name); at >= 0; at = this.#find(name, at + 2)) values.push(this.#raw[at + 1]!);
    return values;
  }

  has(name: string): boolean {
    return this.#find(name) >= 0;
  }

  /** Whether there is more than one line with this name. */
  isRepeated(name: string): boolean {
    const first = this.#find(name);
    return first >= 0 && this.#find(name, first + 2) >= 0;
  }

  /** Name and value of each line, in order. */
  toJSON(): HeaderList {
    return [...this];
  }

  /** How Node prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return { HeaderFields: this.toJSON() };
  }

  /** Name and value of each line, in order. */
  *entries(): IterableIterator<readonly [name: string, value: string]> {
    const raw = this.#raw;
    for (let at = 0; at < raw.length; at += 2) yield [raw[at]!, raw[at + 1]!];
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.entries();
  }

  /** Where the first line with this name is, from a place on; -1 when there is none. */
  #find(name: string, from = 0): number {
    const raw = this.#raw;
    for (let at = from; at < raw.length; at += 2) if (equalsIgnoringCase(raw[at]!, name)) return at;
    return -1;
  }
}
