import {
  checkUpgradeRequest,
  parseExtensions,
  type RequestHead,
  RequestReader,
  type ResponseHead,
  ResponseReader,
} from "@plyws/handshake";
import { type DeflateParameters, EXTENSION_NAME, parseOffer, parseResponse } from "@plyws/permessage-deflate";

/** What stands before the frames of a stream. */
export type Opening =
  | { readonly kind: "request"; readonly head: RequestHead; readonly frames: Uint8Array }
  | { readonly kind: "response"; readonly head: ResponseHead; readonly frames: Uint8Array }
  /** No HTTP: frames from the start, as far as one can tell. */
  | { readonly kind: "none"; readonly frames: Uint8Array }
  | { readonly kind: "other"; readonly why: string };

/** Takes the opening handshake (RFC 6455 section 4) off the start of what one side sent. */
export function readOpening(octets: Uint8Array): Opening {
  const start = String.fromCharCode(...octets.subarray(0, 8));
  if (start.startsWith("HTTP/")) return readResponse(octets);
  if (start.startsWith("GET ")) return readRequest(octets);
  if (/^[A-Z]{3,7} /.test(start))
    return { kind: "other", why: "an HTTP request that is no opening handshake" };
  // RFC 8446 section 5.1: a record with a handshake, of any version.
  if (octets[0] === 0x16 && octets[1] === 0x03 && octets.length > 5) {
    return {
      kind: "other",
      why: "encrypted with TLS: capture behind the proxy that decrypts it, or without TLS",
    };
  }
  return { kind: "none", frames: octets };
}

function readRequest(octets: Uint8Array): Opening {
  const read = new RequestReader().receive(octets);
  if (read === null) return { kind: "other", why: "an HTTP request that breaks off" };
  if (!read.ok) return { kind: "other", why: "an HTTP request that is malformed" };
  const { head } = read;
  const upgrade = head.headers.get("upgrade")?.toLowerCase() ?? "";
  // Another fault of a handshake may be why somebody looks here.
  if (!upgrade.includes("websocket") && !checkUpgradeRequest(head).ok) {
    return { kind: "other", why: "an HTTP request that is no opening handshake" };
  }
  return { kind: "request", head, frames: read.rest };
}

function readResponse(octets: Uint8Array): Opening {
  const read = new ResponseReader().receive(octets);
  if (read === null) return { kind: "other", why: "an HTTP response that breaks off" };
  if (!read.ok) return { kind: "other", why: "an HTTP response that is malformed" };
  const { head } = read;
  if (head.status !== 101)
    return { kind: "other", why: `the response was ${head.status}, so no frames follow` };
  return { kind: "response", head, frames: read.rest };
}

/**
 * What the two sides agreed on about permessage-deflate: RFC 7692 section 7.1. Null when they did not.
 *
 * @param request null when it is not there
 */
export function agreedDeflate(request: RequestHead | null, response: ResponseHead): DeflateParameters | null {
  const accepted = extensionOf(response)?.params;
  const named = accepted === undefined ? null : parseResponse(accepted);
  if (named === null) return null;
  const offered = request === null ? undefined : extensionOf(request)?.params;
  const limit = offered === undefined ? null : (parseOffer(offered)?.clientMaxWindowBits ?? null);
  return {
    serverNoContextTakeover: named.serverNoContextTakeover,
    clientNoContextTakeover: named.clientNoContextTakeover,
    serverMaxWindowBits: named.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: named.clientMaxWindowBits ?? (typeof limit === "number" ? limit : 15),
  };
}

function extensionOf({ headers }: RequestHead | ResponseHead) {
  const value = headers.get("sec-websocket-extensions");
  return value === null ? undefined : parseExtensions(value)?.find(({ name }) => name === EXTENSION_NAME);
}
