import { toText, wrongOctet } from "../src/explain/utf8.ts";
import { count, hexRows } from "../src/format.ts";
import { h } from "./dom.ts";

/** Octets that are shown at first, and at most. */
const FIRST = 512;
const MOST = 64 * 1024;

export interface Shown {
  readonly title: string;
  readonly octets: Uint8Array;
  /** Where the first octet is in the stream, or in the message. */
  readonly offset: number;
  readonly narrow: boolean;
  /** Whether the text is worth showing, too; with the place where it stops being text. */
  readonly text: "whole" | "part" | null;
}

/** Octets in hex, and as text. */
export function payloadView({ title, octets, offset, narrow, text }: Shown): HTMLElement {
  const wrong = text === null ? null : wrongOctet(octets, text === "whole");
  const dump = h("pre", { class: "dump", tabindex: 0, "aria-label": `${title}, in hex` });
  const show = (size: number) =>
    dump.replaceChildren(...dumpRows(octets.subarray(0, size), offset, narrow, wrong));
  show(FIRST);
  const more = h(
    "button",
    {
      type: "button",
      class: "quiet",
      click: () => {
        show(MOST);
        more.remove();
      },
    },
    octets.length > MOST ? `Show the first ${MOST / 1024} KiB` : `Show all ${count(octets.length, "octet")}`,
  );
  return h(
    "section",
    { class: "octets" },
    h("h4", {}, title, h("small", {}, count(octets.length, "octet"))),
    text !== null && textView(octets, wrong),
    dump,
    octets.length > FIRST && more,
  );
}

function textView(octets: Uint8Array, wrong: number | null): HTMLElement {
  const shown = toText(octets.subarray(0, MOST));
  const note =
    wrong === null
      ? null
      : wrong === octets.length
        ? "It ends inside of a code point."
        : `It is not UTF-8 from octet ${wrong} on.`;
  return h(
    "div",
    {},
    h("pre", { class: "text", tabindex: 0, dir: "auto", "aria-label": "As text" }, shown),
    note !== null && h("p", { class: "hint bad" }, note),
  );
}

function* dumpRows(
  octets: Uint8Array,
  offset: number,
  narrow: boolean,
  wrong: number | null,
): Generator<HTMLElement> {
  const width = narrow ? 8 : 16;
  const digits = String(offset + octets.length).length;
  for (const [row, { offset: place, hex, text }] of hexRows(octets, offset, width).entries()) {
    const bad = wrong === null ? -1 : wrong - row * width;
    const pairs = hex.join(" ").padEnd(3 * width - 1);
    const inside = bad >= 0 && bad < hex.length;
    yield h(
      "span",
      { class: "row" },
      h("span", { class: "place" }, String(place).padStart(digits)),
      inside
        ? h(
            "span",
            {},
            pairs.slice(0, 3 * bad),
            h("mark", {}, pairs.slice(3 * bad, 3 * bad + 2)),
            pairs.slice(3 * bad + 2),
          )
        : h("span", {}, pairs),
      h("span", { class: "ascii" }, text),
      "\n",
    );
  }
}
