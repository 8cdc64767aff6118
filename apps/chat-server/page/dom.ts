/** The element of that id. @throws Error when the page has none of that kind */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string, kind?: new () => Kind): Kind {
  const found = document.getElementById(id);
  const wanted: new () => HTMLElement = kind ?? HTMLElement;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was just checked
  if (found instanceof wanted) return found as Kind;
  throw new Error(`The page has no such element: ${id}`);
}

type Child = Node | string | null | false;
type Properties = Record<string, string | boolean | number | null | ((event: Event) => void)>;

/** Makes an element. What is text stays text: nothing that people write is ever read as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

const PATHS = {
  reply: "M10 5 4 11l6 6M4 11h9a7 7 0 0 1 7 7",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  delete: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
};

/** A little drawing; whoever uses it says what it means. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: "18",
    height: "18",
    "aria-hidden": "true",
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** One thing of a list: made anew when its `version` is another. */
export interface Item {
  readonly key: string;
  readonly version: string;
  readonly make: () => HTMLElement;
}

const versions = new WeakMap<Element, string>();

/** Makes the children of a list those of the items, and leaves alone those that stay as they are. */
export function fill(list: HTMLElement, items: readonly Item[]): void {
  const known = new Map<string, HTMLElement>();
  for (const child of list.children) {
    if (child instanceof HTMLElement) known.set(child.dataset["key"] ?? "", child);
  }
  let place: Element | null = list.firstElementChild;
  for (const { key, version, make } of items) {
    let element = known.get(key);
    if (element === undefined || versions.get(element) !== version) {
      const fresh = make();
      fresh.dataset["key"] = key;
      versions.set(fresh, version);
      if (element === undefined) list.insertBefore(fresh, place);
      else {
        if (place === element) place = fresh;
        // Whoever is there by the keyboard stays there.
        const focus = element.contains(document.activeElement) ? document.activeElement?.className : null;
        element.replaceWith(fresh);
        if (focus) fresh.querySelector<HTMLElement>(`.${focus.split(" ")[0]}`)?.focus();
      }
      element = fresh;
    } else if (element !== place) list.insertBefore(element, place);
    known.delete(key);
    place = element.nextElementSibling;
  }
  for (const gone of known.values()) gone.remove();
}
