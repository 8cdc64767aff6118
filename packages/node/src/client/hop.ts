import { createUpgradeRequest, type HandshakeError, HeaderFields } from "@plyws/handshake";
import { type HeaderInput, toHeaderFields } from "../accept.ts";
import { credentialsOf, withoutCredentials } from "./credentials.ts";
import { authorityOf, isSecure } from "./destination.ts";
import type { TlsSettings } from "./dial.ts";
import { ConnectError, nameOf } from "./errors.ts";

/** A server on the way of a redirect, and what it gets to see. */
export interface Hop {
  /** Without user name and password. */
  readonly url: URL;
  readonly headers: HeaderFields;
  readonly tls: TlsSettings | undefined;
}

/** Header fields that only the server gets for which they were given. */
const CREDENTIALS = ["authorization", "cookie", "proxy-authorization"];

/** Settings of TLS that say who we are, or which name the server has: they were meant for one server. */
const IDENTITY = [
  "cert",
  "key",
  "pfx",
  "passphrase",
  "pskCallback",
  "clientCertEngine",
  "privateKeyEngine",
  "privateKeyIdentifier",
  "secureContext",
  "session",
  "servername",
];

const REDIRECTS = [301, 302, 303, 307, 308];

/** The user name and password of the URL become an Authorization, unless the caller gives one. */
export function firstHop(url: URL, given: HeaderInput | undefined, tls: TlsSettings | undefined): Hop {
  const headers = toHeaderFields(given);
  const credentials = headers.has("authorization") ? null : credentialsOf(url);
  return {
    url: withoutCredentials(url),
    headers: credentials === null ? headers : HeaderFields.from([...headers, ["Authorization", credentials]]),
    tls,
  };
}

/** Whether an answer asks to go elsewhere. */
export function isRedirect({ code, status }: HandshakeError): boolean {
  return code === "unexpected-status" && REDIRECTS.includes(status);
}

/**
 * Where a redirect leads. Another origin gets no credentials, and the servers behind it get none either, not even
 * the first one again.
 *
 * @throws ConnectError when it cannot be followed, or leads from TLS to a server without it
 */
export function nextHop({ url, headers, tls }: Hop, { status, headers: answered }: HandshakeError): Hop {
  const locations = answered.getAll("location");
  const next = locations.length === 1 ? locate(locations[0]!, url) : null;
  const details = { status, headers: answered };
  if (next === null) {
    const text = `${nameOf(url)} redirects (${status}) without a Location that is the URL of a WebSocket`;
    throw new ConnectError("invalid-redirect", text, details);
  }
  if (isSecure(url) && !isSecure(next)) {
    const text = `${nameOf(url)} redirects (${status}) to ${nameOf(next)}, which has no TLS: that is not followed`;
    throw new ConnectError("insecure-redirect", text, details);
  }
  if (isSameOrigin(url, next)) return { url: next, headers, tls };
  const kept = [...headers].filter(([name]) => !CREDENTIALS.includes(name.toLowerCase()));
  return { url: next, headers: HeaderFields.from(kept), tls: withoutIdentity(tls) };
}

export function isSameOrigin(one: URL, other: URL): boolean {
  return isSecure(one) === isSecure(other) && authorityOf(one) === authorityOf(other);
}

/** RFC 9110 section 10.2.2. What the server writes there as user name, password and fragment is left out. */
function locate(location: string, base: URL): URL | null {
  try {
    // A server that does not encode what is not ASCII writes UTF-8; header fields were read as Latin-1.
    const url = withoutCredentials(new URL(Buffer.from(location, "latin1").toString(), base));
    url.hash = "";
    createUpgradeRequest(url); // Refuses other schemes, and hosts that cannot stand in a head.
    return url;
  } catch {
    return null;
  }
}

/** What says whom to trust stays. */
function withoutIdentity(tls: TlsSettings | undefined): TlsSettings | undefined {
  if (tls === undefined) return undefined;
  return Object.fromEntries(Object.entries(tls).filter(([name]) => !IDENTITY.includes(name)));
}
