import { computeAccept, type DigestOptions } from "./accept.ts";
import { parseAuthority } from "./authority.ts";
import { encodeBase64, isKey } from "./base64.ts";
import { lowerCase } from "./characters.ts";
import { checkHeaders, checkTarget } from "./encode.ts";
import { type HandshakeErrorCode, type Rejected, rejected } from "./errors.ts";
import { type Extension, type ExtensionOffer, formatExtensions } from "./extensions.ts";
import { HeaderFields, type HeaderSource } from "./fields.ts";
import type { ResponseHead, UpgradeRequest } from "./head.ts";
import { areOffered, extensionsOf, includesToken, isUpgradable } from "./negotiation.ts";
import { randomOctets } from "./platform.ts";
import { areSubprotocols } from "./subprotocol.ts";

/** The parts that are read of a `URL`. */
export interface UrlParts {
  /** "ws:", "wss:", "http:" or "https:". */
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash?: string | undefined;
}

/** Where a request goes, for those who have no `URL`. */
export interface RequestDestination {
  /** Host, and port if it is not the default one. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

export interface UpgradeRequestOptions {
  /** In order of preference; tokens, no two equal. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** In order of preference. Default none. */
  readonly extensions?: readonly ExtensionOffer[] | undefined;
  /** The value of Origin. Only browsers have to send one. Default none. */
  readonly origin?: string | undefined;
  /** Further header fields, for instance Cookie and Authorization. Not those that belong to the handshake. */
  readonly headers?: HeaderSource | undefined;
  /** The value of Sec-WebSocket-Key, for tests: 24 characters of base64. Default: from 16 fresh random octets. */
  readonly key?: string | undefined;
}

/** A request for an upgrade, and what has to be remembered to check the response. `encodeRequest` writes it. */
export interface UpgradeRequestDraft extends UpgradeRequest {
  readonly key: string;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionOffer[];
}

/** What was agreed on. */
export interface OpenedUpgrade {
  readonly ok: true;
  /** "" when there is none. */
  readonly subprotocol: string;
  /** In the order of the server. Whether their parameters answer the offer is for the extension to check. */
  readonly extensions: readonly Extension[];
  readonly headers: HeaderFields;
}

const RESERVED = [
  "host",
  "connection",
  "upgrade",
  "origin",
  "sec-websocket-",
  "content-length",
  "transfer-encoding",
];
const SCHEMES = ["ws:", "wss:", "http:", "https:"];

/**
 * A request for an upgrade, as data: RFC 6455 section 4.1.
 *
 * @param url a `URL`, or the host and the target. User name and password in a URL are not looked at: whether they
 *   become an Authorization header is for the transport to decide.
 * @throws TypeError when the URL has another scheme, a fragment (RFC 6455 section 3), no host or a malformed one; when
 *   a subprotocol or a part of an extension is not a token or a subprotocol appears twice; when a header is reserved
 *   (Host, Connection, Upgrade, Origin, Sec-WebSocket-*, Content-Length, Transfer-Encoding) or cannot stand in a head.
 *
 * @example
 * ```ts
 * const request = createUpgradeRequest(new URL("wss://example.com/chat"), { subprotocols: ["chat.v2", "chat.v1"] });
 * socket.write(encodeRequest(request));
 * ```
 */
export function createUpgradeRequest(
  url: UrlParts | RequestDestination,
  options: UpgradeRequestOptions = {},
): UpgradeRequestDraft {
  const { host, target } = "target" in url ? url : destinationOf(url);
  if (parseAuthority(host) === null) throw new TypeError("The host is not a host and port");
  if (!target.startsWith("/")) throw new TypeError("The request target does not start with a slash");
  checkTarget(target);
  const { subprotocols = [], extensions = [], origin, key = encodeBase64(randomOctets(16)) } = options;
  if (!isKey(key)) throw new TypeError("The key is not 16 octets in base64");
  if (!areSubprotocols(subprotocols))
    throw new TypeError("Subprotocols must be tokens, no two of them equal");

  const lines: (readonly [string, string])[] = [
    ["Host", host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ];
  if (origin !== undefined) lines.push(...checkHeaders([["Origin", origin]]));
  if (subprotocols.length > 0) lines.push(["Sec-WebSocket-Protocol", subprotocols.join(", ")]);
  if (extensions.length > 0) lines.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  lines.push(...checkHeaders(options.headers ?? [], RESERVED));
  return {
    method: "GET",
    target,
    httpVersion: "1.1",
    headers: HeaderFields.from(lines),
    key,
    subprotocols,
    extensions,
  };
}

/**
 * Checks the response to a request for an upgrade: RFC 6455 section 4.1. A total function: whatever the head, there
 * is a result. An error carries the status and the header fields of the response: a 401 or a redirect can be followed.
 *
 * @param request what `createUpgradeRequest` gave.
 */
export function checkUpgradeResponse(
  response: ResponseHead,
  request: Pick<UpgradeRequestDraft, "key" | "subprotocols" | "extensions">,
  { digest }: DigestOptions = {},
): OpenedUpgrade | Rejected {
  const { status, headers } = response;
  const fail = (code: HandshakeErrorCode): Rejected => rejected(code, { status, headers });

  if (status !== 101) return fail("unexpected-status");
  if (!isUpgradable(response.httpVersion)) return fail("unsupported-http-version");
  // "Not a match for the value" (section 4.1): not a list here, unlike in a request.
  if (lowerCase(headers.get("upgrade") ?? "") !== "websocket") return fail("missing-upgrade");
  if (!includesToken(headers, "connection", "upgrade")) return fail("missing-connection");
  if (headers.get("sec-websocket-accept") !== computeAccept(request.key, digest)) {
    return fail("invalid-accept");
  }
  const extensions = extensionsOf(headers);
  if (extensions === null) return fail("invalid-extensions");
  if (!areOffered(extensions, request.extensions)) return fail("extension-not-offered");
  // More than one, in one line or several, is a value that was not offered: a subprotocol has no comma.
  const subprotocol = headers.get("sec-websocket-protocol");
  if (subprotocol !== null && !request.subprotocols.includes(subprotocol)) {
    return fail("subprotocol-not-offered");
  }
  return { ok: true, subprotocol: subprotocol ?? "", extensions, headers };
}

function destinationOf({ protocol, host, pathname, search, hash = "" }: UrlParts): RequestDestination {
  if (!SCHEMES.includes(protocol)) throw new TypeError("The scheme of the URL is not ws, wss, http or https");
  if (hash !== "") throw new TypeError("The URL has a fragment");
  return { host, target: `${pathname === "" ? "/" : pathname}${search}` };
}
