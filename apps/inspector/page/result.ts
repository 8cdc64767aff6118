import { type Explanation, explain, violationsOf } from "../src/explain/explain.ts";
import { count } from "../src/format.ts";
import type { View } from "../src/link.ts";
import { h } from "./dom.ts";
import { frameView } from "./frame-view.ts";

/** Frames that are listed at a time. */
const PAGE = 100;

/** How a view is shown. */
export interface Look {
  readonly notes: readonly string[];
  /** Whether figures and dumps have half the columns. */
  readonly narrow: boolean;
  /** The frames that are open; when none is, the first that breaks a rule is opened. Kept up to date. */
  readonly open: Set<number>;
  /** Called after a frame was opened or closed. */
  readonly toggled: (frame: number) => void;
}

/** Explains what a view shows. */
export function resultView({ octets, context }: View, { notes, narrow, open, toggled }: Look): HTMLElement {
  const explanation = explain(octets, context);
  const { frames, rest } = explanation;
  if (open.size === 0) {
    open.add(frames.find(({ faults }) => faults.some(({ level }) => level === "violation"))?.index ?? 0);
  }
  const list = h("ol", { class: "frames" });
  const more = h("button", { type: "button", click: () => grow() });
  const grow = () => {
    const start = list.childElementCount;
    for (const next of frames.slice(start, start + PAGE)) {
      const { index } = next;
      const details = frameView(next, { octets, explanation, narrow }, open.has(index));
      details.addEventListener("toggle", () => {
        // There is an event for the first state, too.
        if (details.open === open.has(index)) return;
        if (details.open) open.add(index);
        else open.delete(index);
        toggled(index);
      });
      list.append(h("li", {}, details));
    }
    more.hidden = list.childElementCount === frames.length;
    more.textContent = `Show more of ${count(frames.length, "frame")}`;
  };
  const last = Math.max(...open);
  do grow();
  while (list.childElementCount <= last && !more.hidden);
  return h(
    "section",
    { class: "result", "aria-label": "Frames" },
    h("p", { class: "summary" }, ...summaryOf(explanation)),
    ...notes.map((note) => h("p", { class: "hint" }, note)),
    list,
    more,
    rest !== null &&
      h("p", { class: "hint" }, `${count(rest.size, "octet")} from ${rest.offset} on are left: ${rest.why}.`),
  );
}

function summaryOf(explanation: Explanation): (HTMLElement | string)[] {
  const violations = violationsOf(explanation).length;
  const { frames, messages } = explanation;
  if (frames.length === 0) return ["Nothing to inspect yet."];
  return [
    `${count(frames.length, "frame")}, ${count(messages.length, "message")} `,
    h(
      "strong",
      { class: violations === 0 ? "badge good" : "badge bad" },
      violations === 0 ? "no violation" : count(violations, "violation"),
    ),
  ];
}
