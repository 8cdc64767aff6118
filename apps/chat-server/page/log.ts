import { byId, fill, type Item } from "./dom.ts";

const log = byId("log");
const list = byId("messages");
const NEAR = 80;

let atEnd = true;
let shown = "";

/** Shows the messages of a room: at its end, unless somebody is reading further up. */
export function showMessages(room: string, items: readonly Item[]): void {
  const changed = room !== shown;
  shown = room;
  const first = list.querySelector<HTMLElement>(".message");
  const before = first?.offsetTop ?? 0;
  if (changed) list.replaceChildren();
  fill(list, items);
  if (changed || atEnd) toEnd();
  else {
    // Older messages may have come above: what is being read stays where it is.
    const same = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(first?.dataset["key"] ?? "")}"]`);
    if (same !== null) log.scrollTop += same.offsetTop - before;
  }
  byId("newest").hidden = atEnd || changed;
}

export function toEnd(): void {
  log.scrollTop = log.scrollHeight;
  atEnd = true;
}

/** Whether the newest message is in view. */
export function isAtEnd(): boolean {
  return atEnd;
}

/** Brings a message into view. */
export function reveal(seq: string): boolean {
  const element = list.querySelector<HTMLElement>(`[data-seq="${CSS.escape(seq)}"]`);
  element?.scrollIntoView({ block: "center" });
  element?.classList.add("revealed");
  return element !== null;
}

/** @param reached called when somebody has scrolled to the end, or to the beginning */
export function watchLog(reached: (where: "end" | "beginning") => void): void {
  log.addEventListener("scroll", () => {
    const near = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (near && !atEnd) reached("end");
    atEnd = near;
    if (near) byId("newest").hidden = true;
    if (log.scrollTop < NEAR && log.scrollHeight > log.clientHeight) reached("beginning");
  });
  byId("newest").addEventListener("click", () => {
    toEnd();
    reached("end");
  });
  // A picture that is there at last, or a keyboard of a phone, must not push the newest message out of view.
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(list);
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(log);
}
