import { type Cell, diagram } from "../src/explain/diagram.ts";
import type { ExplainedFrame } from "../src/explain/frame.ts";
import type { FieldName } from "../src/explain/header.ts";
import { h } from "./dom.ts";

/** Gives each field its colour. */
export const KINDS: Readonly<Record<FieldName, string>> = {
  FIN: "fin",
  RSV1: "rsv",
  RSV2: "rsv",
  RSV3: "rsv",
  opcode: "opcode",
  MASK: "mask",
  "Payload len": "length",
  "Extended payload length": "length",
  "Masking-key": "key",
  "Payload data": "payload",
};

/** The figure of RFC 6455 section 5.2, with the bits of this frame. The table beside it says the same in words. */
export function diagramView(octets: Uint8Array, frame: ExplainedFrame, narrow: boolean): HTMLElement {
  const columns = narrow ? 16 : 32;
  const rows = diagram(octets, frame, columns);
  const shown = rows.flat().reduce((sum, { bits }) => sum + bits.length, 0) / 8;
  const hidden = frame.size - shown;
  return h(
    "div",
    {
      class: `diagram columns-${columns}`,
      role: "img",
      "aria-label": "The bits of the frame, as RFC 6455 draws them",
    },
    ...Array.from({ length: columns }, (_, bit) =>
      h("span", { class: "ruler" }, bit % 8 === 0 || bit % 8 === 7 ? String(bit) : ""),
    ),
    ...rows.flatMap((row) => row.map(cellView)),
    hidden > 0 && h("span", { class: "more" }, `… ${hidden.toLocaleString("en")} more octets of payload`),
  );
}

function cellView({ name, column, bits, continued }: Cell): HTMLElement {
  const label = continued ? `… ${name}` : name;
  const cell = h(
    "span",
    { class: `cell ${KINDS[name]}${bits.length === 1 ? " single" : ""}`, title: `${name}: ${bits}` },
    h("span", { class: "name" }, label),
    h("span", { class: "bits" }, ...bits.split("").map((bit) => h("i", {}, bit))),
  );
  cell.style.gridColumn = `${column + 1} / span ${bits.length}`;
  return cell;
}
