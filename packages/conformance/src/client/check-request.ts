import type { ClientRequestCheck } from "../cases/case.ts";
import { type Head, hasToken, listOf, valuesOf } from "../wire/head.ts";
import { parseExtensions } from "../wire/negotiation.ts";

/** A client's request, and where it was sent to. */
export interface ReceivedRequest {
  readonly head: Head;
  /** The host and the port of the kit. */
  readonly authority: string;
  /** The keys that this agent has sent before. */
  readonly earlierKeys: ReadonlySet<string>;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
/** Fields that may appear once (RFC 6455 section 11.3, RFC 9110). */
const SINGLE = ["host", "upgrade", "sec-websocket-key", "sec-websocket-version", "origin"];
const DEFLATE_OFFER =
  /^(?:(?:server|client)_no_context_takeover|client_max_window_bits(?:=(?:[89]|1[0-5]))?|server_max_window_bits=(?:[89]|1[0-5]))$/;

/** What is wrong with a request, as half a sentence; null when nothing is (RFC 6455 section 4.1). */
export const CHECKS: Readonly<Record<ClientRequestCheck, (request: ReceivedRequest) => string | null>> = {
  line: ({ head }) =>
    /^GET \/[\x21-\x7e]* HTTP\/1\.1$/.test(head.line) ? null : `the first line is "${head.line}"`,
  host: ({ head, authority }) => faultOfSingle(head, "host", (value) => value === authority),
  upgrade: ({ head }) =>
    hasToken(listOf(head, "upgrade"), "websocket") ? null : `Upgrade is "${listOf(head, "upgrade") ?? ""}"`,
  connection: ({ head }) =>
    hasToken(listOf(head, "connection"), "upgrade")
      ? null
      : `Connection is "${listOf(head, "connection") ?? ""}"`,
  key: ({ head }) => faultOfSingle(head, "sec-websocket-key", (value) => KEY.test(value)),
  version: ({ head }) => faultOfSingle(head, "sec-websocket-version", (value) => value === "13"),
  "fresh-key": ({ head, earlierKeys }) => {
    const [key = ""] = valuesOf(head, "sec-websocket-key");
    return earlierKeys.has(key) ? `the key ${key} was sent before` : null;
  },
  once: ({ head }) => {
    const repeated = SINGLE.find((name) => valuesOf(head, name).length > 1);
    return repeated === undefined ? null : `${repeated} is there more than once`;
  },
  extensions: ({ head }) => faultOfExtensions(listOf(head, "sec-websocket-extensions")),
  subprotocols: ({ head }) => {
    const list = listOf(head, "sec-websocket-protocol");
    const names = list === null ? [] : list.split(",").map((name) => name.trim());
    if (names.some((name) => !TOKEN.test(name))) return `Sec-WebSocket-Protocol is "${list}"`;
    return new Set(names).size === names.length ? null : `a subprotocol is named twice in "${list}"`;
  },
};

function faultOfSingle(head: Head, name: string, right: (value: string) => boolean): string | null {
  const values = valuesOf(head, name);
  const [value = ""] = values;
  return values.length === 1 && right(value) ? null : `${name} is "${values.join('" and "')}"`;
}

function faultOfExtensions(list: string | null): string | null {
  if (list === null) return null;
  const extensions = parseExtensions(list);
  if (extensions === null) return `"${list}" breaks the grammar`;
  for (const { name, parameters } of extensions) {
    if (name !== "permessage-deflate") continue;
    const texts = parameters.map(([key, value]) => (value === null ? key : `${key}=${value}`));
    const wrong = texts.find((text) => !DEFLATE_OFFER.test(text));
    if (wrong !== undefined) return `"${wrong}" is no parameter of an offer`;
    if (new Set(parameters.map(([key]) => key)).size < parameters.length) return "a parameter is repeated";
  }
  return null;
}
