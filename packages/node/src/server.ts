import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { attachTo } from "./attachment.ts";
import type { WebSocketConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { closePort, createListener, type ListenOptions, openPort, urlOf } from "./listener.ts";
import type { ServerCounters } from "./observe/counters.ts";
import type { TraceOptions } from "./observe/trace.ts";
import { type ConnectionLimits, resolveLimits } from "./options.ts";
import { type ConnectionCounts, Registry } from "./registry.ts";
import { checkShutdown, type ShutdownOptions, type ShutdownReport, shutdown } from "./shutdown.ts";
import { type UpgradeOptions, UpgradePolicy } from "./upgrade.ts";
import { Upgrader } from "./upgrader.ts";

export interface ServerOptions<Data = undefined>
  extends ConnectionLimits,
    ConnectionCounts,
    UpgradeOptions<Data>,
    TraceOptions<Data> {}

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
export class WebSocketServer<Data = undefined> {
  readonly #registry: Registry<Data>;
  readonly #upgrader: Upgrader<Data>;
  readonly #detach: (() => void)[] = [];
  #listener: HttpServer | HttpsServer | null = null;

  /**
   * @throws RangeError when a limit is not a whole number in its range
   * @throws TypeError when one of the origins is none
   */
  constructor(options: ServerOptions<Data>, events: WebSocketEvents<Data>) {
    this.#registry = new Registry(options);
    const policy = new UpgradePolicy(options);
    const trace = options.trace ?? null;
    this.#upgrader = new Upgrader(policy, resolveLimits(options), events, this.#registry, trace);
  }

  /** The connections that have not ended. */
  get connections(): ReadonlySet<WebSocketConnection<Data>> {
    return this.#registry.connections;
  }

  /** What the server has done so far: a copy, made when it is asked for. */
  get counters(): ServerCounters {
    return this.#registry.counters;
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
    // Not detached when the shutdown begins: until the port is closed, new connections are told why.
    listener.on("upgrade", (request, stream, head) => this.handleUpgrade(request, stream, head));
    return this;
  }

  /** Answers the upgrades of an existing HTTP or HTTPS server, which keeps its other requests and its own life. */
  attach(server: HttpServer | HttpsServer, { path }: AttachOptions = {}): this {
    this.#detach.push(
      attachTo(server, path, (request, stream, head) => this.handleUpgrade(request, stream, head)),
    );
    return this;
  }

  /**
   * Answers one request for an upgrade, with what Node's `upgrade` event gives. From this call on the stream belongs
   * to this server, whether the request is accepted or refused.
   */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    this.#upgrader.handle(request, stream, head);
  }

  /**
   * Shuts down: no new connections, a Close frame to all there are, and the end of those that do not answer in time.
   * The own port is closed; servers that were attached to go on without WebSocket.
   *
   * @returns who finished and who was cut off
   * @throws RangeError when the code or the reason cannot be sent, or the deadline is no time; nothing is closed then
   */
  async close(options: ShutdownOptions = {}): Promise<ShutdownReport<Data>> {
    checkShutdown(options);
    this.#upgrader.closing = true;
    for (const detach of this.#detach.splice(0)) detach();
    const report = await shutdown(this.#registry.connections, options);
    const listener = this.#listener;
    this.#listener = null;
    if (listener !== null) await closePort(listener);
    return report;
  }
}
