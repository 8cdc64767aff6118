/** What a careless check of UTF-8 lets pass. */
export type Utf8Fault = "surrogates" | "overlong" | "beyond" | "long-forms";

/** A check of UTF-8 octet by octet, as one writes it in an afternoon, with the mistakes that are made then. */
export class Utf8Check {
  readonly #allows: ReadonlySet<string>;
  #left = 0;
  #point = 0;
  #smallest = 0;

  constructor(allows: ReadonlySet<string> = new Set()) {
    this.#allows = allows;
  }

  /** False as soon as this cannot become UTF-8 any more. */
  write(octets: Uint8Array): boolean {
    for (const octet of octets) if (!this.#octet(octet)) return false;
    return true;
  }

  get complete(): boolean {
    return this.#left === 0;
  }

  #octet(octet: number): boolean {
    if (this.#left === 0) return this.#lead(octet);
    if ((octet & 0xc0) !== 0x80) return false;
    this.#point = this.#point * 64 + (octet & 0x3f);
    this.#left--;
    // What the rest can still make of it.
    const least = this.#point * 64 ** this.#left;
    const most = least + 64 ** this.#left - 1;
    if (most < this.#smallest && !this.#allows.has("overlong")) return false;
    if (least >= 0xd800 && most <= 0xdfff && !this.#allows.has("surrogates")) return false;
    return least <= 0x10ffff || this.#allows.has("beyond");
  }

  #lead(octet: number): boolean {
    if (octet < 0x80) return true;
    const forms = [
      [0xc0, 0xdf, 1, 0x80],
      [0xe0, 0xef, 2, 0x800],
      [0xf0, 0xf7, 3, 0x10000],
      [0xf8, 0xfb, 4, 0x200000],
      [0xfc, 0xfd, 5, 0x4000000],
    ] as const;
    const form = forms.find(([from, to]) => octet >= from && octet <= to);
    if (form === undefined) return false;
    const [from, , left, smallest] = form;
    if (left > 3 && !this.#allows.has("long-forms")) return false;
    this.#left = left;
    this.#smallest = smallest;
    this.#point = octet - from;
    if (left === 1 && octet < 0xc2 && !this.#allows.has("overlong")) return false;
    return octet < 0xf5 || this.#allows.has("beyond") || this.#allows.has("long-forms");
  }
}
