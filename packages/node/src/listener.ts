import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";

/** Where to listen. */
export interface ListenOptions {
  /** Default 0: any free port; `url` tells which. */
  readonly port?: number | undefined;
  /** Default: all addresses of the machine, as everywhere in Node. */
  readonly host?: string | undefined;
  /** Certificate and key: the server then speaks `wss`. */
  readonly tls?: TlsOptions | undefined;
}

const LIMITS = {
  /** The longest request head, in octets. */
  maxHeaderSize: 16_384,
  /** How long a request may take, in milliseconds from its first octet on, and how often that is looked at. */
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
};

/** How long streams that are no connections any more, or not yet, may keep a port from being closed, in milliseconds. */
const LINGER = 1000;

/** For every listener with TLS: its TCP streams. The HTTP server knows them only after their TLS handshake. */
const tcpStreams = new WeakMap<HttpServer | HttpsServer, Set<Socket>>();

function trackStreams(listener: HttpServer | HttpsServer): void {
  const streams = new Set<Socket>();
  tcpStreams.set(listener, streams);
  listener.on("connection", (stream: Socket) => {
    streams.add(stream);
    stream.once("close", () => streams.delete(stream));
  });
}

/** An HTTP server that knows nothing but upgrades: every other request is answered with 426. */
export function createListener(tls: TlsOptions | undefined): HttpServer | HttpsServer {
  const listener = tls === undefined ? createHttpServer(LIMITS) : createHttpsServer({ ...tls, ...LIMITS });
  if (tls !== undefined) trackStreams(listener);
  // Node would drop header lines above its own limit silently: it is left to the policy to count them.
  listener.maxHeadersCount = 0;
  listener.on("request", (_request, response) => {
    // RFC 9110 section 15.5.22: the answer says which protocol is required.
    response.writeHead(426, { Upgrade: "websocket", Connection: "Upgrade", "Content-Type": "text/plain" });
    response.end("This port speaks WebSocket only.\n");
  });
  return listener;
}

/** Opens the port. Rejects with Node's error: "EADDRINUSE", "EACCES" … */
export function openPort(
  listener: HttpServer | HttpsServer,
  { port = 0, host }: ListenOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen({ port, host }, () => {
      listener.off("error", reject);
      resolve();
    });
  });
}

/** Closes the port, and every stream that is no connection. Resolves when all streams are gone. */
export async function closePort(listener: HttpServer | HttpsServer): Promise<void> {
  const timer = setTimeout(() => {
    for (const stream of tcpStreams.get(listener) ?? []) stream.destroy();
  }, LINGER);
  await new Promise((resolve) => {
    listener.close(resolve);
    listener.closeAllConnections();
  });
  clearTimeout(timer);
}

/** What a client connects to, for instance "ws://127.0.0.1:9001/"; "" while the listener has no port. */
export function urlOf(listener: HttpServer | HttpsServer): string {
  const address = listener.address();
  if (address === null || typeof address === "string") return "";
  const scheme = "setSecureContext" in listener ? "wss" : "ws";
  const { family, port } = address;
  // An unspecified address cannot be connected to everywhere: the machine itself can always.
  const host = address.address === "::" || address.address === "0.0.0.0" ? "localhost" : address.address;
  return `${scheme}://${family === "IPv6" && host !== "localhost" ? `[${host}]` : host}:${port}/`;
}
