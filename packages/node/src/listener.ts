import type { Server as HttpServer } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { UpgradeListener } from "./attachment.ts";
import { createHttpServer } from "./http.ts";
import { warn } from "./warn.ts";

/** Where to listen. */
export interface ListenOptions {
  /** Default 0: any free port; `url` tells which. */
  readonly port?: number | undefined;
  /** Default: all addresses of the machine, as everywhere in Node. */
  readonly host?: string | undefined;
  /**
   * The path of a Unix domain socket, or the name of a pipe on Windows, in place of port and host. A file that is there
   * already is "EADDRINUSE", also one that a killed process has left: whoever knows that it did removes it first.
   */
  readonly socketPath?: string | undefined;
  /** Certificate and key: the server then speaks `wss`. */
  readonly tls?: TlsOptions | undefined;
}

/** How long a head may take, in milliseconds from the first octet of the request on. */
export const HEAD_TIMEOUT = 10_000;

const LIMITS = {
  /** The longest request head, in octets. */
  maxHeaderSize: 16_384,
  /** How long a request may take, in milliseconds, and how often that is looked at. */
  headersTimeout: HEAD_TIMEOUT,
  requestTimeout: HEAD_TIMEOUT,
  connectionsCheckingInterval: 1000,
};

const NO_UPGRADE = "This port speaks WebSocket only.\n";

/** How long streams that are no connections any more, or not yet, may keep a port from being closed, in milliseconds. */
const LINGER = 1000;

/** A port, or a Unix domain socket, of its own. */
export class Listener {
  /** Rejects with Node's error: "EADDRINUSE", "EACCES" … */
  readonly opened: Promise<void>;
  readonly #server: HttpServer | HttpsServer;
  /** With TLS: the TCP streams. The HTTP server knows them only after their TLS handshake. */
  readonly #tcpStreams = new Set<Socket>();
  #url = "";
  #closed: Promise<void> | null = null;

  /**
   * Begins to listen.
   *
   * @throws TypeError when there are a port or host and a `socketPath`, or the latter is empty
   * @throws Error of Node when the port or the TLS options cannot be used
   */
  constructor(options: ListenOptions, onUpgrade: UpgradeListener) {
    const place = placeOf(options);
    this.#server = createServer(options.tls);
    this.#server.on("upgrade", onUpgrade);
    if (options.tls !== undefined) this.#server.on("connection", this.#track);
    this.opened = new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(place, () => {
        // From here on there is nobody to reject, and a failed accept must not end the process.
        this.#server
          .off("error", reject)
          .on("error", (error) => warn("The port of a WebSocket server", error));
        this.#url = this.#findUrl();
        resolve();
      });
    });
  }

  /** What a client connects to, also after it was closed; "" before it listens. */
  get url(): string {
    return this.#url;
  }

  #findUrl(): string {
    const address = this.#server.address();
    if (address === null) return "";
    const scheme = "setSecureContext" in this.#server ? "wss" : "ws";
    if (typeof address === "string") return `${scheme}://localhost/`;
    const { family, port } = address;
    // An unspecified address cannot be connected to everywhere: the machine itself can always.
    const host = address.address === "::" || address.address === "0.0.0.0" ? "localhost" : address.address;
    return `${scheme}://${family === "IPv6" && host !== "localhost" ? `[${host}]` : host}:${port}/`;
  }

  /**
   * Closes the port, and every stream that is no connection. Resolves when all streams are gone. Never rejects.
   *
   * @param within how long streams may linger, in milliseconds
   */
  close(within: number): Promise<void> {
    this.#closed ??= this.#close(Math.min(within, LINGER));
    return this.#closed;
  }

  async #close(linger: number): Promise<void> {
    try {
      await this.opened;
    } catch {
      return;
    }
    const timer = setTimeout(() => {
      for (const stream of this.#tcpStreams) stream.destroy();
    }, linger);
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
    clearTimeout(timer);
  }

  readonly #track = (stream: Socket): void => {
    this.#tcpStreams.add(stream);
    stream.once("close", () => this.#tcpStreams.delete(stream));
  };
}

/** An HTTP server that knows nothing but upgrades: every other request is answered with 426. */
function createServer(tls: TlsOptions | undefined): HttpServer | HttpsServer {
  const server =
    tls === undefined
      ? createHttpServer(LIMITS)
      : createHttpsServer({ handshakeTimeout: HEAD_TIMEOUT, ...tls, ...LIMITS });
  // Node would drop header lines above its own limit silently: it is left to the policy to count them.
  server.maxHeadersCount = 0;
  return server.on("request", (_request, response) => {
    // RFC 9110 section 15.5.22: the answer says which protocol is required.
    response.writeHead(426, {
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Content-Type": "text/plain",
      "Content-Length": NO_UPGRADE.length,
    });
    response.end(NO_UPGRADE);
  });
}

function placeOf({
  port,
  host,
  socketPath,
}: ListenOptions): { path: string } | { port: number; host?: string } {
  if (socketPath === undefined) return { port: port ?? 0, ...(host === undefined ? {} : { host }) };
  if (socketPath === "") throw new TypeError("socketPath is empty");
  if (port === undefined && host === undefined) return { path: socketPath };
  throw new TypeError("socketPath takes the place of port and host: only one of them can be given");
}
