import type { CloseRecord, ConnectionState, Role } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import { type Deferred, defer } from "./deferred.ts";
import type { MessageData, WebSocketEvents } from "./events.ts";
import { Incoming, type ReceiveOptions } from "./incoming.ts";
import type { MessageStream } from "./message-stream.ts";
import { tellAccepted, tellClose, tellError, tellOpen } from "./observe/channels.ts";
import type { ConnectionCounters } from "./observe/counters.ts";
import { guard } from "./observe/trace.ts";
import { TracedTransport } from "./observe/traced-transport.ts";
import type { Opening } from "./opening.ts";
import { Outgoing, type SendOptions, type SendStatus } from "./outgoing.ts";
import type { Registry } from "./registry.ts";
import { type Sendable, toOutgoable } from "./sendable.ts";
import type { MessageSource } from "./source.ts";
import { isThenable } from "./thenable.ts";
import { Transport } from "./transport.ts";
import type { TransportEvents } from "./transport-events.ts";
import { toError, warn } from "./warn.ts";

/** Makes a connection of an opening. Not public: connections come from servers and from `connect`. */
export let openConnection: <Data>(opening: Opening<Data>) => WebSocketConnection<Data>;
let transportEvents: TransportEvents<WebSocketConnection>;

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
export class WebSocketConnection<Data = unknown> implements AsyncIterable<MessageData> {
  /** What `accept` gave, or whatever the application keeps here. */
  data: Data;
  readonly role: Role;
  /** What the client asked for: its URL on a client, the path and query on a server. */
  readonly url: string;
  /** The subprotocol that was agreed on; "" when there is none. */
  readonly subprotocol: string;
  /** The extensions that were agreed on, as in the header field: "permessage-deflate; …"; "" when there are none. */
  readonly extensions: string;
  /** The address of the peer; "" when it has none. */
  readonly remoteAddress: string;
  readonly #transport: Transport<WebSocketConnection>;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #events: WebSocketEvents<Data>;
  /** Of the server; `null` on a client. */
  readonly #registry: Registry<Data> | null;
  readonly #openedAt = performance.now();
  #record: CloseRecord | null = null;
  #closed: Deferred<CloseRecord> | null = null;

