/** Which characters a grammar allows: one flag for each character up to U+00FF. */
type CharacterSet = Readonly<Uint8Array>;

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (let i = 0; i < characters.length; i += 1) set[characters.charCodeAt(i)] = 1;
  return set;
}

/** RFC 9110 section 5.6.2: tchar. */
const TOKEN: CharacterSet = setOf(`${ALPHANUMERIC}!#$%&'*+-.^_\`|~`);
/** RFC 9110 section 5.5: VCHAR, obs-text, space and horizontal tab, but no other control. */
const TEXT: CharacterSet = new Uint8Array(256).fill(1, 0x20).fill(1, 0x09, 0x0a).fill(0, 0x7f, 0x80);
/** What may stand in a request target: VCHAR, and no fragment (RFC 9112 section 3.2). */
const TARGET: CharacterSet = new Uint8Array(256).fill(1, 0x21, 0x7f).fill(0, 0x23, 0x24);
/** RFC 3986 section 3.2.2: reg-name, without the comma, which would make lists look like names. */
const HOST_NAME: CharacterSet = setOf(`${ALPHANUMERIC}-._~!$&'()*+;=%`);
/** RFC 3986 section 3.2.2: what an IPv6 address is made of. */
const IP_LITERAL: CharacterSet = setOf("0123456789ABCDEFabcdef:.");
const SCHEME: CharacterSet = setOf(`${ALPHANUMERIC}+-.`);
const DIGITS: CharacterSet = setOf("0123456789");

function consistsOf(text: string, set: CharacterSet): boolean {
  for (let i = 0; i < text.length; i += 1) if (set[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** True for one or more tchar: names of header fields, subprotocols, extensions and parameters. */
export function isToken(text: string): boolean {
  return text.length > 0 && consistsOf(text, TOKEN);
}

export function isTokenCharacter(code: number): boolean {
  return TOKEN[code] === 1;
}

/** True for an octet or a character that may stand in a line of a head. */
export function isTextCharacter(code: number): boolean {
  return TEXT[code] === 1;
}

export function isTarget(text: string): boolean {
  return text.length > 0 && consistsOf(text, TARGET);
}

export function isHostName(text: string): boolean {
  return text.length > 0 && consistsOf(text, HOST_NAME);
}

export function isIpLiteral(text: string): boolean {
  return text.length > 0 && consistsOf(text, IP_LITERAL);
}

export function isScheme(text: string): boolean {
  return text.length > 0 && consistsOf(text, SCHEME);
}

export function isDigits(text: string): boolean {
  return text.length > 0 && consistsOf(text, DIGITS);
}

/** Space and horizontal tab: the only white space of RFC 9110 (section 5.6.3). */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Without spaces and tabs at both ends. `trim` of the language would take U+00A0 and more. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Lower case of ASCII; anything else stays as it is: the sign of Kelvin (U+212A) must not become a k. */
export function lowerCase(text: string): string {
  return /[\u0080-\uffff]/.test(text) ? text : text.toLowerCase();
}

/** Whether two texts are equal but for the case of ASCII letters. No text is made for it, unlike by `lowerCase`. */
export function equalsIgnoringCase(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y && lowerCode(x) !== lowerCode(y)) return false;
  }
  return true;
}

function lowerCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/**
 * The elements of a comma-separated list; several lines are joined with commas. Empty elements are skipped, as a
 * recipient has to (RFC 9110 section 5.6.1.2). For lists without quoted strings.
 */
export function listElements(list: string): string[] {
  return list
    .split(",")
    .map(trimSpace)
    .filter((element) => element !== "");
}

/** Whether a list as for {@link listElements} has the element, in any letter case. */
export function hasElement(list: string, element: string): boolean {
  for (let start = 0; start <= list.length; ) {
    const end = indexOrEnd(list, ",", start);
    if (equalsIgnoringCase(trimSpace(list.slice(start, end)), element)) return true;
    start = end + 1;
  }
  return false;
}

export function indexOrEnd(text: string, part: string, from = 0): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}
