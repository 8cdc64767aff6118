import { parseArgs } from "node:util";
import { Mistake } from "./exit.ts";

export type Flags = Readonly<
  Record<
    string,
    { readonly type: "string" | "boolean"; readonly multiple?: boolean; readonly short?: string }
  >
>;

const UNITS = new Map([
  ["", 1],
  ["b", 1],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
]);

/** The largest message that may be asked for, in octets: a longer text may not fit into one string. */
const LARGEST_SIZE = 256 * 2 ** 20;

/** What was given on the command line. Every method throws a Mistake when a value is none of its kind. */
export class Arguments<Names extends string> {
  /** Without options. */
  readonly positionals: readonly string[];
  /** What follows "--"; null when there is none. */
  readonly program: readonly string[] | null;
  readonly #values = new Map<string, string[]>();

  /** @throws Mistake when there is an option that is not known, or one that lacks its value */
  constructor(args: readonly string[], flags: Flags & Record<Names, unknown>) {
    const separator = args.indexOf("--");
    const own = separator === -1 ? args : args.slice(0, separator);
    this.program = separator === -1 ? null : args.slice(separator + 1);
    // Not strict: the checks here give the same short messages on every version of Node.
    const { tokens, positionals } = parseArgs({
      args: [...own],
      options: { ...flags },
      strict: false,
      allowPositionals: true,
      tokens: true,
    });
    this.positionals = positionals;
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
      if (flag === undefined) throw new Mistake(`Unknown option ${token.rawName}.`);
      if (flag.type === "string" && !token.value) throw new Mistake(`${token.rawName} needs a value.`);
      if (flag.type === "boolean" && token.value !== undefined) {
        throw new Mistake(`${token.rawName} takes no value.`);
      }
      const before = this.#values.get(token.name) ?? [];
      if (before.length > 0 && flag.multiple !== true && flag.type === "string") {
        throw new Mistake(`${token.rawName} can be given once only.`);
      }
      this.#values.set(token.name, [...before, token.value ?? ""]);
    }
  }

  /** The options that were given. */
  get names(): Iterable<string> {
    return this.#values.keys();
  }

  has(name: Names): boolean {
    return this.#values.has(name);
  }

  text(name: Names): string | undefined {
    return this.#values.get(name)?.[0];
  }

  list(name: Names): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** A whole number. */
  whole(name: Names, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new Mistake(`--${name} takes a number from ${min} to ${max}, not "${text}".`);
  }

  /** Octets, such as 65536, 64KiB or 1MiB. */
  size(name: Names, min = 1): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const [, amount = "", unit = ""] = /^(\d{1,10}) ?([a-z]*)$/i.exec(text) ?? [];
    const size = Number(amount || Number.NaN) * (UNITS.get(unit.toLowerCase()) ?? Number.NaN);
    if (size >= min && size <= LARGEST_SIZE) return size;
    throw new Mistake(`--${name} takes octets from ${min} to 256MiB, such as 65536 or 64KiB, not "${text}".`);
  }

  /** "Name: value", several times. */
  headers(name: Names): readonly (readonly [name: string, value: string])[] {
    return this.list(name).map((field) => {
      const [, header, value] = /^([^\s:]+):\s*(.*)$/s.exec(field) ?? [];
      if (header === undefined || value === undefined) throw new Mistake(`--${name} takes "Name: value".`);
      return [header, value] as const;
    });
  }

  /** The one argument that is no option. */
  only(what: string): string {
    const [first, ...more] = this.positionals;
    if (first === undefined) throw new Mistake(`${what} is missing.`);
    if (more.length > 0) throw new Mistake(`Unexpected argument "${more[0]}".`);
    return first;
  }

  /** @throws Mistake when there is anything but options, or a program after "--" */
  none({ program = false } = {}): void {
    if (this.positionals.length > 0) throw new Mistake(`Unexpected argument "${this.positionals[0]}".`);
    if (!program) this.noProgram();
  }

  noProgram(): void {
    if (this.program !== null) throw new Mistake("Nothing may follow --.");
  }
}

/** The longest time that a timer can have, in milliseconds. */
export const MAX_TIME = 2_147_483_647;
