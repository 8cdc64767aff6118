import {
  type CloseRecord,
  Connection,
  type ConnectionHandler,
  type ConnectionState,
  type MessageExtension,
  type Role,
} from "@plyws/connection";
import { toError } from "./errors.ts";
import type { MessageData } from "./incoming.ts";
import type { Limits } from "./options.ts";
import { ChunkQueue } from "./outbox.ts";
import { startTimer, stopTimer } from "./platform.ts";
import { ignore, type Wire } from "./wire.ts";

/** What a transport is made of. */
export interface Link {
  readonly wire: Wire;
  readonly role: Role;
  readonly limits: Limits;
  readonly extension: MessageExtension | null;
}

/** What a transport tells. None of these may throw. */
export interface TransportEvents {
  message(data: MessageData): void;
  pong(payload: Uint8Array): void;
  /** Less waits to be written, or nothing more can be sent. */
  changed(): void;
  closed(record: CloseRecord): void;
}

/** Drives one connection over one wire: chunks in, chunks out, and the end. Nothing of it ever rejects. */
export class Transport implements ConnectionHandler {
  readonly connection: Connection;
  readonly #wire: Wire;
  readonly #events: TransportEvents;
  readonly #outbox = new ChunkQueue();
  readonly #closeTimeout: number;
  /** Octets that the stream was handed and has not taken yet. */
  #handedOver = 0;
  #writing = false;
  /** Whether our half of the stream is over: it was ended, or given up. */
  #written = false;
  /** Whether nothing can be written any more, though something may be left to read. */
  #gone = false;
  #error: Error | null = null;
  #closeTimer: unknown = null;
  /** Lets the reading go on. */
  #wake: () => void = ignore;

  constructor({ wire, role, limits, extension }: Link, events: TransportEvents) {
    this.#wire = wire;
    this.#events = events;
    this.#closeTimeout = limits.closeTimeout;
    const { maxMessageSize } = limits;
    this.connection = new Connection({ role, maxMessageSize, extension }, this, this.#outbox);
    // Nobody can want a message yet.
    this.connection.holding = true;
  }

  /** Begins to read. `head` is what arrived together with the opening handshake. */
  start(head: Uint8Array): void {
    // Unlike a chunk it may be a part of something larger.
    if (head.length > 0) this.connection.receive(head.slice());
    this.worked();
    void this.#read();
  }

  get state(): ConnectionState {
    const { state } = this.connection;
    return this.#gone && state !== "closed" ? "draining" : state;
  }

  /** Octets that wait, here and in the stream. */
  get bufferedAmount(): number {
    return this.#outbox.size + this.#handedOver;
  }

  /** To be called after whatever the connection has done: writes what is queued, and follows its state. */
  worked(): void {
    if (this.connection.state !== "open") this.#end();
    if (!this.#unwanted) this.#wake();
    if (this.#unwritten && !this.#writing) {
      this.#writing = true;
      void this.#write();
    }
  }

  /** Gives the stream up without a closing handshake. */
  terminate(): void {
    this.#giveUpWriting();
    this.connection.abort(this.#error);
    this.#wire.drop(this.#error ?? undefined);
    this.worked();
  }

  // What the connection tells.

  text(data: string): void {
    this.#events.message(data);
  }

  binary(data: Uint8Array): void {
    // A view keeps its whole chunk alive: it is at least a quarter of that, or a copy.
    this.#events.message(data.length * 4 < data.buffer.byteLength ? data.slice() : data);
  }

  pong(payload: Uint8Array): void {
    this.#events.pong(payload);
  }

  closed(record: CloseRecord): void {
    this.#events.closed(record);
  }

  /** Reads as long as somebody wants what comes: back-pressure is not to read. */
  async #read(): Promise<void> {
    try {
      while (this.connection.state !== "closed") {
        while (this.#unwanted) await new Promise<void>((resolve) => (this.#wake = resolve));
        const chunk = await this.#wire.read();
        if (chunk === null) break;
        this.connection.receive(chunk);
        this.worked();
      }
    } catch (error) {
      this.#error ??= toError(error);
      this.#giveUpWriting();
      this.#wire.drop(this.#error);
    }
    // What came before and nobody has asked for can still be read.
    this.connection.receiveEnd(this.#error);
    this.worked();
  }

  get #unwanted(): boolean {
    return this.connection.held || this.connection.suspended;
  }

  get #unwritten(): boolean {
    return !this.#written && (this.#outbox.size > 0 || this.#outbox.ended);
  }

  /** Writes what is queued, no faster than the stream takes it. What is sent meanwhile goes out together. */
  async #write(): Promise<void> {
    const outbox = this.#outbox;
    try {
      while (this.#unwritten) {
        // At least until the end of the work in hand, so that all that it sends is one chunk.
        await this.#wire.ready;
        const chunk = outbox.take();
        if (!outbox.congested) this.connection.flushPong();
        if (chunk !== null) void this.#handOver(chunk);
        else if (this.#unwritten) {
          await this.#wire.close();
          this.#written = true;
        }
      }
    } catch (error) {
      this.#writeFailed(error);
    }
    this.#writing = false;
    if (this.connection.state !== "open") this.#end();
  }

  async #handOver(chunk: Uint8Array): Promise<void> {
    // Afterwards it may have none: the stream may transfer its buffer.
    const { length } = chunk;
    this.#handedOver += length;
    try {
      await this.#wire.write(chunk);
    } catch (error) {
      this.#writeFailed(error);
    }
    if (this.#gone) return;
    this.#handedOver -= length;
    this.#events.changed();
  }

  /** The peer does not take any more. What it has sent may still come in, and perhaps says why. */
  #writeFailed(error: unknown): void {
    if (this.#gone) return;
    this.#error ??= toError(error);
    this.#giveUpWriting();
    this.#end();
  }

  #giveUpWriting(): void {
    this.#gone = true;
    this.#written = true;
    this.#outbox.clear();
    this.#handedOver = 0;
  }

  /** Nothing more can be sent: the peer has a while to end its half, and to take what waits. */
  #end(): void {
    const over = this.connection.state === "closed" && this.#written;
    if (over) stopTimer(this.#closeTimer);
    else this.#closeTimer ??= startTimer(this.#closeTimeout, () => this.terminate());
    this.#events.changed();
  }
}
