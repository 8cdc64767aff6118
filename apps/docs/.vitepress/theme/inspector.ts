import { type Finding, inspect, parseHex } from "../../src/inspect.ts";

/** What the inspector begins with. */
export interface InspectorOptions {
  /** In hex. */
  readonly octets?: string;
  /** Who receives them. */
  readonly role?: "client" | "server";
}

/** Shows octets in hex as frames, for people to change. */
export function mountInspector(
  element: HTMLElement,
  { octets = "", role = "client" }: InspectorOptions,
): void {
  const input = document.createElement("textarea");
  input.value = octets;
  input.rows = 2;
  input.spellcheck = false;
  input.setAttribute("aria-label", "Octets in hex");

  const receiver = document.createElement("select");
  for (const name of ["client", "server"]) receiver.append(new Option(`received by a ${name}`, name));
  receiver.value = role;
  receiver.setAttribute("aria-label", "Who receives them");

  const output = document.createElement("div");
  output.setAttribute("aria-live", "polite");
  const show = () => {
    const parsed = parseHex(input.value);
    const findings =
      parsed === null ? [] : inspect(parsed, receiver.value === "server" ? "server" : "client");
    output.replaceChildren(
      ...(parsed === null ? [text("p", "problem", "These are no octets in hex.")] : findings.map(draw)),
    );
  };
  input.addEventListener("input", show);
  receiver.addEventListener("change", show);
  element.replaceChildren(input, receiver, output);
  show();
}

function draw({ title, octets, fields, problem }: Finding): HTMLElement {
  const list = document.createElement("dl");
  for (const [name, value] of fields) list.append(text("dt", "", name), text("dd", "", value));
  const section = document.createElement("section");
  section.append(text("h6", "", title), text("code", "", octets), list);
  if (problem !== "") section.append(text("p", "problem", problem));
  return section;
}

function text(tag: string, className: string, content: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}
