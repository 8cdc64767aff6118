import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { attachTo, type NodeServer, type UpgradeListener } from "./attachment.ts";
import type { WebSocketConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { Listener, type ListenOptions } from "./listener.ts";
import type { ServerCounters } from "./observe/counters.ts";
import type { TraceOptions } from "./observe/trace.ts";
import { type ConnectionLimits, resolveLimits } from "./options.ts";
import { type ConnectionCounts, Registry } from "./registry.ts";
import { earlierResponse, receivedRequest, type StreamOptions, sourceOf } from "./request.ts";
import { checkShutdown, DEADLINE, type ShutdownOptions, type ShutdownReport, shutdown } from "./shutdown.ts";
import { type UpgradeOptions, UpgradePolicy } from "./upgrade.ts";
import { Upgrader } from "./upgrader.ts";

export interface ServerOptions<Data = undefined>
  extends ConnectionLimits,
    ConnectionCounts,
    UpgradeOptions<Data>,
    TraceOptions<Data> {}

export interface AttachOptions {
  /**
   * The path to answer, or several: without a query, and exactly as it stands in the request. Default: every path that
   * nobody else is attached to.
   */
  readonly path?: string | readonly string[] | undefined;
}

/**
 * Accepts WebSocket connections: on a port of its own ({@link listen}), on an existing server ({@link attach}), one
 * request at a time ({@link handleUpgrade}), or on any stream ({@link handleStream}); all of them may be mixed.
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
  readonly #acceptTimeout: number;
  #listener: Listener | null = null;

  /**
   * @throws RangeError when a limit is not a whole number in its range
   * @throws TypeError when one of the origins is none
   */
  constructor(options: ServerOptions<Data>, events: WebSocketEvents<NoInfer<Data>>) {
    if (!isObject(options) || !isObject(events)) {
      throw new TypeError(
        "A server takes two objects, options and events: listen({ port: 9001 }, { message(socket, data) {} })",
      );
    }
    this.#registry = new Registry(options);
    const policy = new UpgradePolicy(options);
    this.#acceptTimeout = policy.acceptTimeout;
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

  /**
   * Where the server listens, or did before it was closed, for instance "ws://127.0.0.1:9001/"; "" when it never has. For
   * a Unix domain socket it is "ws://localhost/", which `connect` takes together with `socketPath`.
   */
  get url(): string {
    return this.#listener?.url ?? "";
  }

  /**
   * Opens a port, or a Unix domain socket, of its own. Requests that are no upgrade are answered with 426.
   *
   * @throws Error when it cannot be opened, with Node's `code`: "EADDRINUSE", "EACCES" …; when the server listens
   * already, or is closed
   * @throws TypeError when there are both a port or host and a `socketPath`
   */
  async listen(options: ListenOptions = {}): Promise<this> {
    this.#checkOpen();
    if (this.#listener !== null) throw new Error("This server listens already");
    // Not detached when the shutdown begins: until the port is closed, new connections are told why.
    const listener = new Listener(options, this.#onUpgrade);
    this.#listener = listener;
    try {
      await listener.opened;
    } catch (error) {
      this.#listener = null;
      throw error;
    }
    this.#checkOpen();
    return this;
  }

  /**
   * Answers upgrades on an existing server, which keeps its other requests, its other upgrade handlers and its own
   * life. What nobody answers gets a 404.
   *
   * @throws Error when somebody is attached to one of the paths already, or this server is closed
   * @throws TypeError when one of the paths does not start with "/", or has a query
   */
  attach(server: NodeServer, { path }: AttachOptions = {}): this {
    this.#checkOpen();
    const paths = typeof path === "string" ? [path] : (path ?? null);
    this.#detach.push(attachTo(server, paths, this.#onUpgrade));
    return this;
  }

  /**
   * Answers one request for an upgrade, with what Node's `upgrade` event gives. From this call on the stream belongs
   * to this server, whether the request is accepted or refused. When an earlier request on it is still to be answered,
   * that may take `acceptTimeout`; then the stream is destroyed.
   */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    const earlier = earlierResponse(request);
    if (earlier === null) return this.#upgrader.handleRequest(receivedRequest(request), stream, head);
    // RFC 9112 section 9.3.2: responses are sent in the order of the requests.
    stream.on("error", () => {});
    // An application that never answers that one must not keep the stream for ever.
    const timer = setTimeout(() => stream.destroy(), this.#acceptTimeout);
    earlier.once("close", () => {
      clearTimeout(timer);
      this.handleUpgrade(request, stream, head);
    });
  }

  /**
   * Answers the request for an upgrade that is the first to come on a stream of octets, by HTTP/1.1: a tunnel, a pipe, a
   * socket without an HTTP server. From this call on the stream belongs to this server. The head of the request may take
   * 10 seconds, 16 KiB and 100 lines.
   *
   * @throws TypeError when the stream gives something else than octets
   *
   * @example
   * ```ts
   * createServer((socket) => server.handleStream(socket)).listen(9001); // of node:net
   * ```
   */
  handleStream(stream: Duplex, options: StreamOptions = {}): void {
    if (stream.readableObjectMode || stream.readableEncoding !== null) {
      throw new TypeError("The stream gives something else than octets");
    }
    this.#upgrader.handleStream(stream, sourceOf(stream, options));
  }

  /**
   * Shuts down: no new connections, a Close frame to all there are, and the end of those that do not answer in time.
   * Requests that are not decided on are refused. The own port is closed; servers that were attached to go on without
   * WebSocket. A closed server stays closed.
   *
   * @returns how many finished, and who did not
   * @throws RangeError when the code or the reason cannot be sent, or the deadline is no time; nothing is closed then
   */
  async close(options: ShutdownOptions = {}): Promise<ShutdownReport<Data>> {
    checkShutdown(options);
    this.#upgrader.close();
    for (const detach of this.#detach.splice(0)) detach();
    const begin = performance.now();
    const report = await shutdown(this.#registry.connections, options);
    // Not before: until then, new connections are told why.
    const rest = Math.max(0, (options.deadline ?? DEADLINE) - (performance.now() - begin));
    const timer = setTimeout(() => this.#upgrader.cutOff(), rest);
    await this.#listener?.close(rest);
    clearTimeout(timer);
    return report;
  }

  #checkOpen(): void {
    if (this.#upgrader.closed) throw new Error("This server is closed");
  }

  readonly #onUpgrade: UpgradeListener = (request, stream, head) => this.handleUpgrade(request, stream, head);
}

/** People who write JavaScript may leave it out. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
