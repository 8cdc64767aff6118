import type { WebSocketConnection } from "./connection.ts";
import { addTo, createTally, type ServerCounters, type Tally } from "./observe/counters.ts";
import { checkWhole } from "./options.ts";

/** How many connections a server holds at most. */
export interface ConnectionCounts {
  /** All together; more are refused with 503. Default unlimited. */
  readonly maxConnections?: number | undefined;
  /** From one remote address; more are refused with 429. Peers without an address do not count. Default unlimited. */
  readonly maxConnectionsPerAddress?: number | undefined;
}

/** Lists and counts connections, and those that are about to be, so that limits hold while `accept` decides. */
export class Registry<Data> {
  readonly connections = new Set<WebSocketConnection<Data>>();
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  /** Of the connections that have ended. */
  readonly #ended: Tally = createTally();
  #opened = 0;
  #refused = 0;
  #taken = 0;

  /** @throws RangeError when a limit is not a whole number */
  constructor({ maxConnections, maxConnectionsPerAddress }: ConnectionCounts) {
    const unlimited = Number.MAX_SAFE_INTEGER;
    this.#max = checkWhole("maxConnections", maxConnections ?? unlimited);
    this.#maxPerAddress = checkWhole("maxConnectionsPerAddress", maxConnectionsPerAddress ?? unlimited);
  }

  /** Takes a place for a request, or tells with which status it is refused. */
  take(address: string): Place<Data> | 429 | 503 {
    if (this.#taken >= this.#max) return 503;
    if (address !== "") {
      const count = this.#perAddress.get(address) ?? 0;
      if (count >= this.#maxPerAddress) return 429;
      this.#perAddress.set(address, count + 1);
    }
    this.#taken++;
    return new Place(this, address);
  }

  /** What happened so far. Computed here, so that connections need not count twice. */
  get counters(): ServerCounters {
    const sum = { ...this.#ended };
    for (const socket of this.connections) addTo(sum, socket.counters);
    const closed = this.#opened - this.connections.size;
    return { ...sum, opened: this.#opened, closed, refused: this.#refused };
  }

  /** A request was refused. */
  refused(): void {
    this.#refused++;
  }

  /** @internal */
  opened(socket: WebSocketConnection<Data>): void {
    this.#opened++;
    this.connections.add(socket);
  }

  /** Also gives its place back. Counts once. @internal */
  ended(socket: WebSocketConnection<Data>): void {
    if (!this.connections.delete(socket)) return;
    addTo(this.#ended, socket.counters);
    this.release(socket.remoteAddress);
  }

  /** @internal */
  release(address: string): void {
    this.#taken--;
    const count = this.#perAddress.get(address) ?? 0;
    if (count > 1) this.#perAddress.set(address, count - 1);
    else this.#perAddress.delete(address);
  }
}

/** The place of one request, and of the connection that comes of it. */
export class Place<Data> {
  readonly #registry: Registry<Data>;
  readonly #address: string;
  #socket: WebSocketConnection<Data> | null = null;
  #left = false;

  constructor(registry: Registry<Data>, address: string) {
    this.#registry = registry;
    this.#address = address;
  }

  /** The request was accepted. Returns where the connection is to tell its end: it need not keep the place for that. */
  enter(socket: WebSocketConnection<Data>): Registry<Data> {
    this.#socket = socket;
    this.#registry.opened(socket);
    return this.#registry;
  }

  /** The request was refused, or nothing came of it after all. Counts once. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    if (this.#socket === null) this.#registry.release(this.#address);
    else this.#registry.ended(this.#socket);
  }
}
