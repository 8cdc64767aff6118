import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  type CloseRecord,
  Connection,
  type ConnectionHandler,
  type ConnectionState,
  type DataOpcode,
} from "@plyws/connection";
import { Opcode } from "@plyws/frame";
import type { MessageData } from "./events.ts";
import { markDirty } from "./flush.ts";
import { applyMaskFast } from "./mask.ts";
import { allocate, exclusive, giveBack, keepable } from "./memory.ts";
import { type ConnectionCounters, createTally, type Tally } from "./observe/counters.ts";
import type { Opening } from "./opening.ts";
import { FRAMES_PER_TURN, HIGH_WATER_MARK, type Limits, LOW_WATER_MARK } from "./options.ts";
import { SocketOutbox } from "./outbox.ts";
import { Pulse } from "./pulse.ts";
import { listenTo } from "./stream-listeners.ts";
import { octetText, stringText } from "./text.ts";
import type { TransportEvents } from "./transport-events.ts";

/** What a transport is made of. */
export type Wire = Pick<Opening<unknown>, "stream" | "role" | "limits" | "extension">;

/**
 * Drives one connection over one stream: chunks in, one write out per turn of the event loop, the timers, and the end.
 * Below it there are octets, above it messages.
 */
export class Transport<Owner> implements ConnectionHandler<MessageData> {
  readonly stream: Duplex;
  readonly connection: Connection<MessageData>;
  readonly outbox: SocketOutbox;
  readonly pulse: Pulse;
  /** Counts what is not counted elsewhere. */
  readonly tally: Tally = createTally();
  /** Whether somebody has asked for a message. */
  pulled = false;
  /** Whether much was queued, from the high-water mark on until it is below the low-water mark. */
  buffering = false;
  readonly #owner: Owner;
  readonly #events: TransportEvents<Owner>;
  readonly #limits: Limits;
  /** Whether the connection is at work, so that what it sends is flushed when it is done. */
  #working = false;
  #dirty = false;
  readonly #highWaterMark: number;
  #ending = false;
  /** Whether the stream has failed or is closed. */
  #gone = false;
  /** Whether the stream flows; `null` before the start. */
  #reading: boolean | null = null;
  /** Whether the next turn of this socket is coming. */
  #turning = false;
  /** What the turn before has left of the budget of frames. */
  #budgetBefore = FRAMES_PER_TURN;
  #closeTimer: NodeJS.Timeout | null = null;
  #error: Error | null = null;
  /** Whether chunks belong to nobody else, and their memory may be given back. */
  readonly #ownsChunks: boolean;

  constructor(
    { stream, role, limits, extension }: Wire,
    owner: Owner,
    events: TransportEvents<Owner>,
    outbox: SocketOutbox = new SocketOutbox(stream),
  ) {
    this.stream = stream;
    this.#owner = owner;
    this.#events = events;
    this.#limits = limits;
    this.outbox = outbox;
    this.#ownsChunks = stream instanceof Socket;
    const text = limits.text === "octets" ? octetText : stringText;
    const { maxMessageSize } = limits;
    const options = { role, maxMessageSize, text, extension, allocate, applyMask: applyMaskFast };
    this.connection = new Connection(options, this, outbox);
    this.connection.frameBudget = FRAMES_PER_TURN;
    this.#highWaterMark = Math.min(HIGH_WATER_MARK, limits.maxBufferedAmount);
    this.pulse = new Pulse(this, limits);
  }

  /** Begins to read. `head` is what arrived together with the opening handshake. */
  start(head: Uint8Array): void {
    const { stream } = this;
    // Adding the listener for chunks would start the stream by itself.
    this.#reading = false;
    stream.pause();
    listenTo(stream, this);
    // Unlike chunks it may be a part of something larger.
    if (head.length > 0) this.receive(new Uint8Array(head));
    if (stream.destroyed) this.streamClosed();
    else this.#adjustReading();
  }

  /** That of the connection; but nothing more is said on a stream that is gone, though something may be left to read. */
  get state(): ConnectionState {
    const { state } = this.connection;
    return this.#gone && state !== "closed" ? "draining" : state;
  }

  /** Whether chunks are read, so that a living peer would be heard. */
  get listening(): boolean {
    return !this.connection.suspended && !this.connection.held && this.connection.frameBudget > 0;
  }

  /** A copy. */
  get counters(): ConnectionCounters {
    return { ...this.tally, octetsSent: this.outbox.total };
  }

