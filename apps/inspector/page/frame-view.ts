import { Opcode } from "@plyws/frame";
import type { Explanation } from "../src/explain/explain.ts";
import type { ExplainedFrame } from "../src/explain/frame.ts";
import { type Field, opcodeName } from "../src/explain/header.ts";
import type { ExplainedMessage } from "../src/explain/messages.ts";
import { toText } from "../src/explain/utf8.ts";
import { count, toHex } from "../src/format.ts";
import { diagramView, KINDS } from "./diagram-view.ts";
import { h } from "./dom.ts";
import { faultList } from "./fault-view.ts";
import { payloadView } from "./payload-view.ts";

/** What all frames of a view have in common. */
export interface Surroundings {
  readonly octets: Uint8Array;
  readonly explanation: Explanation;
  readonly narrow: boolean;
}

/** A frame in one line, which opens to everything that there is to say about it. */
export function frameView(frame: ExplainedFrame, around: Surroundings, open: boolean): HTMLDetailsElement {
  const body = h("div", { class: "body" });
  const details = h(
    "details",
    { class: frame.ignored ? "frame ignored" : "frame", open },
    summaryOf(frame),
    body,
  );
  const fill = () => {
    if (details.open && body.childElementCount === 0) body.append(...bodyOf(frame, around));
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}

function summaryOf({
  index,
  offset,
  size,
  header,
  payload,
  closing,
  faults,
  ignored,
}: ExplainedFrame): HTMLElement {
  const name = opcodeName(header.opcode);
  const violations = faults.filter(({ level }) => level === "violation").length;
  const notes = faults.length - violations;
  const about = [
    header.fin ? null : "FIN 0",
    (header.rsv & 0x40) === 0 ? null : "RSV1",
    header.masked === true ? "masked" : null,
    count(payload.length, "octet"),
    ignored ? "not looked at" : null,
  ];
  const preview =
    closing === null ? toText(payload.subarray(0, 80)) : `${closing.code ?? "no code"} ${closing.reason}`;
  return h(
    "summary",
    {},
    h("span", { class: "number" }, `${index + 1}`),
    h("span", { class: `opcode-name kind-${name.toLowerCase()}` }, name),
    h("span", { class: "about" }, about.filter((part) => part !== null).join(" · ")),
    h(
      "span",
      { class: "preview", dir: "auto" },
      isReadable(preview) ? preview : toHex(payload.subarray(0, 24)),
    ),
    violations > 0 && h("span", { class: "badge bad" }, count(violations, "violation")),
    notes > 0 && h("span", { class: "badge" }, count(notes, "note")),
    h("span", { class: "place", title: `octets ${offset} to ${offset + size - 1}` }, `at ${offset}`),
  );
}

// oxlint-disable-next-line no-control-regex -- those are what is looked for
const isReadable = (text: string): boolean => !/[\0-\x08\x0e-\x1f\ufffd]/.test(text);

function bodyOf(frame: ExplainedFrame, around: Surroundings): HTMLElement[] {
  const { octets, explanation, narrow } = around;
  const { header, payload, sent, payloadOffset, closing, ignored, missing } = frame;
  const parts = [
    ignored
      ? h(
          "p",
          { class: "hint" },
          "A receiver does not look at this frame any more: an earlier one ended the connection.",
        )
      : null,
    faultList(frame.faults),
    h("h4", {}, "Header", h("small", {}, count(header.size, "octet"))),
    diagramView(octets, frame, narrow),
    fieldTable(octets, frame),
    closing === null
      ? null
      : h(
          "p",
          { class: "closing" },
          h("strong", {}, String(closing.code ?? "No code")),
          ` ${closing.meaning}`,
        ),
  ];
  if (payload.length > 0) {
    const common = { offset: payloadOffset, narrow };
    // A fragment or a compressed payload is no text by itself.
    const isText = header.opcode === Opcode.Text && header.fin && (header.rsv & 0x40) === 0;
    const text = isText ? (missing === 0n ? "whole" : "part") : null;
    if (header.masked === true) {
      parts.push(payloadView({ ...common, title: "Payload as sent", octets: sent, text: null }));
    }
    const title = header.masked === true ? "Payload, unmasked" : "Payload";
    parts.push(payloadView({ ...common, title, octets: payload, text }));
  }
  const message = explanation.messages.find(({ index }) => index === frame.message);
  if (message !== undefined) parts.push(messageView(message, frame, around));
  return parts.filter((part) => part !== null);
}

function fieldTable(octets: Uint8Array, { offset, header }: ExplainedFrame): HTMLElement {
  return h(
    "table",
    { class: "fields" },
    h("caption", { class: "unseen" }, "The fields of the header"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col", class: "place" }, "Offset"),
        ...["Octets", "Field", "Value", "Meaning"].map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      ...header.fields.map((field) => {
        const first = firstOctet(field);
        const begins = field.bit % 8 === 0;
        const sharing = header.fields.filter((other) => firstOctet(other) === first);
        const last = Math.ceil((field.bit + field.bits) / 8);
        return h(
          "tr",
          {},
          begins && h("td", { class: "place", rowspan: sharing.length }, String(offset + first)),
          begins &&
            h(
              "td",
              { class: "mono", rowspan: sharing.length, "data-offset": offset + first },
              toHex(octets.subarray(offset + first, offset + last)),
            ),
          h("th", { scope: "row" }, h("span", { class: `swatch ${KINDS[field.name]}` }), field.name),
          h("td", { class: "mono" }, field.value),
          h("td", {}, field.meaning),
        );
      }),
    ),
  );
}

const firstOctet = ({ bit }: Field): number => bit >> 3;

/** All of them, unless they are too many to name. */
function framesOf(frames: readonly number[]): string {
  if (frames.length <= 12) return `the frames ${frames.map((index) => index + 1).join(", ")}`;
  return `${count(frames.length, "frame")}, the first ${(frames[0] ?? 0) + 1} and the last ${(frames.at(-1) ?? 0) + 1}`;
}

function messageView(
  message: ExplainedMessage,
  frame: ExplainedFrame,
  { narrow }: Surroundings,
): HTMLElement {
  const { index, type, frames, compressed, complete, payloadSize, content, size } = message;
  const about = [
    `Message ${index + 1}, ${type}${complete ? "" : ", not finished"}`,
    frames.length === 1 ? "in this frame alone" : `in ${framesOf(frames)}`,
    compressed && content !== null ? `inflated from ${payloadSize} to ${count(size, "octet")}` : null,
  ];
  const whole = complete && content?.length === size;
  const repeats = frames.length === 1 && !compressed;
  const isLast = frames.at(-1) === frame.index;
  return h(
    "section",
    { class: "message" },
    h("p", { class: "hint" }, `${about.filter((part) => part !== null).join(", ")}.`),
    content !== null &&
      !repeats &&
      isLast &&
      payloadView({
        title: compressed ? "Message, inflated" : "Message, put together",
        octets: content,
        offset: 0,
        narrow,
        text: type === "text" ? (whole ? "whole" : "part") : null,
      }),
    !isLast &&
      !repeats &&
      h("p", { class: "hint" }, `Its content is with its last fragment, frame ${(frames.at(-1) ?? 0) + 1}.`),
  );
}
