import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { encodeResponse } from "@plyws/handshake";
import { openConnection, type WebSocketConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { createListener, type ListenOptions, openPort, urlOf } from "./listener.ts";
import { type ConnectionLimits, type Limits, resolveLimits } from "./options.ts";
import { type ShutdownOptions, type ShutdownReport, shutdown } from "./shutdown.ts";
import { type Refusal, refuse, type UpgradeOptions, UpgradePolicy } from "./upgrade.ts";

export interface ServerOptions extends ConnectionLimits, UpgradeOptions {}

export interface AttachOptions {
  /** The path to answer, without a query. Default: every path. */
  readonly path?: string | undefined;
}

/**
 * Accepts WebSocket connections: on a port of its own ({@link listen}), on an existing server ({@link attach}), or one
 * request at a time ({@link handleUpgrade}); all three may be mixed.
 *
 * @example
 * ```ts
 * const server = new WebSocketServer({}, {
 *   message: (socket, data) => socket.send(data),
 * });
 * await server.listen({ port: 9001 });
 * ```
 */
export class WebSocketServer {
  readonly #limits: Limits;
  readonly #policy: UpgradePolicy;
  readonly #events: WebSocketEvents;
  readonly #connections = new Set<WebSocketConnection>();
  readonly #detach: (() => void)[] = [];
  #listener: HttpServer | HttpsServer | null = null;
  #closing = false;

  /**
   * @throws RangeError when a limit is not a whole number in its range
   * @throws TypeError when one of the origins is none
   */
  constructor(options: ServerOptions, events: WebSocketEvents) {
    this.#limits = resolveLimits(options);
    this.#policy = new UpgradePolicy(options);
    this.#events = events;
  }

  /** The connections that have not ended. */
  get connections(): ReadonlySet<WebSocketConnection> {
    return this.#connections;
  }

  /** Where the server listens, for instance "ws://127.0.0.1:9001/"; "" before {@link listen}. */
  get url(): string {
    return this.#listener === null ? "" : urlOf(this.#listener);
  }

  /**
   * Opens a port of its own. Requests that are no upgrade are answered with 426.
   *
   * @throws Error when the port cannot be opened, with Node's `code`: "EADDRINUSE", "EACCES" …
   */
  async listen(options: ListenOptions = {}): Promise<this> {
    if (this.#listener !== null) throw new Error("This server listens already");
    const listener = createListener(options.tls);
    await openPort(listener, options);
    this.#listener = listener;
    return this.attach(listener);
  }

  /** Answers the upgrades of an existing HTTP or HTTPS server, which keeps its other requests and its own life. */
  attach(server: HttpServer | HttpsServer, { path }: AttachOptions = {}): this {
    const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
      if (path === undefined || pathOf(request) === path) this.handleUpgrade(request, stream, head);
      // Another listener may answer other paths; when there is none, nobody would.
      else if (server.listenerCount("upgrade") === 1) refuse(stream, NOT_FOUND);
    };
    server.on("upgrade", onUpgrade);
    this.#detach.push(() => server.off("upgrade", onUpgrade));
    return this;
  }

  /**
   * Answers one request for an upgrade, with what Node's `upgrade` event gives. From this call on the stream belongs
   * to this server, whether the request is accepted or refused.
   */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    // From here on a reset must find a listener, or it would end the process.
    stream.on("error", ignore);
    if (this.#closing) return refuse(stream, GOING_AWAY);
    let decision: ReturnType<UpgradePolicy["decide"]>;
    try {
      decision = this.#policy.decide(request);
    } catch (error) {
      process.emitWarning(`A function in the options of a WebSocket server failed: ${String(error)}`);
      return refuse(stream, BROKEN);
    }
    if (!("status" in decision)) return refuse(stream, decision.error);
    if (!stream.writable) return;
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true);
    stream.write(encodeResponse(decision));
    stream.off("error", ignore);
    const { subprotocol } = decision;
    const url = request.url ?? "/";
    openConnection({
      stream,
      head,
      role: "server",
      limits: this.#limits,
      events: this.#events,
      connections: this.#connections,
      url,
      subprotocol,
    });
  }

  /**
   * Shuts down: no new connections, a Close frame to all there are, and the end of those that do not answer in time.
   * The own port is closed; servers that were attached to go on without WebSocket.
   *
   * @returns who finished and who was cut off
   * @throws RangeError when the code or the reason cannot be sent
   */
  async close(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    this.#closing = true;
    for (const detach of this.#detach.splice(0)) detach();
    const report = await shutdown(this.#connections, options);
    const listener = this.#listener;
    this.#listener = null;
    if (listener !== null) {
      await new Promise((resolve) => {
        listener.close(resolve);
        listener.closeAllConnections();
      });
    }
    return report;
  }
}

const NOT_FOUND = refusal(404, "There is no WebSocket at this path");
const BROKEN = refusal(500, "The server could not decide on the request");
const GOING_AWAY = refusal(503, "The server is shutting down");

function refusal(status: number, message: string): Refusal {
  return { status, message, headers: [] };
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

function ignore(): void {}
