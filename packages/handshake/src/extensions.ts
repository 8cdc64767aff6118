import { isSpace, isToken, isTokenCharacter } from "./characters.ts";

/** One parameter: name and value, or true when it has none. A name may appear more than once. */
export type ExtensionParameter = readonly [name: string, value: string | true];

/** An extension, offered or accepted, with its parameters in order. */
export interface Extension {
  readonly name: string;
  readonly params: readonly ExtensionParameter[];
}

/** An extension that a client would like to use. The same name may be offered several times with other parameters. */
export type ExtensionOffer = Extension;

/**
 * Reads the value of Sec-WebSocket-Extensions: RFC 6455 section 9.1.
 *
 * @param value the value of the header field, or the value of each of its lines.
 * @returns the extensions in order, or null when the value does not follow the grammar.
 *
 * @example
 * ```ts
 * const extensions = parseExtensions('a; n="1",b');
 * console.log(formatExtensions(extensions ?? [])); // → a; n=1, b
 * ```
 */
export function parseExtensions(value: string | readonly string[]): Extension[] | null {
  const cursor = new Cursor(typeof value === "string" ? value : value.join(","));
  const extensions: Extension[] = [];
  do {
    const extension = parseExtension(cursor);
    if (extension === null) return null;
    if (extension.name !== "") extensions.push(extension);
    else if (extension.params.length > 0) return null;
  } while (cursor.skip(","));
  // 1#extension: empty elements are skipped (RFC 9110 section 5.6.1.2), but one has to be there.
  return cursor.atEnd && extensions.length > 0 ? extensions : null;
}

/**
 * Writes the value of Sec-WebSocket-Extensions.
 *
 * @throws TypeError when a name or a value is not a token.
 */
export function formatExtensions(extensions: readonly Extension[]): string {
  return extensions
    .map(({ name, params }) => [checked(name), ...params.map(formatParameter)].join("; "))
    .join(", ");
}

function formatParameter([name, value]: ExtensionParameter): string {
  return value === true ? checked(name) : `${checked(name)}=${checked(value)}`;
}

function checked(token: string): string {
  if (!isToken(token)) throw new TypeError(`${JSON.stringify(token)} is not a token`);
  return token;
}

/** token *( ";" extension-param ), or an extension without name for an empty element; null: malformed. */
function parseExtension(cursor: Cursor): Extension | null {
  const name = cursor.token();
  const params: ExtensionParameter[] = [];
  while (cursor.skip(";")) {
    const param = cursor.token();
    if (param === "") return null;
    const value = cursor.skip("=") ? cursor.tokenOrQuoted() : true;
    if (value === "") return null;
    params.push([param, value]);
  }
  return { name, params };
}

/**
 * A place in the text that only moves forward. RFC 6455 uses the grammar of RFC 2616 (section 2.1: implied white
 * space), so that spaces may stand around every token and every separator.
 */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Moves over the character if it is the next one. */
  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.#skipSpace();
    return true;
  }

  /** The token that starts here, empty when none does. */
  token(): string {
    const start = this.#at;
    while (isTokenCharacter(this.#text.charCodeAt(this.#at))) this.#at += 1;
    const token = this.#text.slice(start, this.#at);
    this.#skipSpace();
    return token;
  }

  /** A token, plain or as a quoted string (section 9.1: its content has to be a token), empty when it is neither. */
  tokenOrQuoted(): string {
    if (this.#text[this.#at] !== '"') return this.token();
    this.#at += 1;
    let token = "";
    for (;;) {
      if (this.#text[this.#at] === "\\") this.#at += 1;
      else if (this.#text[this.#at] === '"') break;
      if (!isTokenCharacter(this.#text.charCodeAt(this.#at))) return "";
      token += this.#text.charAt(this.#at);
      this.#at += 1;
    }
    this.#at += 1;
    this.#skipSpace();
    return token;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }
}
