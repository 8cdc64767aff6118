import type { Duplex } from "node:stream";
import { type CloseRecord, Connection, type ConnectionHandler, type Role } from "@plyws/connection";
import { markDirty } from "./flush.ts";
import { HIGH_WATER_MARK, type Limits, LOW_WATER_MARK } from "./options.ts";
import { SocketOutbox } from "./outbox.ts";
import { nodeText } from "./text.ts";

/** What transports tell their owners: one object for all of them. None of its methods may throw. */
export interface TransportEvents<Owner> {
  message(owner: Owner, data: string | Uint8Array): void;
  drain(owner: Owner): void;
  closed(owner: Owner, record: CloseRecord): void;
}

/** What became of a message that was to be sent. */
export type SendStatus =
  /** It goes out in this turn of the event loop, with nothing waiting before it. */
  | "sent"
  /** It is queued behind more than 64 KiB: wait for `drain` before sending more. */
  | "buffered"
  /** It was not sent: the connection is not open any more. */
  | "closed";

const TRANSPORT = Symbol("transport");
type Stream = Duplex & { [TRANSPORT]?: Transport<unknown> };

/**
 * Drives one connection over one stream: chunks in, one write out per turn of the event loop, the close timer, and
 * the end. Below it there are octets, above it messages.
 */
export class Transport<Owner> implements ConnectionHandler {
  readonly stream: Duplex;
  readonly connection: Connection;
  readonly #owner: Owner;
  readonly #events: TransportEvents<Owner>;
  readonly #limits: Limits;
  readonly #outbox: SocketOutbox;
  #receiving = false;
  #dirty = false;
  #buffering = false;
  #closeTimer: NodeJS.Timeout | null = null;
  #error: Error | null = null;

  constructor(stream: Duplex, role: Role, limits: Limits, owner: Owner, events: TransportEvents<Owner>) {
    this.stream = stream;
    this.#owner = owner;
    this.#events = events;
    this.#limits = limits;
    this.#outbox = new SocketOutbox(stream);
    const { maxMessageSize } = limits;
    this.connection = new Connection({ role, maxMessageSize, text: nodeText }, this, this.#outbox);
  }

  /** Begins to read. `head` is what arrived together with the opening handshake. */
  start(head: Uint8Array): void {
    const stream: Stream = this.stream;
    stream[TRANSPORT] = this;
    // Adding the listener for chunks would start the stream by itself.
    if (this.connection.suspended) stream.pause();
    stream.on("data", onData).on("end", onEnd).on("drain", onDrain).on("error", onError).on("close", onClose);
    if (head.length > 0) this.receive(head);
    if (stream.destroyed) this.ended();
    else if (!this.connection.suspended) stream.resume();
  }

  get bufferedAmount(): number {
    return this.#outbox.size;
  }

  send(data: string | Uint8Array): SendStatus {
    const { connection } = this;
    const { maxBufferedAmount } = this.#limits;
    if (this.#outbox.size > maxBufferedAmount) {
      this.terminate(
        new Error(`More than ${maxBufferedAmount} octets wait for a peer that does not read them`),
      );
    }
    const queued = typeof data === "string" ? connection.sendText(data) : connection.sendBinary(data);
    if (!queued) return "closed";
    this.queued();
    if (this.#outbox.size <= HIGH_WATER_MARK) return "sent";
    this.#buffering = true;
    return "buffered";
  }

  /** Something was put in the outbox, or the state has changed. */
  queued(): void {
    if (this.#dirty || this.#receiving) return;
    this.#dirty = true;
    markDirty(this);
  }

  /** Writes what is queued and follows the state of the connection. */
  flush(): void {
    this.#dirty = false;
    const { connection } = this;
    const outbox = this.#outbox;
    if (!outbox.congested) connection.flushPong();
    if (outbox.pending) outbox.flush();
    if (connection.state !== "open") this.#startCloseTimer();
    else if (this.#buffering && outbox.size <= LOW_WATER_MARK) {
      this.#buffering = false;
      this.#events.drain(this.#owner);
    }
  }

  receive(chunk: Uint8Array): void {
    this.#receiving = true;
    try {
      // Views of a plain Uint8Array are what applications get, not those of a Buffer.
      this.connection.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    } finally {
      this.#receiving = false;
    }
    this.flush();
  }

  suspend(): void {
    this.connection.suspend();
    this.stream.pause();
  }

  resume(): void {
    const nested = this.#receiving;
    this.#receiving = true;
    try {
      this.connection.resume();
    } finally {
      this.#receiving = nested;
    }
    if (!nested) this.flush();
    if (!this.connection.suspended) this.stream.resume();
  }

  /** The peer has ended its half of the stream. */
  receiveEnd(): void {
    this.connection.receiveEnd(this.#error);
    this.flush();
  }

  failed(error: Error): void {
    this.#error = error;
  }

  /** The stream is gone. */
  ended(): void {
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.connection.receiveEnd(this.#error);
  }

  /** Gives the stream up without a closing handshake. */
  terminate(cause: Error | null = null): void {
    this.connection.abort(cause);
    this.stream.destroy();
  }

  // What the connection tells.

  text(data: string): void {
    this.#events.message(this.#owner, data);
  }

  binary(data: Uint8Array): void {
    // A view of a much larger read buffer would keep all of it alive for as long as the message is kept.
    this.#events.message(this.#owner, data.length * 2 < data.buffer.byteLength ? new Uint8Array(data) : data);
  }

  closed(record: CloseRecord): void {
    this.#events.closed(this.#owner, record);
  }

  #startCloseTimer(): void {
    // What still comes in is discarded, but its end must be seen.
    if (this.connection.state !== "closing") this.stream.resume();
    if (this.stream.destroyed) return;
    this.#closeTimer ??= setTimeout(() => this.stream.destroy(), this.#limits.closeTimeout);
  }
}

// The listeners are the same functions for every socket: a closure each would cost memory on every connection.

function onData(this: Stream, chunk: Uint8Array): void {
  this[TRANSPORT]!.receive(chunk);
}

function onEnd(this: Stream): void {
  this[TRANSPORT]!.receiveEnd();
}

function onDrain(this: Stream): void {
  this[TRANSPORT]!.flush();
}

function onError(this: Stream, error: Error): void {
  this[TRANSPORT]!.failed(error);
}

function onClose(this: Stream): void {
  this[TRANSPORT]!.ended();
}
