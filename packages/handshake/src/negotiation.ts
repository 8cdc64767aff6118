import { listElements, lowerCase } from "./characters.ts";
import { type Extension, parseExtensions } from "./extensions.ts";
import type { HeaderFields } from "./fields.ts";

/** RFC 9110 section 7.8: Upgrade came with HTTP/1.1, and this package writes and reads no later major version. */
export function isUpgradable(httpVersion: string): boolean {
  return /^1\.[1-9]$/.test(httpVersion);
}

/** True when the list in the header field has the token, in any letter case. */
export function includesToken(headers: HeaderFields, header: string, token: string): boolean {
  return listElements(headers.getAll(header)).some((element) => lowerCase(element) === token);
}

/** The extensions of a head, none when it has no Sec-WebSocket-Extensions, null when that is malformed. */
export function extensionsOf(headers: HeaderFields): readonly Extension[] | null {
  const lines = headers.getAll("sec-websocket-extensions");
  return lines.length === 0 ? [] : parseExtensions(lines);
}

/** True when each of the accepted extensions was offered and none is there twice: both would claim the same bits. */
export function areOffered(accepted: readonly Extension[], offered: readonly Extension[]): boolean {
  const open = new Set(offered.map(({ name }) => name));
  return accepted.every(({ name }) => open.delete(name));
}
