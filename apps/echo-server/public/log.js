// The list of what happened. It is bounded: the oldest entries and files go first.

import { currentLanguage, say } from "./language.js";

/** @import { TextName } from "./texts.js" */
/** @import { Values } from "./language.js" */
/** @typedef {"sent" | "received" | "event" | "problem"} Kind */

const KEPT_ENTRIES = 500;
const KEPT_FILES = 20;
const SHOWN_CHARACTERS = 2000;
const MARKS = { sent: "↑", received: "↓", event: "•", problem: "!" };

/**
 * @param {string} tag
 * @param {string} [className]
 * @returns {HTMLElement}
 */
function make(tag, className = "") {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

/** One line of the log: what happened, and notes under it. */
class Entry {
  /** @param {Kind} kind */
  constructor(kind) {
    this.item = make("li", kind);
    const time = make("time");
    time.textContent = new Date().toLocaleTimeString(currentLanguage(), { hourCycle: "h23" });
    const mark = make("span", "mark");
    mark.textContent = MARKS[kind];
    mark.ariaHidden = "true";
    // The mark is for the eye only; a screen reader gets the word.
    const word = make("span", "unseen");
    say(word, kind);
    this.body = make("div", "body");
    this.notes = make("p", "notes");
    this.body.append(word, this.notes);
    this.item.append(time, mark, this.body);
  }

  /** @param {Element} element */
  show(element) {
    this.body.insertBefore(element, this.notes);
    return this;
  }

  /**
   * A sentence of the page.
   * @param {TextName} name
   * @param {Values} [values]
   */
  sentence(name, values) {
    const element = make("p");
    say(element, name, values);
    return this.show(element);
  }

  /**
   * A text from outside, shown as it is and shortened when it is long.
   * @param {string} content
   */
  quote(content) {
    const element = make("p", "quote");
    element.dir = "auto";
    if (content === "") {
      element.classList.add("dim");
      say(element, "emptyText");
    } else element.textContent = content.slice(0, SHOWN_CHARACTERS).toWellFormed();
    this.show(element);
    return content.length > SHOWN_CHARACTERS ? this.note("shortened", { count: content.length }) : this;
  }

  /**
   * A small remark under the content.
   * @param {TextName} name
   * @param {Values} [values]
   * @param {string} [className]
   */
  note(name, values, className) {
    const element = make("span", className);
    say(element, name, values);
    this.notes.append(element);
    return this;
  }
}

export class Log {
  /** Newest last. @type {{ url: string, link: HTMLElement }[]} */
  #files = [];
  #list;
  #scroller;
  #onChange;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} scroller the element that scrolls the list
   * @param {(empty: boolean) => void} onChange
   */
  constructor(list, scroller, onChange) {
    this.#list = list;
    this.#scroller = scroller;
    this.#onChange = onChange;
    // Whoever looks at the end of the list keeps seeing it, also when a picture loads later. Scroll events would come
    // too late for that: the list may have grown again in between.
    const end = make("div");
    list.after(end);
    let endInView = true;
    const watch = new IntersectionObserver(
      (changes) => {
        endInView = changes.at(-1)?.isIntersecting ?? endInView;
      },
      { root: scroller, rootMargin: "48px" },
    );
    watch.observe(end);
    const grown = new ResizeObserver(() => {
      if (endInView) scroller.scrollTop = scroller.scrollHeight;
    });
    grown.observe(list);
  }

  /**
   * Adds an entry to the end; the caller fills it.
   * @param {Kind} kind
   */
  add(kind) {
    const entry = new Entry(kind);
    this.#list.append(entry.item);
    while (this.#list.childElementCount > KEPT_ENTRIES) this.#list.firstElementChild?.remove();
    this.#onChange(false);
    return entry;
  }

  /**
   * Shows a file in an entry: as a picture when it is one, and as a link to save it.
   * @param {Entry} entry
   * @param {Blob} content
   * @param {string} name
   */
  addFile(entry, content, name) {
    const url = URL.createObjectURL(content);
    const link = make("a", "save");
    link.setAttribute("href", url);
    link.setAttribute("download", name);
    say(link, "save");
    entry.notes.append(link);
    if (content.type.startsWith("image/")) {
      const picture = new Image();
      picture.src = url;
      say(picture, "picture", { name });
      entry.show(picture);
    }
    this.#files.push({ url, link });
    if (this.#files.length > KEPT_FILES) this.#release(1);
  }

  /** Scrolls the page, where it is longer than the window, until the log is in view. */
  reveal() {
    this.#scroller.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.#release(this.#files.length);
    this.#list.replaceChildren();
    this.#onChange(true);
  }

  /** Gives back the memory of the oldest files. @param {number} count */
  #release(count) {
    for (const { url, link } of this.#files.splice(0, count)) {
      URL.revokeObjectURL(url);
      link.remove();
    }
  }
}
