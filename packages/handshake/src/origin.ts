import { type Authority, parseAuthority } from "./authority.ts";
import { isScheme, lowerCase } from "./characters.ts";
import { type Rejected, rejected } from "./errors.ts";

/** What a rule decides on. All three are as received: nothing was parsed yet. */
export interface OriginContext {
  /** The value of the Origin header field. */
  readonly origin: string;
  /** The host, with its port if there is one, that the request was sent to. */
  readonly host: string;
  /** Whether the request arrived over TLS. */
  readonly secure: boolean;
}

/** Decides whether a page of this origin may connect. Only `true` lets it in. */
export type OriginRule = (context: OriginContext) => boolean;

export interface OriginOptions {
  /** Decides on a request that has an Origin. Default `sameHost`. */
  readonly rule?: OriginRule | undefined;
  /** Whether a request without an Origin is let in: no browser sends one, other clients often do. Default true. */
  readonly allowMissing?: boolean | undefined;
  /** Whether the request arrived over TLS. Default false. */
  readonly secure?: boolean | undefined;
}

/**
 * Decides whether the page that asks may connect: browsers send their cookies with a handshake to any site, so that
 * without this check any page could speak in the name of its visitor (RFC 6455 section 10.2).
 *
 * @param offer what `checkUpgradeRequest` gave.
 */
export function checkOrigin(
  offer: { readonly origin: string | null; readonly host: string },
  { rule = sameHost, allowMissing = true, secure = false }: OriginOptions = {},
): { readonly ok: true } | Rejected {
  const { origin, host } = offer;
  // A rule is user code: a promise, say, is not a yes.
  const allowed: unknown = origin === null ? allowMissing : rule({ origin, host, secure });
  return allowed === true ? { ok: true } : rejected("origin-not-allowed");
}

/**
 * Lets in the pages that come from the host and port the request was sent to. Over TLS the page must have come over
 * TLS too; without TLS both are let in, since a proxy may have ended it. "null" and malformed origins are never let in.
 */
export function sameHost({ origin, host, secure }: OriginContext): boolean {
  const page = parseOrigin(origin);
  const server = parseAuthority(host);
  if (page === null || server === null) return false;
  const allowedSchemes = secure ? ["https"] : ["https", "http"];
  if (!allowedSchemes.includes(page.scheme)) return false;
  // Whoever writes no port means the default one of the page's scheme: the page speaks ws to http and wss to https.
  return page.host === server.host && portOf(page, page.scheme) === portOf(server, page.scheme);
}

/**
 * Lets in exactly these origins, for instance "https://example.com" or "http://localhost:8080". Letter case and the
 * default port make no difference; anything else does.
 *
 * @throws TypeError when one of them is not an origin: a path, even "/", is not part of one, and "null" equals nothing.
 */
export function allowOrigins(origins: readonly string[]): OriginRule {
  const allowed = new Set<string>();
  for (const origin of origins) {
    const canonical = canonicalOrigin(origin);
    if (canonical === null)
      throw new TypeError(`${JSON.stringify(origin)} is not an origin${adviceOn(origin)}`);
    allowed.add(canonical);
  }
  return ({ origin }) => {
    const canonical = canonicalOrigin(origin);
    return canonical !== null && allowed.has(canonical);
  };
}

/** Most of what is no origin is a URL. */
function adviceOn(text: string): string {
  const origin = /^[^/]*:\/\/[^/?#]+/.exec(text)?.[0];
  if (origin === undefined || canonicalOrigin(origin) === null)
    return ': one is "https://example.com", for instance';
  return `: it ends with the host or the port, as in ${JSON.stringify(origin)}`;
}

interface Origin extends Authority {
  scheme: string;
}

/** RFC 6454 section 7.1: scheme "://" host [":" port], once. */
function parseOrigin(text: string): Origin | null {
  const end = text.indexOf("://");
  if (end < 0 || !isScheme(text.slice(0, end))) return null;
  const authority = parseAuthority(text.slice(end + 3));
  return authority === null ? null : { scheme: lowerCase(text.slice(0, end)), ...authority };
}

const DEFAULT_PORTS = new Map([
  ["http", 80],
  ["https", 443],
]);

function portOf({ port }: Authority, scheme: string): number | null {
  return port ?? DEFAULT_PORTS.get(scheme) ?? null;
}

function canonicalOrigin(text: string): string | null {
  const origin = parseOrigin(text);
  return origin === null ? null : `${origin.scheme}://${origin.host}:${portOf(origin, origin.scheme)}`;
}
