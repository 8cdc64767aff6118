import { EXAMPLES, type Example } from "../src/examples.ts";
import type { Context } from "../src/explain/explain.ts";
import { h } from "./dom.ts";

/** What somebody does at the controls. */
export interface Actions {
  text(text: string, pasted: boolean): void;
  file(file: File): void;
  example(example: Example): void;
  direction(index: number): void;
  context(context: Context): void;
  clear(): void;
}

export interface Controls {
  readonly element: HTMLElement;
  showText(text: string): void;
  showStatus(text: string, isProblem: boolean): void;
  showContext(context: Context): void;
  /** The name of a file that is looked at, null for none. */
  showFile(name: string | null): void;
  /** The first one is chosen. */
  showDirections(labels: readonly string[]): void;
}

/** The form: octets, where they come from, and how they are to be read. */
export function createControls(actions: Actions): Controls {
  const octets = h("textarea", {
    id: "octets",
    rows: 5,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    placeholder: "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    "aria-describedby": "octets-hint status",
    input: (event) => {
      actions.text(octets.value, event instanceof InputEvent && event.inputType === "insertFromPaste");
    },
  });
  const status = h("p", { id: "status", class: "status", role: "status" });
  const file = h("input", {
    type: "file",
    id: "file",
    change: () => {
      const [chosen] = file.files ?? [];
      if (chosen !== undefined) actions.file(chosen);
      file.value = "";
    },
  });
  const fileName = h("span", { class: "file-name", dir: "auto" });
  const fileLine = h(
    "p",
    { class: "file-line", hidden: true },
    fileName,
    h("button", { type: "button", class: "quiet", click: () => actions.clear() }, "Remove"),
  );
  const direction = h("select", {
    id: "direction",
    change: () => actions.direction(direction.selectedIndex),
  });
  const directionLine = h(
    "div",
    { class: "line", hidden: true },
    h("label", { for: "direction" }, "Direction"),
    direction,
  );
  const settings = createSettings(actions);

  const element = h(
    "form",
    { class: "controls", "aria-label": "What to inspect", submit: (event) => event.preventDefault() },
    h("div", { class: "line extra" }, h("label", { for: "example" }, "Example"), exampleMenu(actions)),
    h("div", { class: "line" }, h("label", { for: "octets", class: "extra" }, "Octets"), octets),
    h(
      "p",
      { id: "octets-hint", class: "hint extra" },
      "Hex in any form, a hex dump, or base64. Or drop a file: octets, or a capture (pcap, pcapng).",
    ),
    h("div", { class: "buttons extra" }, h("label", { class: "button" }, file, "Open a file …")),
    fileLine,
    directionLine,
    status,
    settings.element,
  );
  return {
    element,
    showText(text) {
      octets.value = text;
    },
    showStatus(text, isProblem) {
      status.textContent = text;
      status.classList.toggle("bad", isProblem);
      octets.setAttribute("aria-invalid", String(isProblem));
    },
    showContext: (context) => settings.show(context),
    showFile(name) {
      fileName.textContent = name;
      fileLine.hidden = name === null;
    },
    showDirections(labels) {
      directionLine.hidden = labels.length < 2;
      direction.replaceChildren(...labels.map((label) => h("option", {}, label)));
    },
  };
}

function exampleMenu(actions: Actions): HTMLSelectElement {
  const select = h(
    "select",
    {
      id: "example",
      change: () => {
        const example = EXAMPLES[select.selectedIndex - 1];
        if (example !== undefined) actions.example(example);
        // It is a list of things to do: the same can be chosen again.
        select.selectedIndex = 0;
      },
    },
    h("option", {}, "Choose one …"),
    ...EXAMPLES.map(({ name, source }) => h("option", {}, `${name} (${source})`)),
  );
  return select;
}

function createSettings(actions: Actions): { element: HTMLElement; show(context: Context): void } {
  const changed = () =>
    actions.context({
      from: client.checked ? "client" : "server",
      compression: negotiated.checked
        ? { noContextTakeover: !takeover.checked, windowBits: Number(bits.value) }
        : null,
    });
  const client = h("input", { type: "radio", name: "from", id: "from-client", change: changed });
  const server = h("input", { type: "radio", name: "from", id: "from-server", change: changed });
  const negotiated = h("input", { type: "checkbox", id: "deflate", change: changed });
  const takeover = h("input", { type: "checkbox", id: "takeover", change: changed });
  const bits = h(
    "select",
    { id: "bits", change: changed },
    ...Array.from({ length: 8 }, (_, index) => h("option", {}, String(15 - index))),
  );
  const more = h(
    "div",
    { class: "more-settings" },
    h("label", { class: "check" }, takeover, "The sender takes its context over"),
    h("label", { class: "check" }, "Window bits", bits),
  );
  const element = h(
    "div",
    { class: "settings" },
    h(
      "fieldset",
      {},
      h("legend", {}, "Sent by"),
      h("label", { class: "choice" }, client, h("span", {}, "a client")),
      h("label", { class: "choice" }, server, h("span", {}, "a server")),
    ),
    h("label", { class: "check" }, negotiated, "permessage-deflate was negotiated"),
    more,
  );
  return {
    element,
    show({ from, compression }) {
      client.checked = from === "client";
      server.checked = from === "server";
      negotiated.checked = compression !== null;
      takeover.checked = compression?.noContextTakeover !== true;
      bits.value = String(compression?.windowBits ?? 15);
      more.hidden = compression === null;
    },
  };
}
