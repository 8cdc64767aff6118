import { h } from "./dom.ts";
import { currentLanguage, t } from "./texts.ts";

// Long enough for every address, and one forward pass: no nested repetition.
const LINK = /https?:\/\/[^\s<>"'()]{1,2000}/gi;

/** A text with its addresses as links; everything else stays text. */
export function linked(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(LINK)) {
    // What ends a sentence is no part of an address.
    const address = match.replace(/[.,;:!?，。；：！？、]+$/u, "");
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(end, index));
    parts.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address));
    end = index + address.length;
  }
  parts.push(text.slice(end));
  return parts;
}

export function timeText(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function dayText(at: number, now = Date.now()): string {
  if (dayOf(at) === dayOf(now)) return t("today");
  if (dayOf(at) === dayOf(now - 24 * 3600 * 1000)) return t("yesterday");
  return new Intl.DateTimeFormat(locale(), { dateStyle: "full" }).format(at);
}

export function sizeText(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  const [value, unit] = octets < 1e6 ? [octets / 1024, "KiB"] : [octets / 2 ** 20, "MiB"];
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}

/** The first letter of a name, and one of eight colours that is always the same for a person. */
export function avatar(id: string, name: string): HTMLElement {
  const element = h("span", { class: "avatar", "aria-hidden": "true" });
  dress(element, id, name);
  return element;
}

export function dress(element: HTMLElement, id: string, name: string): void {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 997;
  element.className = `avatar hue-${sum % 8}`;
  element.textContent = name.match(/./u)?.[0].toUpperCase() ?? "?";
}

function locale(): string {
  return currentLanguage() === "zh"
    ? "zh-CN"
    : navigator.language.startsWith("en")
      ? navigator.language
      : "en";
}
