// Puts texts on the page, and puts them there again when the language changes.

import { texts } from "./texts.js";

/** @import { Language, TextName } from "./texts.js" */
/** @typedef {string | number | ((language: Language) => string)} Value a function is asked again in every language */
/** @typedef {Record<string, Value>} Values */

const TAGS = { en: "en", zh: "zh-CN" };

/** @type {Language} */
let current = "en";

/** The parameters of the texts that have some. @type {WeakMap<Element, Values>} */
const valuesOf = new WeakMap();

/**
 * The first language of the browser that the page has; English when it has none of them.
 * @param {readonly string[]} wanted BCP 47 tags, best first
 * @returns {Language}
 */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const wish = tag.toLowerCase().split("-", 1)[0];
    if (wish === "en" || wish === "zh") return wish;
  }
  return "en";
}

/**
 * @param {Language} language
 * @param {TextName} name
 * @param {Values} [values]
 * @returns {string}
 */
export function textIn(language, name, values = {}) {
  return texts[language][name].replaceAll(/\{(\w+)\}/g, (_, key) => {
    const value = values[key] ?? "";
    return typeof value === "function" ? value(language) : String(value);
  });
}

/**
 * @param {string | null} name
 * @returns {name is TextName}
 */
function isTextName(name) {
  return name !== null && Object.hasOwn(texts.en, name);
}

/** @param {Element} element */
function show(element) {
  const name = element.getAttribute("data-text");
  if (!isTextName(name)) throw new RangeError(`There is no text named ${name}`);
  const words = textIn(current, name, valuesOf.get(element));
  if (element instanceof HTMLImageElement) element.alt = words;
  else if (element instanceof HTMLTextAreaElement) element.placeholder = words;
  else element.textContent = words;
}

/**
 * Makes a text the content of an element (of a picture: its alternative; of a text field: its placeholder), in the
 * language of the page, now and after every change of it.
 * @param {Element} element
 * @param {TextName} name
 * @param {Values} [values]
 */
export function say(element, name, values) {
  element.setAttribute("data-text", name);
  if (values === undefined) valuesOf.delete(element);
  else valuesOf.set(element, values);
  show(element);
}

/** @param {Language} language */
export function setLanguage(language) {
  current = language;
  document.documentElement.lang = TAGS[language];
  for (const element of document.querySelectorAll("[data-text]")) show(element);
}

/** @returns {Language} */
export function currentLanguage() {
  return current;
}

/** @param {TextName} name @returns {Value} */
export function text(name) {
  return (language) => textIn(language, name);
}

/**
 * @param {number} octets
 * @returns {Value} such as "5 bytes" or "1.2 MiB"
 */
export function size(octets) {
  return (language) => {
    const tag = TAGS[language];
    if (octets < 1024)
      return octets.toLocaleString(tag, { style: "unit", unit: "byte", unitDisplay: "long" });
    const [unit, divisor] = octets < 2 ** 20 ? ["KiB", 2 ** 10] : ["MiB", 2 ** 20];
    return `${(octets / divisor).toLocaleString(tag, { maximumFractionDigits: 1 })} ${unit}`;
  };
}

/**
 * @param {number} milliseconds
 * @returns {Value} such as "0.8 ms" or "12 s"
 */
export function duration(milliseconds) {
  const [amount, unit] = milliseconds < 1000 ? [milliseconds, "ms"] : [milliseconds / 1000, "s"];
  return (language) =>
    `${amount.toLocaleString(TAGS[language], { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}
