import { indexOrEnd, isDigits, isHostName, isIpLiteral, lowerCase } from "./characters.ts";

/** A host in lower case, and a port, null when there is none. */
export interface Authority {
  host: string;
  port: number | null;
}

/** RFC 3986 section 3.2.2 and 3.2.3: uri-host [":" port]; null when it is anything else, user information included. */
export function parseAuthority(text: string): Authority | null {
  const end = text.startsWith("[") ? text.indexOf("]") + 1 : indexOrEnd(text, ":");
  const host = text.slice(0, end);
  const isHost = host.startsWith("[") ? isIpLiteral(host.slice(1, -1)) : isHostName(host);
  if (!isHost) return null;
  const port = parsePort(text.slice(end));
  return port === undefined ? null : { host: lowerCase(host), port };
}

/** Undefined when it is not a port. RFC 3986 section 3.2.3: a colon without digits means the default port. */
function parsePort(text: string): number | null | undefined {
  if (text === "" || text === ":") return null;
  const digits = text.slice(1);
  if (!text.startsWith(":") || !isDigits(digits)) return undefined;
  const port = Number(digits);
  return port > 65_535 ? undefined : port;
}
