import { Mistake } from "../shared/exit.ts";

/** Decides whether browser pages of an origin are let in. */
export type OriginRule = (origin: string) => boolean;

/**
 * Lets in what was listed, and no other page: one that has its own name looked up as the address of this machine would pass
 * for a page of the host that was asked (RFC 6455 section 10.2).
 *
 * @throws Mistake when one is no origin
 */
export function allowOnly(origins: readonly string[]): OriginRule {
  if (origins.includes("any")) return () => true;
  const allowed = new Set(origins.map(normal));
  return (origin) => allowed.has(origin.toLowerCase());
}

/** As browsers send it (RFC 6454 section 6.1): in lower case, without the default port. */
function normal(text: string): string {
  // Pages of files and sandboxes.
  if (text === "null") return text;
  if (!/^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+\/?$/i.test(text)) {
    throw new Mistake(`--origin takes a scheme and a host, such as http://localhost:3000, not "${text}".`);
  }
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  // Of schemes that it does not know, such as those of extensions, URL gives none.
  return origin === "null" ? text.replace(/\/$/, "").toLowerCase() : origin;
}
