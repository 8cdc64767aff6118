/**
 * Everything that a terminal would obey, or a person would not see: C0, C1 and DEL, line and paragraph separators, lone
 * surrogates, what changes the direction of writing, byte order marks, and tags. Not the joiners of scripts and emoji.
 */
const DANGEROUS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{fff9}-\u{fffb}\u{feff}\u{e0000}-\u{e007f}]/gu;

const SHORT = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * A text of the peer as one line that can be shown on a terminal: what is dangerous stands there by its number.
 *
 * @example
 * printable("\u001b[2J"); // "\\u{1b}[2J"
 */
export function printable(text: string): string {
  return text.replace(
    DANGEROUS,
    (character) => SHORT.get(character) ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** As {@link printable}, but the lines of the text remain lines; those after the first are indented by `indent`. */
export function printableLines(text: string, indent: string): string {
  return text.split("\n").map(printable).join(`\n${indent}`);
}

/** JSON in one line. What is dangerous is escaped as JSON does it, so that the value stays the same. */
export function toJsonLine(value: unknown): string {
  // Lone surrogates and C0 are escaped by JSON itself.
  const escaped = JSON.stringify(value).replace(DANGEROUS, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
  return `${escaped}\n`;
}
