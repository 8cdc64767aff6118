import type { Fault } from "../src/explain/faults.ts";
import { h } from "./dom.ts";

/** What is wrong, or worth knowing, with a link to the rule. */
export function faultList(faults: readonly Fault[]): HTMLElement | null {
  if (faults.length === 0) return null;
  return h("ul", { class: "faults" }, ...faults.map(faultItem));
}

function faultItem({ level, text, rfc, section, closeCode, offset }: Fault): HTMLElement {
  const sign = level === "violation" ? "Violation" : "Note";
  return h(
    "li",
    { class: `fault ${level}` },
    h("strong", { class: "sign" }, sign),
    h("span", {}, text),
    h(
      "span",
      { class: "rule" },
      h(
        "a",
        {
          href: `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`,
          target: "_blank",
          rel: "noreferrer",
        },
        `RFC ${rfc}, section ${section}`,
      ),
      ` · octet ${offset}`,
      closeCode !== null && ` · answered with ${closeCode}`,
    ),
  );
}
