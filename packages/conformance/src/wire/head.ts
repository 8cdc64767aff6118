import { concat } from "./octets.ts";

/** A start line and its fields, as they came. */
export interface Head {
  readonly line: string;
  /** Names as they came, values without blanks around them. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** All of it, for a report. */
  readonly text: string;
}

const LARGEST = 65_536;
const latin1 = new TextDecoder("latin1");

/** Reads the head of a request or a response from the pieces in which it arrives. */
export class HeadReader {
  #octets: Uint8Array = new Uint8Array();

  /**
   * The head and what came after it; null while it is not complete.
   *
   * @throws RangeError when it has more than 64 KiB
   */
  receive(piece: Uint8Array): { head: Head; rest: Uint8Array } | null {
    const from = Math.max(0, this.#octets.length - 3);
    this.#octets = concat(this.#octets, piece);
    const end = endOfHead(this.#octets, from);
    if (end === -1 && this.#octets.length > LARGEST) throw new RangeError("the head has more than 64 KiB");
    if (end === -1) return null;
    return { head: parseHead(latin1.decode(this.#octets.subarray(0, end))), rest: this.#octets.slice(end) };
  }

  /** What has arrived of a head that is not complete. */
  get text(): string {
    return latin1.decode(this.#octets);
  }
}

function endOfHead(octets: Uint8Array, from: number): number {
  for (let i = from; i + 3 < octets.length; i++) {
    if (octets[i] === 13 && octets[i + 1] === 10 && octets[i + 2] === 13 && octets[i + 3] === 10)
      return i + 4;
  }
  return -1;
}

function parseHead(text: string): Head {
  const [line = "", ...lines] = text.trimEnd().split("\r\n");
  const fields = lines.map((entry) => {
    const at = entry.indexOf(":");
    return at === -1 ? ([entry, ""] as const) : ([entry.slice(0, at), entry.slice(at + 1).trim()] as const);
  });
  return { line, fields, text };
}

/** All values of a field, its name in lower case. */
export function valuesOf(head: Head, name: string): string[] {
  return head.fields.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
}

/** The values of a field that is a list, joined; null when it is absent. */
export function listOf(head: Head, name: string): string | null {
  const values = valuesOf(head, name);
  return values.length === 0 ? null : values.join(", ");
}

/** Whether a list has this token, in any case. */
export function hasToken(list: string | null, token: string): boolean {
  return list !== null && list.split(",").some((element) => element.trim().toLowerCase() === token);
}

/** The status code of a response; 0 when its first line is none. */
export function statusOf(head: Head): number {
  return Number(/^HTTP\/1\.\d (\d{3})(?: |$)/.exec(head.line)?.[1] ?? 0);
}
