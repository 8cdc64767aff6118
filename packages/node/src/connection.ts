import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { CloseRecord, ConnectionState, Role } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import type { MessageData, WebSocketEvents } from "./events.ts";
import { Inbox } from "./inbox.ts";
import type { Limits } from "./options.ts";
import type { Place } from "./registry.ts";
import { type SendStatus, Transport, type TransportEvents } from "./transport.ts";
import { toError, warn } from "./warn.ts";

/** What a connection is made of, once its opening handshake is done. */
export interface Opening<Data> {
  readonly stream: Duplex;
  /** What arrived together with the opening handshake. */
  readonly head: Uint8Array;
  readonly role: Role;
  readonly limits: Limits;
  readonly events: WebSocketEvents<Data>;
  /** Where a server lists the connection; `null` on a client. */
  readonly place: Place<Data> | null;
  readonly url: string;
  readonly subprotocol: string;
  readonly data: Data;
}

/** What can be sent: a string as a text message, octets as a binary one. */
export type Sendable = string | ArrayBufferView | ArrayBufferLike;

/** Makes a connection of an opening. Not public: connections come from servers and from `connect`. */
export let openConnection: <Data>(opening: Opening<Data>) => WebSocketConnection<Data>;
let transportEvents: TransportEvents<WebSocketConnection<unknown>>;

/**
 * One WebSocket connection, of a server or of a client, from the end of its opening handshake on.
 *
 * @example
 * ```ts
 * const socket = await connect("ws://localhost:9001/");
 * socket.send("hello");
 * for await (const message of socket) console.log(message);
 * ```
 */
export class WebSocketConnection<Data = undefined> implements AsyncIterable<MessageData> {
  /** What `accept` gave, or whatever the application keeps here. */
  data: Data;
  readonly role: Role;
  /** What the client asked for: its URL on a client, the path and query on a server. */
  readonly url: string;
  /** The subprotocol that was agreed on; "" when there is none. */
  readonly subprotocol: string;
  readonly #stream: Duplex;
  readonly #transport: Transport<WebSocketConnection<unknown>>;
  readonly #events: WebSocketEvents<Data>;
  readonly #place: Place<Data> | null;
  #inbox: Inbox | null = null;
  #paused = false;
  #record: CloseRecord | null = null;
  #closed: PromiseWithResolve | null = null;

  static {
    openConnection = (opening) => {
      const socket = new WebSocketConnection(opening);
      socket.#adjustFlow();
      socket.#notify("open");
      socket.#transport.start(opening.head);
      return socket;
    };
    transportEvents = {
      message: (socket, data) => socket.#message(data),
      drain: (socket) => socket.#notify("drain"),
      closed: (socket, record) => socket.#close(record),
    };
  }

  private constructor({ stream, role, limits, events, place, url, subprotocol, data }: Opening<Data>) {
    this.data = data;
    this.role = role;
    this.url = url;
    this.subprotocol = subprotocol;
    this.#stream = stream;
    this.#events = events;
    this.#place = place;
    place?.enter(this);
    this.#transport = new Transport(stream, role, limits, this, transportEvents);
  }

  /** `open`, `closing` (our Close frame is sent), `draining` (nothing more is said) or `closed`. */
  get state(): ConnectionState {
    return this.#transport.connection.state;
  }

  /** Octets that were sent and not taken by the kernel yet, frame headers included. */
  get bufferedAmount(): number {
    return this.#transport.bufferedAmount;
  }

  /** The address of the peer; "" when the stream has none. */
  get remoteAddress(): string {
    return this.#stream instanceof Socket ? (this.#stream.remoteAddress ?? "") : "";
  }