  static {
    openConnection = (opening) => {
      // Not by its name: a build renames a class that refers to itself, and people see that.
      const socket = new this(opening);
      socket.#incoming.adjust();
      tellAccepted(socket, opening.request, opening.begin);
      tellOpen(socket);
      socket.#notify("open");
      socket.#transport.start(opening.head);
      return socket;
    };
    transportEvents = {
      message: (socket, data, isText) => socket.#message(data, isText),
      piece: (socket, piece, isText, last) => socket.#piece(piece, isText, last),
      drain: (socket) => {
        if (socket.#outgoing.drained()) socket.#notify("drain");
      },
      ending: (socket) => {
        socket.#outgoing.changed();
        socket.#incoming.adjust();
      },
      closed: (socket, record) => socket.#close(record),
    };
  }

  private constructor(opening: Opening<Data>) {
    const { role, limits, events, trace, place, url, subprotocol } = opening;
    this.data = opening.data;
    this.role = role;
    this.url = url;
    this.subprotocol = subprotocol;
    this.extensions = opening.extensions;
    this.remoteAddress = opening.remoteAddress;
    this.#events = events;
    this.#registry = place?.enter(this) ?? null;
    this.#transport =
      trace === null
        ? new Transport(opening, this, transportEvents)
        : new TracedTransport(opening, this, transportEvents, guard(trace, this));
    this.#incoming = new Incoming(this.#transport, events);
    this.#outgoing = new Outgoing(this.#transport, limits);
  }

  /** `open`, `closing` (our Close frame is sent), `draining` (nothing more is said) or `closed`. */
  get state(): ConnectionState {
    return this.#transport.state;
  }

  /** Octets that were sent and not taken by the kernel yet, frame headers included. */
  get bufferedAmount(): number {
    return this.#outgoing.bufferedAmount;
  }

  /** What went over the connection so far: a copy. */
  get counters(): ConnectionCounters {
    return this.#transport.counters;
  }

  /** How the connection ended. Never rejects. */
  get closed(): Promise<CloseRecord> {
    if (this.#record !== null) return Promise.resolve(this.#record);
    this.#closed ??= defer();
    return this.#closed.promise;
  }

  /** Of the latest Ping that was answered, in milliseconds; `null` before the first. */
  get roundTripTime(): number | null {
    return this.#transport.pulse.roundTripTime;
  }

  /**
   * Sends a message; all messages of one turn of the event loop go out in one write.
   *
   * Octets are sent as they are at the call up to 16 KiB on a server and of any size on a client; a server sends more
   * than that without a copy, so they must not change before `bufferedAmount` is 0.
   *
   * @param options whether to compress it. What is compressed is always taken as it is at the call
   * @returns what became of it: "sent"; "buffered" when more than 64 KiB wait for the peer; "dropped" when more than
   * `maxBufferedAmount` wait and the `overflow` policy says so; or "closed" when the connection is not open any more
   * @throws TypeError when `data` is neither a string nor octets
   */
  send(data: Sendable, options?: SendOptions): SendStatus {
    return this.#outgoing.send(toOutgoable(data), options?.compress);
  }

  /**
   * As {@link send}, and resolves when what waits for the peer is below the low-water mark: a loop that awaits it never
   * holds more than a few messages. Octets must not change before it resolves. Never rejects for what the peer does.
   */
  sendAsync(data: Sendable, options?: SendOptions): Promise<SendStatus> {
    return this.#outgoing.sendAsync(toOutgoable(data), options?.compress);
  }

  /**
   * Sends one message piece by piece, never holding more than a few pieces: an iterable, a Node stream or a web stream.
   * Messages that are sent meanwhile follow it. A piece may be changed once the next one is asked for.
   *
   * When the source fails, so does the connection, with 1011; the close record has the error. When the connection ends
   * before the source, it resolves with "closed", and the source gets its `return`.
   *
   * @param type "binary" (default), or "text" for strings or the octets of valid UTF-8
   * @param options whether to compress it: by default it is not, since nobody can tell how large it will be
   * @throws TypeError when the source is not iterable, at the call
   * @throws whatever the source throws
   */
  sendStream(
    source: MessageSource,
    type: "text" | "binary" = "binary",
    options?: SendOptions,
  ): Promise<SendStatus> {
    return this.#outgoing.sendStream(source, type, options?.compress ?? false);
  }

  /** Resolves when what waits for the peer is below the low-water mark, or the connection is not open any more. */
  drained(): Promise<void> {
    return this.#outgoing.untilDrained();
  }

  /** Sends a Ping. Resolves with the round-trip time in milliseconds, or `null` when the connection ended before. */
  ping(): Promise<number | null> {
    return this.#transport.pulse.ping();
  }

  /**
   * The next message, or `null` when the connection has ended. Whoever waits here gets a message before `message`
   * does. Without a `message` event nothing is read while nobody waits.
   *
   * @throws the reason of `signal` when it is aborted before: then no message is taken, as one would be by a promise that
   * has lost a `Promise.race`
   */
  receive({ signal }: ReceiveOptions = {}): Promise<MessageData | null> {
    if (this.#record !== null) return Promise.resolve(null);
    return this.#incoming.receive(signal);
  }

  /**
   * The next message, to be read while it arrives: for messages larger than memory. `maxMessageSize` is no limit. What
   * comes after it is read when it was read to its end, or left by `return`.
   *
   * @throws the reason of `signal` when it is aborted before, as {@link receive}
   */
  receiveStream({ signal }: ReceiveOptions = {}): Promise<MessageStream | null> {
    if (this.#record !== null) return Promise.resolve(null);
    return this.#incoming.receiveStream(signal);
  }

  /** All messages to come, one at a time: the next is read when it is asked for. Leaving the loop closes nothing. */
  async *[Symbol.asyncIterator](): AsyncGenerator<MessageData, void, undefined> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) yield message;
  }

  /** Stops reading after the message in hand: the peer is held back, and no message is lost. */
  pause(): void {
    this.#incoming.paused = true;
  }

  /** Reads again after {@link pause}. */
  resume(): void {
    this.#incoming.paused = false;
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
    this.#transport.close(code, reason);
  }

  /** Destroys the socket at once, without a closing handshake. */
  terminate(): void {
    this.#transport.terminate();
  }

  #message(data: MessageData, isText: boolean): void {
    if (this.#incoming.message(data)) return;
    try {
      this.#watch(this.#events.message?.(this, data, isText));
    } catch (error) {
      this.#broke(error);
    }
  }

  #piece(piece: Uint8Array, isText: boolean, last: boolean): void {
    const stream = this.#incoming.piece(piece, isText, last);
    if (stream === null) return;
    try {
      this.#watch(this.#events.stream?.(this, stream));
    } catch (error) {
      this.#broke(error);
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
    tellClose(this, record, this.#openedAt);
    this.#registry?.ended(this);
    this.#closed?.resolve(record);
    this.#incoming.end(record.error);
    this.#outgoing.changed();
    try {
      this.#watch(this.#events.close?.(this, record));
    } catch (error) {
      this.#broke(error);
    }
  }

  /** An event may be asynchronous: whatever can be awaited is. */
  #watch(result: unknown): void {
    if (isThenable(result)) Promise.resolve(result).catch((error: unknown) => this.#broke(error));
  }

  /** The application broke: that ends this connection, never the process. */
  #broke(thrown: unknown): void {
    // That a message was cut off is the peer's doing, and in the close record.
    if (thrown !== null && thrown === this.#incoming.cutOff) return;
    const error = toError(thrown);
    tellError(this, error);
    this.#transport.fail(CloseCode.InternalError, error);
    if (this.#events.error === undefined) return warn("A WebSocket handler failed", error);
    try {
      const result = this.#events.error(this, error);
      if (isThenable(result)) Promise.resolve(result).catch(warnOfReport);
    } catch (failure) {
      warnOfReport(failure);
    }
  }
}

function warnOfReport(error: unknown): void {
  warn("The error event of a WebSocket failed", error);
}
