import type { CloseRecord, ConnectionState, Role } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import { Incoming, type MessageData } from "./incoming.ts";
import { HIGH_WATER_MARK, LOW_WATER_MARK } from "./options.ts";
import { Pings } from "./pings.ts";
import type { Signal } from "./platform.ts";
import { type Link, Transport } from "./transport.ts";

/** What a connection is made of, once its opening handshake is done. */
export interface Opening extends Link {
  /** What arrived together with the opening handshake. */
  readonly head: Uint8Array;
  readonly url: string;
  readonly subprotocol: string;
  readonly extensions: string;
}

/** What became of a message that was to be sent. */
export type SendStatus =
  /** It is on its way, or little waits before it. */
  | "sent"
  /** It is queued, and more than 64 KiB wait for the peer: await `drained()` before sending more. */
  | "buffered"
  /** It was not sent: the connection is not open any more. */
  | "closed";

/** How to send a message. */
export interface SendOptions {
  /** Whether to compress it, where permessage-deflate was agreed on. Default: from its `threshold` on. */
  readonly compress?: boolean | undefined;
}

/** How to wait for a message. */
export interface ReceiveOptions {
  /** Ends the wait when it is aborted. */
  readonly signal?: Signal | undefined;
}

/** Makes a connection of an opening. Not public: see `acceptWebSocket`, `connectWebSocket` and `overStreams`. */
export let openConnection: (opening: Opening) => WebSocketConnection;

/**
 * One WebSocket connection over a byte stream, of a server or of a client.
 *
 * @example
 * ```ts
 * for await (const message of socket) socket.send(message);
 * ```
 */
export class WebSocketConnection implements AsyncIterable<MessageData> {
  readonly role: Role;
  /** What the client asked for: its URL on a client, the path and query on a server; "" without a handshake. */
  readonly url: string;
  /** The subprotocol that was agreed on; "" when there is none. */
  readonly subprotocol: string;
  /** The extensions that were agreed on, as in the header field: "permessage-deflate; …"; "" when there are none. */
  readonly extensions: string;
  /** How the connection ended. Never rejects. */
  readonly closed: Promise<CloseRecord>;
  readonly #transport: Transport;
  readonly #incoming: Incoming;
  readonly #pings = new Pings();
  readonly #maxBufferedAmount: number;
  /** Those who wait for less to be queued, or for the end. */
  #draining: (() => void)[] = [];
  #ended = false;

  static {
    openConnection = (opening) => {
      const socket = new this(opening);
      socket.#transport.start(opening.head);
      return socket;
    };
  }

  private constructor(opening: Opening) {
    this.role = opening.role;
    this.url = opening.url;
    this.subprotocol = opening.subprotocol;
    this.extensions = opening.extensions;
    this.#maxBufferedAmount = opening.limits.maxBufferedAmount;
    let closed!: (record: CloseRecord) => void;
    this.closed = new Promise((resolve) => (closed = resolve));
    this.#transport = new Transport(opening, {
      message: (data) => this.#incoming.message(data),
      pong: (payload) => this.#pings.pong(payload),
      changed: () => this.#changed(),
      closed: (record) => {
        this.#ended = true;
        closed(record);
        this.#incoming.end();
        this.#pings.end();
      },
    });
    this.#incoming = new Incoming(this.#transport.connection, () => this.#transport.worked());
  }

  /** `open`, `closing` (our Close frame is sent), `draining` (nothing more is said) or `closed`. */
  get state(): ConnectionState {
    return this.#transport.state;
  }

  /** Octets that were sent and not taken by the stream yet, frame headers included. */
  get bufferedAmount(): number {
    return this.#transport.bufferedAmount;
  }

  /**
   * Sends a message: a string as text, octets as binary. They are copied: what happens to them afterwards does not matter.
   *
   * @returns what became of it: "sent"; "buffered" when more than 64 KiB wait for the peer; or "closed". When more than
   * `maxBufferedAmount` wait, the connection is failed with 1013
   * @throws TypeError when `data` is neither a string nor a `Uint8Array`
   */
  send(data: MessageData, { compress }: SendOptions = {}): SendStatus {
    const text = typeof data === "string";
    if (!text && !(data instanceof Uint8Array)) {
      throw new TypeError("A message is a string or a Uint8Array");
    }
    const { connection } = this.#transport;
    if (this.state !== "open") return "closed";
    if (this.bufferedAmount > this.#maxBufferedAmount) {
      const waiting = `More than ${this.#maxBufferedAmount} octets wait for a peer that does not read them`;
      connection.fail(CloseCode.TryAgainLater, new Error(waiting));
    } else if (text) connection.sendText(data, compress);
    else connection.sendBinary(data, compress);
    this.#transport.worked();
    if (this.state !== "open") return "closed";
    return this.bufferedAmount > HIGH_WATER_MARK ? "buffered" : "sent";
  }

  /**
   * As {@link send}, and resolves when at most 16 KiB wait if it was much: a loop that awaits it never holds more than a
   * few messages. Never rejects for what the peer does.
   */
  async sendAsync(data: MessageData, options?: SendOptions): Promise<SendStatus> {
    const status = this.send(data, options);
    if (status === "buffered") await this.drained();
    return status;
  }

  /** Resolves when at most 16 KiB wait for the peer, or the connection is not open any more. */
  async drained(): Promise<void> {
    while (this.state === "open" && this.bufferedAmount > LOW_WATER_MARK) {
      await new Promise<void>((resolve) => this.#draining.push(resolve));
    }
  }

  /**
   * The next message, or `null` when the connection has ended. Nothing is read while nobody waits for a message: that
   * holds the peer back. Pings are answered up to the first message that nobody wants.
   *
   * @throws the reason of `signal` when it is aborted before: then no message is taken
   */
  receive({ signal }: ReceiveOptions = {}): Promise<MessageData | null> {
    return this.#ended ? Promise.resolve(null) : this.#incoming.receive(signal);
  }

  /** All messages to come, one at a time: the next is read when it is asked for. Leaving the loop closes nothing. */
  async *[Symbol.asyncIterator](): AsyncGenerator<MessageData, void, undefined> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) yield message;
  }

  /** Sends a Ping. Resolves with the round-trip time in milliseconds, or `null` when the connection ended before. */
  ping(): Promise<number | null> {
    return this.#pings.ping((payload) => {
      const sent = this.state === "open" && this.#transport.connection.ping(payload);
      this.#transport.worked();
      return sent;
    });
  }

  /**
   * Begins the closing handshake. Messages that nobody waits for are dropped from then on. When the peer takes longer than
   * `closeTimeout` the stream is given up. Does nothing when the connection is not open any more.
   *
   * @param code 1000 (default) to 1003, 1007 to 1014, or 3000 to 4999
   * @param reason at most 123 octets of UTF-8
   * @throws RangeError when the code or the reason cannot be sent
   */
  close(code: number = CloseCode.Normal, reason = ""): void {
    this.#transport.connection.close(code, reason);
    this.#transport.worked();
  }

  /** Gives the stream up at once, without a closing handshake. */
  terminate(): void {
    this.#transport.terminate();
  }

  #changed(): void {
    for (const resolve of this.#draining.splice(0)) resolve();
    this.#incoming.adjust();
  }
}