  /** How the connection ended. Never rejects. */
  get closed(): Promise<CloseRecord> {
    if (this.#record !== null) return Promise.resolve(this.#record);
    this.#closed ??= promiseWithResolve();
    return this.#closed.promise;
  }

  /**
   * Sends a message; all messages of one turn of the event loop go out in one write.
   *
   * Octets are sent as they are at the call up to 16 KiB on a server and of any size on a client; a server sends more
   * than that without a copy, so they must not change before `bufferedAmount` is 0.
   *
   * @returns "sent"; "buffered" when more than 64 KiB wait for the peer: await `drain` before sending more; or
   * "closed" when the connection is not open any more and nothing was sent. When more than `maxBufferedAmount` waits
   * the connection is given up.
   * @throws TypeError when `data` is neither a string nor octets
   */
  send(data: Sendable): SendStatus {
    return this.#transport.send(typeof data === "string" ? data : octetsOf(data));
  }

  /**
   * Sends a Ping with up to 125 octets. The peer's Pong is no event of its own yet.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws RangeError when the payload is longer than 125 octets
   */
  ping(payload?: Uint8Array): boolean {
    const queued = this.#transport.connection.ping(payload);
    this.#transport.queued();
    return queued;
  }

  /**
   * The next message, or `null` when the connection has ended. Whoever waits here gets a message before `message`
   * does. Without a `message` event nothing is read while nobody waits.
   */
  receive(): Promise<MessageData | null> {
    if (this.#record !== null) return Promise.resolve(null);
    this.#inbox ??= new Inbox();
    const next = this.#inbox.next();
    this.#adjustFlow();
    return next;
  }

  /** All messages to come, one at a time: the next is read when it is asked for. Leaving the loop closes nothing. */
  async *[Symbol.asyncIterator](): AsyncGenerator<MessageData, void, undefined> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) yield message;
  }

  /** Stops reading after the message in hand: the peer is held back, and no message is lost. */
  pause(): void {
    this.#paused = true;
    this.#adjustFlow();
  }

  /** Reads again after {@link pause}. */
  resume(): void {
    this.#paused = false;
    this.#adjustFlow();
  }

  /**
   * Begins the closing handshake. Messages still come in until the peer has answered; those that nobody asks for by
   * then are dropped. When the peer takes longer than `closeTimeout` the socket is destroyed. Does nothing when the
   * connection is not open any more. {@link closed} tells how it ended.
   *
   * @param code 1000 (default) to 1003, 1007 to 1014, or 3000 to 4999
   * @param reason at most 123 octets of UTF-8
   * @throws RangeError when the code or the reason cannot be sent
   */
  close(code: number = CloseCode.Normal, reason = ""): void {
    if (!this.#transport.connection.close(code, reason)) return;
    this.#transport.queued();
    this.#adjustFlow();
  }

  /** Destroys the socket at once, without a closing handshake. */
  terminate(): void {
    this.#transport.terminate();
  }

  /** Reads when there is somebody to give messages to. */
  #adjustFlow(): void {
    const wanted = this.#events.message !== undefined || this.#inbox?.awaited || this.state !== "open";
    const flowing = !this.#paused && wanted;
    if (flowing !== this.#transport.connection.suspended) return;
    if (flowing) this.#transport.resume();
    else this.#transport.suspend();
  }

  #message(data: MessageData): void {
    if (this.#inbox?.awaited) {
      this.#inbox.deliver(data);
      this.#adjustFlow();
    } else if (this.#events.message !== undefined) {
      try {
        this.#watch(this.#events.message(this, data));
      } catch (error) {
        this.#broke(error);
      }
    }
  }

  #notify(event: "open" | "drain"): void {
    try {
      this.#watch(this.#events[event]?.(this));
    } catch (error) {
      this.#broke(error);
    }
  }

  #close(record: CloseRecord): void {
    this.#record = record;
    this.#place?.leave();
    this.#closed?.resolve(record);
    this.#inbox?.end();
    try {
      this.#watch(this.#events.close?.(this, record));
    } catch (error) {
      this.#broke(error);
    }
  }

  #watch(result: unknown): void {
    if (result instanceof Promise) result.catch((error: unknown) => this.#broke(error));
  }

  /** The application broke: that ends this connection, never the process. */
  #broke(thrown: unknown): void {
    const error = toError(thrown);
    this.#transport.connection.fail(CloseCode.InternalError, error);
    this.#transport.queued();
    if (this.#events.error !== undefined) {
      try {
        return this.#events.error(this, error);
      } catch {
        // Reported below: the first error tells more than one in its report.
      }
    }
    warn("A WebSocket handler failed", error);
  }
}

interface PromiseWithResolve {
  readonly promise: Promise<CloseRecord>;
  readonly resolve: (record: CloseRecord) => void;
}

function promiseWithResolve(): PromiseWithResolve {
  let resolve!: PromiseWithResolve["resolve"];
  const promise = new Promise<CloseRecord>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A view of exactly the octets that were given, whatever kind of view or buffer holds them. */
function octetsOf(data: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new TypeError(
    `A message is a string, a typed array, a DataView or an ArrayBuffer, not ${typeof data}`,
  );
}
