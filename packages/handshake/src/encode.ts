import { isTarget, isTextCharacter, isToken, lowerCase } from "./characters.ts";
import type { HeaderList, HeaderSource } from "./fields.ts";
import type { UpgradeRequest } from "./head.ts";
import { encodeLatin1 } from "./latin1.ts";

/** A response as data. */
export interface HttpResponse {
  /** 100 to 999. */
  readonly status: number;
  /** Default: the usual one of the status, empty when there is none. */
  readonly reason?: string | undefined;
  readonly headers: HeaderSource;
  readonly body?: Uint8Array | undefined;
}

const REASONS = new Map([
  [101, "Switching Protocols"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [410, "Gone"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);

/** The usual reason phrase of a status, empty when there is none. */
export function reasonOf(status: number): string {
  return REASONS.get(status) ?? "";
}

/**
 * The octets of a response: status line, header fields, body.
 *
 * @returns a fresh array that the caller owns.
 * @throws RangeError when the status is not an integer from 100 to 999.
 * @throws TypeError when the reason, a name or a value has a character that must not stand there: nothing that is
 *   given can end a line.
 */
export function encodeResponse(response: HttpResponse): Uint8Array {
  const head = encodeLatin1(formatResponseHead(response));
  const { body } = response;
  if (body === undefined || body.length === 0) return head;
  const octets = new Uint8Array(head.length + body.length);
  octets.set(head);
  octets.set(body, head.length);
  return octets;
}

/**
 * The head of a response as text, to be written as ISO-8859-1 ("latin1"): each character is one octet. What
 * `encodeResponse` writes before the body; cheaper where the platform writes such text by itself.
 *
 * @throws RangeError, TypeError as `encodeResponse`.
 */
export function formatResponseHead(response: Omit<HttpResponse, "body">): string {
  const { status, reason = reasonOf(status), headers } = response;
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new RangeError("The status must be an integer from 100 to 999");
  }
  checkText("The reason", reason);
  return formatHead(`HTTP/1.1 ${status} ${reason}`, headers);
}

/**
 * The octets of a request: request line and header fields.
 *
 * @returns a fresh array that the caller owns.
 * @throws TypeError when the method, the target, the version, a name or a value has a character that must not stand
 *   there.
 */
export function encodeRequest(request: UpgradeRequest): Uint8Array {
  const { method, target, httpVersion, headers } = request;
  if (!isToken(method)) throw new TypeError("The method is not a token");
  checkTarget(target);
  if (!/^\d\.\d$/.test(httpVersion)) throw new TypeError("The HTTP version is not two digits with a dot");
  return encodeLatin1(formatHead(`${method} ${target} HTTP/${httpVersion}`, headers));
}

function formatHead(startLine: string, headers: HeaderSource): string {
  let head = `${startLine}\r\n`;
  for (const [name, value] of headers) {
    checkHeader(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}

/** @throws TypeError unless it may stand in a request line. */
export function checkTarget(target: string): void {
  if (!isTarget(target)) throw new TypeError("The request target has a character that must not stand there");
}

/**
 * A copy of the header fields, as they were when they were checked.
 *
 * @param reserved in lower case: names that are not the caller's to set; one that ends with "-" stands for a prefix.
 * @throws TypeError for a name that is reserved or not a token, and for a value with a line end or another control,
 *   or with a character above U+00FF: U+010A becomes a line feed when it is written as one octet.
 */
export function checkHeaders(headers: HeaderSource, reserved: readonly string[] = []): HeaderList {
  const checked: [string, string][] = [];
  for (const [name, value] of headers) {
    checkHeader(name, value);
    if (isReserved(lowerCase(name), reserved))
      throw new TypeError(`The header ${name} is set by the handshake`);
    checked.push([name, value]);
  }
  return checked;
}

function checkHeader(name: string, value: string): void {
  if (typeof name !== "string" || !isToken(name)) {
    throw new TypeError(`The header name ${JSON.stringify(name)} is not a token`);
  }
  checkText(`The header ${name}`, value);
}

function isReserved(name: string, reserved: readonly string[]): boolean {
  return reserved.some((entry) => (entry.endsWith("-") ? name.startsWith(entry) : name === entry));
}

/** @throws TypeError unless it is made of what may stand in a field value (RFC 9110 section 5.5). */
function checkText(what: string, text: string): void {
  if (typeof text !== "string") throw new TypeError(`${what} is not a string`);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (isTextCharacter(code)) continue;
    const number = code.toString(16).toUpperCase().padStart(4, "0");
    throw new TypeError(`${what} has the character U+${number}, which cannot stand in a head`);
  }
}
