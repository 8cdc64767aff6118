import { isIP } from "node:net";
import { hostOf, isSecure, portOf } from "./destination.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that an environment variable names. */
export interface NamedProxy {
  readonly variable: string;
  readonly value: string;
}

/**
 * The proxy that the environment has for a server, `null` for none: the first variable that is set of `wss_proxy`,
 * `https_proxy`, `all_proxy` (for a server without TLS: `ws_proxy`, `http_proxy`, `all_proxy`), each in lower case
 * before upper case, as for curl. An empty one stands for no proxy, and so does a server that `no_proxy` lists.
 */
export function proxyOfEnvironment(server: URL, environment: Environment): NamedProxy | null {
  const names = isSecure(server)
    ? ["wss_proxy", "https_proxy", "all_proxy"]
    : ["ws_proxy", "http_proxy", "all_proxy"];
  const found = variableOf(names, environment);
  if (found === null || found.value === "") return null;
  const exceptions = variableOf(["no_proxy"], environment)?.value ?? "";
  return isListed(server, exceptions) ? null : found;
}

function variableOf(names: readonly string[], environment: Environment): NamedProxy | null {
  for (const name of names) {
    for (const variable of [name, name.toUpperCase()]) {
      // A CGI program gets the header field Proxy of a request in this variable: anybody can have set it.
      if (variable === "HTTP_PROXY" && environment["REQUEST_METHOD"] !== undefined) continue;
      const value = environment[variable];
      if (value !== undefined) return { variable, value: value.trim() };
    }
  }
  return null;
}

/**
 * Whether a list like "localhost, example.com:8080 .internal [::1]" has the server: a name stands for itself and all
 * names below it, with or without a dot or "*." in front; "*" for every server; a port narrows the entry down.
 */
function isListed(server: URL, list: string): boolean {
  const host = hostOf(server).replace(/\.$/, "");
  return list.split(/[\s,]/).some((text) => {
    if (text === "*") return true;
    const entry = parseEntry(text.toLowerCase());
    if (entry.host === "" || (entry.port !== null && entry.port !== portOf(server))) return false;
    // The end of an address is no domain.
    return host === entry.host || (isIP(host) === 0 && host.endsWith(`.${entry.host}`));
  });
}

function parseEntry(text: string): { host: string; port: number | null } {
  const colon = isIP(text) === 6 || text.endsWith("]") ? -1 : text.lastIndexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  return {
    host: host.replace(/^\[|\]$/g, "").replace(/^\*?\./, ""),
    port: colon < 0 ? null : Number(text.slice(colon + 1)),
  };
}
