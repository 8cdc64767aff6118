import { Attempt } from "./client/attempt.ts";
import { firstHop } from "./client/hop.ts";
import { openStream, type Way } from "./client/open.ts";
import type { ConnectOptions } from "./client/options.ts";
import { chooseProxy } from "./client/proxy.ts";
import { clientDeflate } from "./compression.ts";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { tellNotConnected } from "./observe/channels.ts";
import { checkList, checkTimeout, checkWhole, resolveLimits } from "./options.ts";
import { sourceOf } from "./request.ts";

export type { TlsSettings } from "./client/dial.ts";
export { ConnectError, type ConnectErrorCode, ResponseError } from "./client/errors.ts";
export type { ConnectOptions } from "./client/options.ts";

/** The largest message that a client accepts by default, in octets: 16 MiB. */
const MAX_MESSAGE_SIZE = 16_777_216;

/**
 * Opens a connection. It resolves when the opening handshake is done. Without a `message` event, messages are read by
 * `receive()` or `for await`; none is lost before.
 *
 * @param url `ws:` or `wss:`, or `http:` or `https:` for the same. A user name and password become an Authorization
 * (Basic), unless `headers` has one; `url` of the connection is without them, and the last one of the redirects.
 * @throws ResponseError, a HandshakeError, when the server's answer is not the acceptance of a WebSocket; `status`,
 * `headers` and `body` are those of the answer
 * @throws ConnectError when a proxy does not connect, or a redirect is not followed
 * @throws TypeError when the URL, the proxy, a header or a subprotocol cannot be used
 * @throws RangeError when a limit or time is not a whole number in its range
 * @throws DOMException "TimeoutError" after `handshakeTimeout`; the reason of `signal` when it is aborted
 * @throws Error of Node when the server cannot be reached: "ECONNREFUSED", "ENOTFOUND" …
 *
 * @example
 * ```ts
 * const socket = await connect("ws://localhost:9001/", { subprotocols: ["chat"] });
 * socket.send("hello");
 * console.log(await socket.receive());
 * ```
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
  events: WebSocketEvents = {},
): Promise<WebSocketConnection> {
  const { signal, handshakeTimeout = 10_000, maxMessageSize = MAX_MESSAGE_SIZE, trace = null } = options;
  const limits = resolveLimits({ ...options, maxMessageSize });
  checkTimeout("handshakeTimeout", handshakeTimeout);
  const way = wayOf(parseUrl(url), options);
  const attempt = new Attempt(handshakeTimeout, signal);
  const begin = performance.now();
  try {
    const opened = await openStream(way, attempt);
    const client = { role: "client", limits, events, trace, place: null, data: undefined } as const;
    const { remoteAddress } = sourceOf(opened.stream);
    return openConnection({ ...opened, ...client, remoteAddress, request: null, begin });
  } catch (error) {
    attempt.drop();
    tellNotConnected(way.first.url.href, error, begin);
    throw error;
  } finally {
    attempt.end();
  }
}

/** @throws TypeError when it is no URL of a WebSocket */
function parseUrl(url: string | URL): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && /^(ws|http)s?:$/.test(parsed.protocol)) return parsed;
  // What the text holds instead may be a secret.
  const what = parsed === null ? "this is no URL" : `this one begins with ${parsed.protocol}`;
  throw new TypeError(`connect takes a URL such as "ws://127.0.0.1:9001/": ${what}`);
}

function wayOf(url: URL, options: ConnectOptions): Way {
  const { proxy, proxyTls, socketPath, lookup, subprotocols = [], origin, maxRedirects = 0 } = options;
  checkWhole("maxRedirects", maxRedirects);
  if (socketPath === "") throw new TypeError("socketPath is empty");
  if (socketPath !== undefined && proxy !== undefined) {
    throw new TypeError("socketPath and proxy are two ways to the server: only one of them can be given");
  }
  return {
    first: firstHop(url, options.headers, options.tls),
    deflate: clientDeflate(options.perMessageDeflate),
    route: { proxy: chooseProxy(proxy), proxyTls, socketPath, lookup },
    request: {
      subprotocols: checkList("subprotocols", subprotocols),
      ...(origin === undefined ? {} : { origin }),
    },
    maxRedirects,
  };
}
