import { byId, h } from "./dom.ts";
import { t } from "./texts.ts";

interface Asked {
  readonly title: string;
  readonly ok: string;
  readonly body: readonly HTMLElement[];
  /** Whether there is a way out without an answer. */
  readonly cancel?: boolean;
  /** Called with the answer: a text why it is none, which may be empty, keeps the dialog open; null closes it. */
  readonly done: () => Promise<string | null> | string | null;
}

const dialog = byId("dialog", HTMLDialogElement);
const problem = byId("dialog-problem");
let asked: Asked | null = null;

/** Asks something in a dialog; the page waits behind it. */
export function ask(question: Asked): void {
  asked = question;
  byId("dialog-title").textContent = question.title;
  byId("dialog-body").replaceChildren(...question.body);
  byId("dialog-ok").textContent = question.ok;
  byId("dialog-cancel").hidden = question.cancel === false;
  byId("dialog-cancel").textContent = t("cancel");
  tell(null);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector<HTMLElement>("input")?.focus();
}

/** Shows something in a dialog. */
export function show(title: string, body: readonly HTMLElement[]): void {
  ask({ title, ok: t("close"), body, cancel: false, done: () => null });
  asked = null;
}

/** Says in the dialog what is wrong. */
export function tell(text: string | null): void {
  problem.textContent = text;
  problem.hidden = text === null;
}

export function close(): void {
  asked = null;
  dialog.close();
}

export function isAsking(): boolean {
  return dialog.open && asked !== null;
}

export function field(
  id: string,
  label: string,
  hint: string,
  value = "",
  options: readonly string[] = [],
): HTMLElement {
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    h("input", {
      id,
      value,
      type: "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      dir: "auto",
      maxlength: 100,
      "aria-describedby": `${id}-hint`,
      ...(options.length > 0 && { list: `${id}-list` }),
    }),
    options.length > 0 &&
      h("datalist", { id: `${id}-list` }, ...options.map((option) => h("option", { value: option }))),
    h("p", { id: `${id}-hint`, class: "dim" }, hint),
  );
}

export function valueOf(id: string): string {
  return byId(id, HTMLInputElement).value;
}

async function answer(question: Asked): Promise<void> {
  const why = await question.done();
  if (asked !== question) return;
  if (why === null) close();
  else tell(why === "" ? null : why);
}

byId("dialog-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (asked === null) dialog.close();
  else void answer(asked);
});
byId("dialog-cancel").addEventListener("click", close);
// Escape is no way around a question that has to be answered.
dialog.addEventListener("cancel", (event) => {
  if (byId("dialog-cancel").hidden && asked !== null) event.preventDefault();
});
dialog.addEventListener("close", () => (asked = null));
