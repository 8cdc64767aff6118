import { CloseCode, MAX_REASON_SIZE } from "@plyws/frame";

const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;

/**
 * The URL of a WebSocket: absolute, with `http` and `https` as other names of `ws` and `wss`.
 *
 * @throws DOMException "SyntaxError" for what is no URL, another scheme, or a fragment
 */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : refuse(`${JSON.stringify(text)} is not an absolute URL`);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") refuse(`The scheme of ${url.href} is not ws or wss`);
  // An empty fragment is one as well, although `hash` is empty then.
  if (url.href.includes("#")) refuse(`${url.href} has a fragment`);
  return url;
}

/**
 * The subprotocols to offer.
 *
 * @throws DOMException "SyntaxError" when one is not a token, or appears twice in whatever letter case
 */
export function checkSubprotocols(names: readonly string[]): void {
  for (const name of names) {
    if (!TOKEN.test(name)) refuse(`${JSON.stringify(name)} is not a subprotocol`);
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    refuse("A subprotocol appears twice");
  }
}

/**
 * Checks what an application wants to say in its Close frame.
 *
 * @throws DOMException "InvalidAccessError" unless the code is 1000 or from 3000 to 4999; "SyntaxError" when the
 * reason has more than 123 octets
 */
export function checkClose(code: number | null, reason: string): void {
  if (code !== null && code !== CloseCode.Normal && (code < 3000 || code > 4999)) {
    throw new DOMException(`The close code ${code} is not 1000 or from 3000 to 4999`, "InvalidAccessError");
  }
  if (Buffer.byteLength(reason) > MAX_REASON_SIZE)
    refuse(`The reason has more than ${MAX_REASON_SIZE} octets`);
}

/** The code to send: a Close frame without a code has no reason. */
export function closeCodeFor(code: number | null, reason: string): number {
  return code ?? (reason === "" ? CloseCode.NoCode : CloseCode.Normal);
}

function refuse(message: string): never {
  throw new DOMException(message, "SyntaxError");
}
