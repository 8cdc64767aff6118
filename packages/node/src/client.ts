import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsConnectionOptions } from "node:tls";
import {
  checkUpgradeResponse,
  createUpgradeRequest,
  encodeRequest,
  HeaderFields,
  ResponseReader,
  type UpgradeRequestDraft,
} from "@plyws/handshake";
import { type Headers, toHeaderFields } from "./accept.ts";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { type ConnectionLimits, checkTimeout, resolveLimits } from "./options.ts";
import { sha1 } from "./sha1.ts";

export interface ConnectOptions extends ConnectionLimits {
  /** In order of preference. The one that the server chose is `subprotocol` of the connection. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Further header fields, for instance `{ authorization: "Bearer …" }`. Not those that belong to the handshake. */
  readonly headers?: Headers | undefined;
  /** The value of Origin, which servers may ask for. Default none: this is no browser. */
  readonly origin?: string | undefined;
  /** Gives up the opening handshake when it is aborted. Afterwards it has no meaning. */
  readonly signal?: AbortSignal | undefined;
  /** How long everything up to the server's answer may take, in milliseconds. Default 10000. */
  readonly handshakeTimeout?: number | undefined;
  /** Certificates and other settings of `node:tls`, for `wss:` URLs. */
  readonly tls?: TlsConnectionOptions | undefined;
}

/** The largest message that a client accepts by default, in octets: 16 MiB. */
const MAX_MESSAGE_SIZE = 16_777_216;

/**
 * Opens a connection. It resolves when the opening handshake is done. Without a `message` event, messages are read by
 * `receive()` or `for await`; none is lost before.
 *
 * @param url `ws:` or `wss:`, or `http:` or `https:` for the same
 * @throws HandshakeError when the server's answer is not the acceptance of a WebSocket; `status` and `headers` are
 * those of the answer
 * @throws TypeError when the URL, a header or a subprotocol cannot be sent
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
  const target = new URL(url);
  const { signal, handshakeTimeout = 10_000, subprotocols = [], origin, headers } = options;
  const limits = resolveLimits({ ...options, maxMessageSize: options.maxMessageSize ?? MAX_MESSAGE_SIZE });
  checkTimeout("handshakeTimeout", handshakeTimeout);
  const request = createUpgradeRequest(target, {
    subprotocols,
    headers: headersOf(headers, target),
    ...(origin === undefined ? {} : { origin }),
  });
  signal?.throwIfAborted();

  const stream = openStream(target, options.tls);
  const { head, subprotocol } = await shakeHands(stream, request, handshakeTimeout, signal);
  return openConnection({
    stream,
    head,
    role: "client",
    limits,
    events,
    place: null,
    url: target.href,
    subprotocol,
    data: undefined,
  });
}

function openStream(url: URL, tls: TlsConnectionOptions | undefined): Socket {
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  // Both halves of the stream end separately: what is still queued goes out after the peer has ended its own.
  const destination = {
    host: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    noDelay: true,
    allowHalfOpen: true,
  };
  if (!secure) return connectTcp(destination);
  const servername = isIP(destination.host) === 0 ? { servername: destination.host } : {};
  return connectTls({ ALPNProtocols: ["http/1.1"], ...servername, ...tls, ...destination });
}

/** Sends the request and reads the answer. The stream is paused afterwards, or destroyed when it failed. */
function shakeHands(
  stream: Socket,
  request: UpgradeRequestDraft,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<{ head: Uint8Array; subprotocol: string }> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseReader();
    const timer = setTimeout(() => {
      fail(new DOMException(`The server did not answer within ${timeout} ms`, "TimeoutError"));
    }, timeout);
    const onAbort = (): void => fail(signal?.reason);
    const onEnd = (): void => fail(new Error("The server ended the stream before it answered the request"));
    const onData = (chunk: Uint8Array): void => {
      const read = reader.receive(chunk);
      if (read === null) return;
      if (!read.ok) return fail(read.error);
      const answer = checkUpgradeResponse(read.head, request, { digest: sha1 });
      if (!answer.ok) return fail(answer.error);
      stream.pause();
      settle();
      resolve({ head: read.rest, subprotocol: answer.subprotocol });
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      stream.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", fail);
    };
    const fail = (reason: unknown): void => {
      settle();
      stream.on("error", () => {}).destroy();
      reject(reason);
    };
    signal?.addEventListener("abort", onAbort);
    stream.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", fail);
    stream.write(encodeRequest(request));
  });
}

/** The given header fields, and the user name and password of the URL unless they hold an Authorization. */
function headersOf(given: Headers | undefined, { username, password }: URL): HeaderFields {
  const headers = toHeaderFields(given);
  if ((username === "" && password === "") || headers.has("authorization")) return headers;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return HeaderFields.from([...headers, ["Authorization", `Basic ${credentials.toString("base64")}`]]);
}