  /** Something was put in the outbox, or the state has changed. Tells whether much is waiting now. */
  queued(): "sent" | "buffered" {
    if (!this.#dirty && !this.#working) {
      this.#dirty = true;
      markDirty(this);
    }
    if (this.outbox.size <= this.#highWaterMark) return "sent";
    this.buffering = true;
    return "buffered";
  }

  /** Sends a Ping. Returns whether it was queued. */
  sendPing(payload: Uint8Array): boolean {
    const queued = this.connection.ping(payload);
    if (queued) this.tally.pingsSent++;
    this.queued();
    return queued;
  }

  /** Begins the closing handshake. */
  close(code: number, reason: string): void {
    this.connection.close(code, reason);
    this.queued();
  }

  /** Fails the connection: see `Connection.fail`. */
  fail(code: number, cause: Error): void {
    this.connection.fail(code, cause);
    this.queued();
  }

  /** Gives the stream up without a closing handshake. */
  terminate(cause: Error | null = null): void {
    this.connection.abort(cause);
    this.stream.destroy();
  }

  /** Writes what is queued and follows the state of the connection. */
  flush(): void {
    this.#dirty = false;
    const { connection } = this;
    if (!this.outbox.congested) connection.flushPong();
    this.write();
    if (connection.state !== "open") this.#end();
    else if (this.buffering && this.outbox.size <= Math.min(LOW_WATER_MARK, this.#highWaterMark)) {
      this.buffering = false;
      this.#events.drain(this.#owner);
    }
  }

  /** Tells when little waits, as if much had been queued. */
  expectDrain(): void {
    this.buffering = true;
    // In another turn: an event that leads to another one of its kind leaves time for other sockets.
    setImmediate(() => this.flush());
  }

  /** Writes what is queued. */
  write(): void {
    // The stream's own `drain` depends on its high-water mark, which may be far above ours.
    if (this.outbox.pending) this.outbox.flush(this.buffering ? () => this.flush() : undefined);
  }

  receive(chunk: Uint8Array): void {
    this.pulse.heard = true;
    this.tally.octetsReceived += chunk.length;
    this.#working = true;
    // Views of a plain Uint8Array are what applications get, not those of a Buffer.
    this.connection.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#worked();
    this.flush();
  }

  /** Stops reading, or goes on with what was left. */
  set suspended(suspended: boolean) {
    if (suspended) this.connection.suspend();
    else this.#work(() => this.connection.resume());
    this.#adjustReading();
  }

  /** Stops reading before the next message, or goes on with it. */
  set holding(holding: boolean) {
    if (holding) this.connection.holding = true;
    else {
      this.#work(() => {
        this.connection.holding = false;
      });
    }
    this.#adjustReading();
  }

  /** The peer has ended its half of the stream. */
  streamEnded(): void {
    this.#work(() => this.connection.receiveEnd(this.#error));
    this.flush();
    this.#limitLeftovers();
  }

  streamFailed(error: Error): void {
    this.#gone = true;
    this.#error = error;
    // TLS reports some errors without destroying its socket.
    this.stream.destroy();
  }

  streamClosed(): void {
    this.#gone = true;
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.connection.receiveEnd(this.#error);
    if (this.connection.state === "closed") return;
    this.#closeTimer = null;
    this.#limitLeftovers();
    this.#end();
  }

  /**
   * What nobody has asked for yet when the stream ends can still be read, but not for ever: peers could fill a server
   * with such connections. Whoever pulls messages comes back for them, and a client chose its own peer.
   */
  #limitLeftovers(): void {
    if (this.connection.state === "closed" || this.#closeTimer !== null) return;
    const comesBack = this.pulled || this.connection.role === "client";
    if (comesBack && this.stream.readableEnded) return;
    this.#closeTimer = setTimeout(() => this.terminate(), this.#limits.closeTimeout);
  }

  // What the connection tells.

  text(data: MessageData): void {
    this.pulse.active = true;
    this.tally.messagesReceived++;
    this.#events.message(this.#owner, data, true);
  }

  binary(data: Uint8Array): void {
    this.pulse.active = true;
    this.tally.messagesReceived++;
    this.#events.message(this.#owner, this.#kept(data, keepable(data)), false);
  }

  piece(opcode: DataOpcode, data: Uint8Array, last: boolean): void {
    this.pulse.active = true;
    if (last) this.tally.messagesReceived++;
    this.#events.piece(this.#owner, this.#kept(data, exclusive(data)), opcode === Opcode.Text, last);
  }

  #kept(data: Uint8Array, kept: Uint8Array): Uint8Array {
    if (kept === data) this.connection.keepChunk(data);
    return kept;
  }

  /** Nobody refers to a piece any more. */
  giveBack(piece: Uint8Array): void {
    if (this.#ownsChunks) giveBack(piece);
  }

  spent(chunk: Uint8Array): void {
    if (this.#ownsChunks) giveBack(chunk);
  }

  ping(): void {
    this.tally.pingsReceived++;
  }

  pong(payload: Uint8Array): void {
    this.pulse.pong(payload);
  }

  closed(record: CloseRecord): void {
    this.pulse.end();
    this.#events.closed(this.#owner, record);
  }

  /** Lets the connection work; what it sends meanwhile goes out in one write, at the end of the turn at the latest. */
  #work(task: () => void): void {
    if (this.#working) return task();
    this.#working = true;
    task();
    this.#worked();
    this.queued();
  }

  #worked(): void {
    this.#working = false;
    // Not only when it is used up: a turn may bring many chunks.
    if (!this.#turning && this.connection.frameBudget <= FRAMES_PER_TURN / 2) {
      this.#turning = true;
      setImmediate(() => this.#nextTurn());
    }
    this.#adjustReading();
  }

  /** Goes on with what was left when this socket had had its turn. */
  #nextTurn(): void {
    const { connection } = this;
    this.#turning = false;
    // What was read from the stream since then is a part of this turn.
    const read = this.#budgetBefore - connection.frameBudget;
    this.#work(() => {
      connection.frameBudget = FRAMES_PER_TURN - read;
    });
    this.#budgetBefore = connection.frameBudget;
  }

  #adjustReading(): void {
    const reading = this.listening || this.connection.state === "draining";
    if (this.#reading === null || reading === this.#reading) return;
    this.#reading = reading;
    if (reading) this.stream.resume();
    else this.stream.pause();
  }

  /** Nothing more can be sent: the peer has a while to end its half, too. */
  #end(): void {
    // What still comes in is discarded, but its end must be seen.
    this.#adjustReading();
    if (!this.stream.destroyed) {
      this.#closeTimer ??= setTimeout(() => this.terminate(), this.#limits.closeTimeout);
    }
    if (this.#ending) return;
    this.#ending = true;
    this.#events.ending(this.#owner);
  }
}
