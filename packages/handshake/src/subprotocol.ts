import { isToken, listElements } from "./characters.ts";

/** What a server speaks: in the order it prefers, or a function that picks one of those offered, or none. */
export type SubprotocolSelector =
  | readonly string[]
  | ((offered: readonly string[]) => string | null | undefined);

/**
 * The subprotocol to use: the first one of the server's list that was offered, or what the function picks.
 *
 * @returns "" when there is none in common: the connection is then opened without a subprotocol.
 * @throws TypeError when the function picks one that was not offered (RFC 6455 section 4.2.2).
 *
 * @example
 * ```ts
 * console.log(selectSubprotocol(["chat.v1", "chat.v2"], ["chat.v2", "chat.v1"])); // → chat.v2
 * ```
 */
export function selectSubprotocol(offered: readonly string[], supported: SubprotocolSelector): string {
  if (typeof supported !== "function") return supported.find((name) => offered.includes(name)) ?? "";
  const selected = supported(offered) ?? "";
  checkSelected(selected, offered);
  return selected;
}

/** @throws TypeError unless it is "" or one of those offered. */
export function checkSelected(selected: string, offered: readonly string[]): void {
  if (selected !== "" && !offered.includes(selected)) {
    throw new TypeError(`The subprotocol ${JSON.stringify(selected)} was not offered`);
  }
}

/** True when all are tokens and no two are equal (RFC 6455 section 4.1, item 10). */
export function areSubprotocols(names: readonly string[]): boolean {
  return names.every(isToken) && (names.length < 2 || new Set(names).size === names.length);
}

const NONE: readonly string[] = [];

/** The subprotocols in Sec-WebSocket-Protocol, none without it (`null`), or null when they are not what they should be. */
export function parseSubprotocols(value: string | null): readonly string[] | null {
  if (value === null) return NONE;
  const names = listElements(value);
  // RFC 6455 section 4.3: 1#token. A header field without any element breaks that.
  return names.length > 0 && areSubprotocols(names) ? names : null;
}
