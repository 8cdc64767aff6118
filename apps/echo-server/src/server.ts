import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { whyNotListening } from "@plyws/app-kit";
import { WebSocketServer } from "@plyws/node";
import { createEcho } from "./echo.ts";
import type { Log } from "./log.ts";
import type { Options } from "./options.ts";
import { createPage } from "./page.ts";
import { readTls } from "./tls.ts";

/** How people start it, and where it is by default. */
const PROGRAM = { command: "npm run echo", port: 9001 };

/** A server that listens. */
export interface EchoServer {
  /** The URL of the page. */
  readonly page: string;
  /** The URL of the sockets. */
  readonly socket: string;
  /** Closes every connection with code 1001, within three seconds, and stops to listen. */
  close(): Promise<void>;
}

// The page is small: whoever takes longer than this over a request only holds a socket.
const HTTP_LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const TLS_LIMITS = { handshakeTimeout: 5000 };
const CLOSE_WITHIN_MS = 3000;
// Octets. Up to here a message is sent back faster as a whole; above, it is worth it to let it pass without keeping it.
const WHOLE_UP_TO = 256;

/**
 * Starts the page and the echo on one port.
 *
 * @throws StartError when the port or the TLS files cannot be used
 */
export async function startServer(options: Options, log: Log): Promise<EchoServer> {
  const { host, port, tls, maxMessageSize, compress } = options;
  const page = createPage();
  const http =
    tls === null
      ? createHttpServer(HTTP_LIMITS, page)
      : createHttpsServer({ ...HTTP_LIMITS, ...TLS_LIMITS, ...readTls(tls) }, page);
  const sockets = new WebSocketServer(
    {
      // Any page may try this server: it holds no secret, and it does nothing in anybody's name.
      origin: "any",
      // An echo speaks whatever it is spoken to in. A browser gives up when none of its subprotocols is taken.
      subprotocols: ([first]) => first,
      maxMessageSize: maxMessageSize ?? WHOLE_UP_TO,
      perMessageDeflate: compress,
    },
    createEcho(log, maxMessageSize === null, compress),
  );
  sockets.attach(http);

  http.listen(port, host);
  try {
    await once(http, "listening");
  } catch (error) {
    throw error instanceof Error ? whyNotListening(error, host, port, PROGRAM) : error;
  }
  // Such as too many open files. It concerns new connections only.
  http.on("error", (error) => log.problem(`The server goes on after: ${error.message}`));

  const authority = authorityOf(http.address(), host);
  const secure = tls === null ? "" : "s";
  return {
    page: `http${secure}://${authority}/`,
    socket: `ws${secure}://${authority}/`,
    async close() {
      http.close();
      await sockets.close({ code: 1001, deadline: CLOSE_WITHIN_MS });
      http.closeAllConnections();
    },
  };
}

/** Host and port for a URL: the name that was asked for, with the port that was really taken. */
function authorityOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === "object" ? address?.port : address;
  if (host === "0.0.0.0" || host === "::") return `localhost:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
