import type { Message } from "../src/protocol/answers.ts";
import { byId } from "./dom.ts";
import { t } from "./texts.ts";

interface Composed {
  send(text: string, reply: string | undefined): void;
  edit(seq: string, text: string): void;
  files(files: readonly File[], text: string): void;
  typing(): void;
  /** The last message of this person, to be corrected. */
  last(): Message | undefined;
}

type About = { readonly kind: "reply" | "edit"; readonly message: Message };

const TYPING_EVERY_MS = 2500;

const text = byId("text", HTMLTextAreaElement);
const file = byId("file", HTMLInputElement);
let about: About | null = null;
let typed = Number.NEGATIVE_INFINITY;

/** Where a person writes. */
export function compose(composed: Composed): void {
  byId("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    const written = text.value.trim();
    if (written === "") return;
    if (about?.kind === "edit") {
      if (written !== about.message.text) composed.edit(about.message.seq, written);
    } else composed.send(written, about?.message.seq);
    clear();
  });
  text.addEventListener("keydown", (event) => {
    // Enter also ends the composition of a Chinese word, and is not meant for us then.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("compose", HTMLFormElement).requestSubmit();
    } else if (event.key === "Escape" && about !== null) clear();
    else if (event.key === "ArrowUp" && text.value === "") {
      const last = composed.last();
      if (last !== undefined) {
        event.preventDefault();
        writeAbout(last, "edit");
      }
    }
  });
  text.addEventListener("input", () => {
    const now = performance.now();
    if (text.value === "" || now - typed < TYPING_EVERY_MS) return;
    typed = now;
    composed.typing();
  });
  byId("context-end").addEventListener("click", clear);
  const take = (files: readonly File[]) => {
    if (files.length === 0) return;
    composed.files(files, text.value.trim());
    clear();
  };
  file.addEventListener("change", () => {
    take([...(file.files ?? [])]);
    file.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) event.preventDefault();
    take(files);
  });
  dropFiles(take);
}

function dropFiles(take: (files: readonly File[]) => void): void {
  const drop = byId("drop");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.hidden = true;
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === true;
}

/** What is written is about this message. */
export function writeAbout(message: Message, kind: About["kind"]): void {
  about = { message, kind };
  byId("context").hidden = false;
  byId("context-text").textContent = `${t(kind)}: ${message.text || (message.file?.name ?? "")}`;
  byId("send").textContent = t(kind === "edit" ? "save" : "send");
  if (kind === "edit") text.value = message.text;
  text.focus();
}

/** Nothing is written. */
export function clear(): void {
  about = null;
  text.value = "";
  byId("context").hidden = true;
  byId("send").textContent = t("send");
}

/** The room that it goes to. */
export function address(room: string): void {
  text.placeholder = t("placeholder", { room });
}
