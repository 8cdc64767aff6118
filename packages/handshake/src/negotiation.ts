import { hasElement } from "./characters.ts";
import { type Extension, parseExtensions } from "./extensions.ts";
import type { HeaderFields } from "./fields.ts";

const NONE: readonly Extension[] = [];

/** RFC 9110 section 7.8: Upgrade came with HTTP/1.1, and this package writes and reads no later major version. */
export function isUpgradable(httpVersion: string): boolean {
  return /^1\.[1-9]$/.test(httpVersion);
}

/** True when the list in the header field has the token, in any letter case. */
export function includesToken(headers: HeaderFields, header: string, token: string): boolean {
  return hasElement(headers.get(header) ?? "", token);
}

/** The extensions of a head, none when it has no Sec-WebSocket-Extensions, null when that is malformed. */
export function extensionsOf(headers: HeaderFields): readonly Extension[] | null {
  const value = headers.get("sec-websocket-extensions");
  return value === null ? NONE : parseExtensions(value);
}

/** True when each of the accepted extensions was offered and none is there twice: both would claim the same bits. */
export function areOffered(accepted: readonly Extension[], offered: readonly Extension[]): boolean {
  if (accepted.length === 0) return true;
  const open = new Set(offered.map(({ name }) => name));
  return accepted.every(({ name }) => open.delete(name));
}
