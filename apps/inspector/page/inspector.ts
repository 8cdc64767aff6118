// oxlint-disable-next-line typescript/triple-slash-reference -- whoever embeds this compiles it with other settings
/// <reference path="./css.d.ts" />
import { type Direction, masks } from "../src/capture/directions.ts";
import { EXAMPLES } from "../src/examples.ts";
import { type Context, explain } from "../src/explain/explain.ts";
import type { Compression } from "../src/explain/inflate.ts";
import { count, toHex } from "../src/format.ts";
import { type Found, readFile, readText } from "../src/input/read.ts";
import { MAX_FILE_SIZE } from "../src/limits.ts";
import type { View } from "../src/link.ts";
import { createControls } from "./controls.ts";
import { h } from "./dom.ts";
import css from "./inspector.css";
import { resultView } from "./result.ts";

export { fromFragment, toFragment, type View } from "../src/link.ts";

export interface InspectorOptions {
  /** What to show first: octets, or a text such as "81 05 48 65 6c 6c 6f". Default: an example. */
  readonly octets?: Uint8Array | string;
  /** Who sent them. Default: a client if the first frame is masked, else a server. */
  readonly role?: "client" | "server";
  /** What the sender and its peer agreed on. Default: null, no permessage-deflate. */
  readonly compression?: Compression | null;
  /** The frame to open, counted from 0. Default: the first that breaks a rule. */
  readonly frame?: number | null;
  /** Whether to leave out the examples and files, beside a text that brings its own. Default false. */
  readonly small?: boolean;
  /** Called with what is shown, whenever that changes. */
  readonly onView?: (view: View) => void;
}

/** An inspector that is mounted. */
export interface Inspector {
  /** Shows something else. */
  show(options: Omit<InspectorOptions, "onView" | "small">): void;
}

/** Octets that are shown as a text that can be edited; more of them are only explained. */
const MAX_EDITED = 16 * 1024;
/** Below this width, in CSS pixels, figures and dumps have half the columns. */
const NARROW = 620;

/**
 * Puts a frame inspector into an element. It lives in a shadow root: neither its styles nor those of the page reach
 * the other, but for the colour scheme, which is that of the page.
 *
 * @example
 * ```ts
 * mountInspector(document.querySelector("#inspector"), { octets: "81 05 48 65 6c 6c 6f", role: "server" });
 * ```
 */
export function mountInspector(element: HTMLElement, options: InspectorOptions = {}): Inspector {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const root = element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];

  let directions: readonly Direction[] = [];
  let notes: readonly string[] = [];
  let chosen = 0;
  let view: View = { octets: new Uint8Array(0), context: { from: "server", compression: null }, frame: null };
  /** The frames that are open. */
  const open = new Set<number>();
  /** Counts what was asked for: a file that takes long must not replace what came after it. */
  let reading = 0;
  let narrow = element.clientWidth < NARROW;

  const controls = createControls({
    text(text, pasted) {
      reading++;
      controls.showFile(null);
      const found = readText(text);
      // Typing does not undo a choice; what is pasted says itself who sent it.
      if (take(found, pasted ? null : view.context)) tell(found.form);
    },
    file: (file) => void read(file),
    example: ({ text, context }) => show({ ...context, octets: text, role: context.from }),
    direction(index) {
      choose(index, null);
      draw();
    },
    context(context) {
      view = { ...view, context };
      controls.showContext(context);
      draw();
    },
    clear: () => show({ octets: "" }),
  });
  const result = h("div", {});
  // What is said aloud has to be there before it changes.
  const spoken = h("p", { class: "unseen", role: "status" });
  const frame = h(
    "div",
    { class: options.small === true ? "inspector small" : "inspector" },
    controls.element,
    result,
    spoken,
  );
  root.append(frame);

  /** Shows what was found; false when that is a problem, and what was shown before stays. */
  function take(found: Found, keep: Context | null): boolean {
    if (!found.ok) {
      controls.showStatus(found.problem, true);
      return false;
    }
    ({ directions, notes } = found);
    controls.showDirections(directions.map(({ label }) => label));
    choose(0, keep);
    draw();
    return true;
  }

  function choose(index: number, keep: Context | null): void {
    const direction = directions[index];
    if (direction === undefined) return;
    chosen = index;
    // What the handshake says is known better than what was chosen before.
    const context = keep === null || direction.opened ? direction.context : keep;
    view = { octets: direction.octets, context, frame: null };
    open.clear();
    controls.showContext(context);
    tell();
  }

  function tell(form?: string): void {
    const size = count(view.octets.length, "octet");
    controls.showStatus(form === undefined ? size : `${size}, read as ${form}`, false);
  }

  async function read(file: File): Promise<void> {
    const started = ++reading;
    controls.showFile(file.name);
    controls.showText("");
    try {
      // One octet more than is allowed tells that there are more.
      const octets = new Uint8Array(await file.slice(0, MAX_FILE_SIZE + 1).arrayBuffer());
      if (started === reading) take(readFile(file.name, octets), null);
    } catch (error) {
      // A folder, or a file that has changed meanwhile.
      controls.showStatus(`${file.name} cannot be read: ${String(error)}`, true);
    }
  }

  function show({ octets = "", role, compression = null, frame: index = null }: InspectorOptions): void {
    reading++;
    controls.showFile(null);
    controls.showText(typeof octets === "string" ? octets : editable(octets));
    const found = typeof octets === "string" ? readText(octets) : asTheyAre(octets);
    if (found.ok && role !== undefined) {
      const context = { from: role, compression };
      const directed = found.directions.map((direction) => ({ ...direction, context }));
      take({ ...found, directions: directed }, null);
    } else take(found, null);
    if (index === null) return;
    view = { ...view, frame: index };
    open.clear();
    open.add(index);
    draw();
  }

  function draw(): void {
    const toggled = (index: number) => {
      view = { ...view, frame: open.has(index) ? index : null };
      options.onView?.(view);
    };
    const all = [...notes, ...(directions[chosen]?.notes ?? [])];
    const shown = resultView(view, { notes: all, narrow, open, toggled });
    result.replaceChildren(shown);
    spoken.textContent = shown.querySelector(".summary")?.textContent ?? "";
    options.onView?.(view);
  }

  for (const type of ["dragenter", "dragover"]) {
    frame.addEventListener(type, (event) => {
      event.preventDefault();
      frame.classList.add("dropping");
    });
  }
  frame.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node) || !frame.contains(event.relatedTarget))
      frame.classList.remove("dropping");
  });
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    frame.classList.remove("dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void read(file);
  });
  new ResizeObserver(() => {
    if (element.clientWidth < NARROW === narrow) return;
    narrow = !narrow;
    draw();
  }).observe(element);

  const [example] = EXAMPLES;
  if (options.octets !== undefined || example === undefined) show(options);
  else show({ ...example.context, octets: example.text, role: example.context.from });
  return { show };
}

/** Octets that are frames, whatever they look like otherwise. */
function asTheyAre(octets: Uint8Array): Found {
  const context = { from: masks(octets) ? "client" : "server", compression: null } as const;
  return { ok: true, directions: [{ label: "", octets, context, opened: false, notes: [] }], notes: [] };
}

/** A line for each frame; nothing when that would be too long. */
function editable(octets: Uint8Array): string {
  if (octets.length > MAX_EDITED) return "";
  const { frames, rest } = explain(octets, { from: "client", compression: null });
  const lines = frames.map(({ offset, size }) => toHex(octets.subarray(offset, offset + size)));
  if (rest !== null) lines.push(toHex(octets.subarray(rest.offset)));
  return lines.join("\n");
}
