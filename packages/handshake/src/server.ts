import { computeAccept, type DigestOptions } from "./accept.ts";
import { parseAuthority } from "./authority.ts";
import { isKey } from "./base64.ts";
import { indexOrEnd, isTarget, lowerCase } from "./characters.ts";
import { checkHeaders, reasonOf } from "./encode.ts";
import { type Rejected, rejected } from "./errors.ts";
import { type Extension, type ExtensionOffer, formatExtensions } from "./extensions.ts";
import type { HeaderFields, HeaderList, HeaderSource } from "./fields.ts";
import type { UpgradeRequest } from "./head.ts";
import { areOffered, extensionsOf, includesToken, isUpgradable } from "./negotiation.ts";
import { checkSelected, parseSubprotocols } from "./subprotocol.ts";

/** What a client asks for, checked. */
export interface UpgradeOffer {
  /** The value of Sec-WebSocket-Key: 24 characters of base64. */
  readonly key: string;
  /** The host that the request is for, with its port if there is one: well-formed, as received. */
  readonly host: string;
  /** Path and query of the target: RFC 6455 section 3. Starts with "/". */
  readonly resourceName: string;
  /** As received, well-formed or not; null when there is none. `checkOrigin` decides on it. */
  readonly origin: string | null;
  /** In the client's order of preference, no two equal. */
  readonly subprotocols: readonly string[];
  /** In the client's order of preference. */
  readonly extensions: readonly ExtensionOffer[];
  readonly request: UpgradeRequest;
}

/** What a server chooses out of an offer. */
export interface UpgradeChoice {
  /** One of those offered, or "" for none, which is the default. */
  readonly subprotocol?: string | undefined;
  /** Accepted, in order; each name was offered and appears once. Default none. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Further header fields, for instance Set-Cookie. Not those that belong to the handshake. */
  readonly headers?: HeaderSource | undefined;
}

/** The response that opens the connection, and what was agreed on. `encodeResponse` writes it. */
export interface AcceptedUpgrade {
  readonly status: 101;
  readonly reason: string;
  readonly headers: HeaderList;
  /** "" when there is none. */
  readonly subprotocol: string;
  readonly extensions: readonly Extension[];
}

/** Two of one of these are two readings of one request: RFC 9112 section 3.2, RFC 6455 section 11.3, RFC 6454 section 7. */
const SINGLETONS = ["host", "origin", "sec-websocket-key", "sec-websocket-version"];
const RESERVED = ["connection", "upgrade", "sec-websocket-", "content-length", "transfer-encoding"];

/** RFC 9110 section 15.5.22: a response 426 says what to upgrade to. */
const UPGRADE = ["Upgrade", "websocket"] as const;
const VERSION = ["Sec-WebSocket-Version", "13"] as const;

/**
 * Checks a request for an upgrade against RFC 6455 section 4.2.1. A total function: whatever the head, there is a
 * result. Who may connect (Origin, cookies) is decided afterwards.
 *
 * @example
 * ```ts
 * const checked = checkUpgradeRequest(head);
 * if (!checked.ok) return rejectUpgrade(checked.error.status, { headers: checked.error.headers });
 * const accepted = acceptUpgrade(checked.offer);
 * ```
 */
export function checkUpgradeRequest(
  request: UpgradeRequest,
): { readonly ok: true; readonly offer: UpgradeOffer } | Rejected {
  const { headers } = request;
  if (!isUpgradable(request.httpVersion)) {
    return rejected("unsupported-http-version", { headers: [UPGRADE] });
  }
  // RFC 9110 section 15.5.6: a response 405 says what is allowed.
  if (request.method !== "GET") return rejected("method-not-allowed", { headers: [["Allow", "GET"]] });
  const target = parseTarget(request.target);
  if (target === null) return rejected("invalid-target");
  if (SINGLETONS.some((name) => headers.isRepeated(name))) return rejected("duplicate-header");
  const host = headers.get("host");
  if (host === null || parseAuthority(host) === null) return rejected("invalid-host");
  if (announcesBody(headers)) return rejected("unexpected-body");
  if (!includesToken(headers, "upgrade", "websocket"))
    return rejected("missing-upgrade", { headers: [UPGRADE] });
  if (!includesToken(headers, "connection", "upgrade")) return rejected("missing-connection");
  if (headers.get("sec-websocket-version") !== "13") {
    return rejected("unsupported-version", { headers: [UPGRADE, VERSION] });
  }
  const key = headers.get("sec-websocket-key");
  if (key === null || !isKey(key)) return rejected("invalid-key");
  const subprotocols = parseSubprotocols(headers.get("sec-websocket-protocol"));
  if (subprotocols === null) return rejected("invalid-subprotocols");
  const extensions = extensionsOf(headers);
  if (extensions === null) return rejected("invalid-extensions");
  return {
    ok: true,
    offer: {
      key,
      // RFC 9112 section 3.2.2: the host in the target, if there is one, replaces the Host header field.
      host: target.authority ?? host,
      resourceName: target.resourceName,
      origin: headers.get("origin"),
      subprotocols,
      extensions,
      request,
    },
  };
}

/**
 * The response that opens the connection, as data: RFC 6455 section 4.2.2.
 *
 * @throws TypeError when the subprotocol or an extension was not offered, an extension appears twice, a header is
 *   reserved (Connection, Upgrade, Sec-WebSocket-*, Content-Length, Transfer-Encoding), or a name or value cannot
 *   stand in a head.
 *
 * @example
 * ```ts
 * const subprotocol = selectSubprotocol(offer.subprotocols, ["chat.v2", "chat.v1"]);
 * socket.write(encodeResponse(acceptUpgrade(offer, { subprotocol })));
 * ```
 */
export function acceptUpgrade(
  offer: Pick<UpgradeOffer, "key" | "subprotocols" | "extensions">,
  { subprotocol = "", extensions = [], headers = [] }: UpgradeChoice = {},
  { digest }: DigestOptions = {},
): AcceptedUpgrade {
  checkSelected(subprotocol, offer.subprotocols);
  if (!areOffered(extensions, offer.extensions)) {
    throw new TypeError("An extension was not offered, or appears more than once");
  }
  const lines: (readonly [string, string])[] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", computeAccept(offer.key, digest)],
  ];
  if (subprotocol !== "") lines.push(["Sec-WebSocket-Protocol", subprotocol]);
  if (extensions.length > 0) lines.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  lines.push(...checkHeaders(headers, RESERVED));
  return { status: 101, reason: reasonOf(101), headers: lines, subprotocol, extensions };
}

/** RFC 9110 section 9.3.1: a GET has no body. One would be taken for frames here, and for a request elsewhere. */
function announcesBody(headers: HeaderFields): boolean {
  const length = headers.get("content-length") ?? "0";
  return length !== "0" || headers.has("transfer-encoding");
}

interface Target {
  resourceName: string;
  /** Only the absolute form has one. */
  authority: string | null;
}

/** RFC 9112 section 3.2: the origin form, or the absolute form with http or https; null for anything else. */
function parseTarget(target: string): Target | null {
  if (!isTarget(target)) return null;
  if (target.startsWith("/")) return { resourceName: target, authority: null };
  const start = indexOrEnd(target, "://") + 3;
  if (!["http://", "https://"].includes(lowerCase(target.slice(0, start)))) return null;
  const end = Math.min(indexOrEnd(target, "/", start), indexOrEnd(target, "?", start));
  const authority = target.slice(start, end);
  if (parseAuthority(authority) === null) return null;
  const resourceName = target.slice(end);
  return { resourceName: resourceName.startsWith("/") ? resourceName : `/${resourceName}`, authority };
}
