import type { Duplex } from "node:stream";
import {
  type CloseRecord,
  Connection,
  type ConnectionHandler,
  type DataOpcode,
  type Role,
} from "@plyws/connection";
import { Opcode } from "@plyws/frame";
import type { MessageData } from "./events.ts";
import { markDirty } from "./flush.ts";
import { type ConnectionCounters, createTally, type Tally } from "./observe/counters.ts";
import { FRAMES_PER_TURN, HIGH_WATER_MARK, type Limits, LOW_WATER_MARK } from "./options.ts";
import { SocketOutbox } from "./outbox.ts";
import { Pulse } from "./pulse.ts";
import { listenTo } from "./stream-listeners.ts";
import { octetText, stringText } from "./text.ts";

/** What transports tell their owners: one object for all of them. None of its methods may throw. */
export interface TransportEvents<Owner> {
  message(owner: Owner, data: MessageData, isText: boolean): void;
  piece(owner: Owner, data: Uint8Array, isText: boolean, last: boolean): void;
  /** What was queued is below the low-water mark again. */
  drain(owner: Owner): void;
  closed(owner: Owner, record: CloseRecord): void;
}

/**
 * Drives one connection over one stream: chunks in, one write out per turn of the event loop, the timers, and the end.
 * Below it there are octets, above it messages.
 */
export class Transport<Owner> implements ConnectionHandler<MessageData> {
  readonly stream: Duplex;
  readonly connection: Connection<MessageData>;
  readonly pulse: Pulse;
  /** Counts what is not counted elsewhere. */
  readonly tally: Tally = createTally();
  readonly #owner: Owner;
  readonly #events: TransportEvents<Owner>;
  readonly #limits: Limits;
  readonly #outbox: SocketOutbox;
  /** Whether the connection is at work, so that what it sends is flushed when it is done. */
  #working = false;
  #dirty = false;
  /** Whether more than the high-water mark was queued and `drain` was not told yet. */
  #buffering = false;
  /** Whether the stream flows; `null` before the start. */
  #reading: boolean | null = null;
  /** Whether this socket has had its turn and waits for the next. */
  #resting = false;
  #closeTimer: NodeJS.Timeout | null = null;
  #error: Error | null = null;

  constructor(
    stream: Duplex,
    role: Role,
    limits: Limits,
    owner: Owner,
    events: TransportEvents<Owner>,
    outbox: SocketOutbox = new SocketOutbox(stream),
  ) {
    this.stream = stream;
    this.#owner = owner;
    this.#events = events;
    this.#limits = limits;
    this.#outbox = outbox;
    const { maxMessageSize } = limits;
    const text = limits.text === "octets" ? octetText : stringText;
    this.connection = new Connection({ role, maxMessageSize, text }, this, this.#outbox);
    this.pulse = new Pulse(this, limits);
  }

  /** Begins to read. `head` is what arrived together with the opening handshake. */
  start(head: Uint8Array): void {
    const { stream } = this;
    // Adding the listener for chunks would start the stream by itself.
    this.#reading = false;
    stream.pause();
    listenTo(stream, this);
    if (head.length > 0) this.receive(head);
    if (stream.destroyed) this.streamClosed();
    else this.#adjustReading();
  }

  /** Whether chunks are read, so that a living peer would be heard. */
  get listening(): boolean {
    return !this.connection.suspended && !this.connection.held && !this.#resting;
  }

  get bufferedAmount(): number {
    return this.#outbox.size;
  }

  /** A copy. */
  get counters(): ConnectionCounters {
    return { ...this.tally, octetsSent: this.#outbox.total };
  }

  /** Whether much was queued, from the high-water mark on until it is below the low-water mark. */
  get buffering(): boolean {
    return this.#buffering;
  }

  /** Something was put in the outbox, or the state has changed. Tells whether much is waiting now. */
  queued(): "sent" | "buffered" {
    if (!this.#dirty && !this.#working) {
      this.#dirty = true;
      markDirty(this);
    }
    if (this.#outbox.size <= HIGH_WATER_MARK) return "sent";
    this.#buffering = true;
    return "buffered";
  }

  /** Sends a Ping. Returns whether it was queued. */
  sendPing(payload: Uint8Array): boolean {
    const queued = this.connection.ping(payload);
    if (queued) this.tally.pingsSent++;
    this.queued();
    return queued;
  }

  /** Begins the closing handshake. Returns whether this call began it. */
  close(code: number, reason: string): boolean {
    const begun = this.connection.close(code, reason);
    this.queued();
    return begun;
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
    const outbox = this.#outbox;
    if (!outbox.congested) connection.flushPong();
    // The stream's own `drain` depends on its high-water mark, which may be far above ours.
    if (outbox.pending) outbox.flush(this.#buffering ? () => this.flush() : undefined);
    if (connection.state !== "open") this.#startCloseTimer();
    // A stream that is gone takes everything at once: an application that goes on at every `drain` would never end.
    else if (this.#buffering && this.stream.writable && outbox.size <= LOW_WATER_MARK) {
      this.#buffering = false;
      this.#events.drain(this.#owner);
    }
  }

  receive(chunk: Uint8Array): void {
    this.pulse.heard = true;
    this.tally.octetsReceived += chunk.length;
    // Views of a plain Uint8Array are what applications get, not those of a Buffer.
    const octets = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#work(() => {
      if (!this.#resting) this.connection.frameBudget = FRAMES_PER_TURN;
      this.connection.receive(octets);
    });
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
  }

  streamFailed(error: Error): void {
    this.#error = error;
    // TLS reports some errors without destroying its socket.
    this.stream.destroy();
  }

  streamClosed(): void {
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.connection.receiveEnd(this.#error);
  }

  /** Whether the peer has taken something that was stuck. */
  unstuck(): boolean {
    return this.#outbox.unstuck();
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
    // A view keeps its whole read buffer alive for as long as the message is kept: at most four times its size.
    const owned = data.length * 4 < data.buffer.byteLength ? new Uint8Array(data) : data;
    this.#events.message(this.#owner, owned, false);
  }

  piece(opcode: DataOpcode, data: Uint8Array, last: boolean): void {
    this.pulse.active = true;
    if (last) this.tally.messagesReceived++;
    this.#events.piece(this.#owner, data, opcode === Opcode.Text, last);
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
    try {
      task();
    } finally {
      this.#working = false;
    }
    this.queued();
    if (this.connection.frameBudget <= 0 && !this.#resting) {
      this.#resting = true;
      setImmediate(nextTurn, this);
    }
    this.#adjustReading();
  }

  /** Goes on with what was left when this socket had had its turn. */
  nextTurn(): void {
    this.#resting = false;
    this.#work(() => {
      this.connection.frameBudget = FRAMES_PER_TURN;
    });
  }

  #adjustReading(): void {
    const reading = this.listening || this.connection.state === "draining";
    if (this.#reading === null || reading === this.#reading) return;
    this.#reading = reading;
    if (reading) this.stream.resume();
    else this.stream.pause();
  }

  #startCloseTimer(): void {
    // What still comes in is discarded, but its end must be seen.
    this.#adjustReading();
    if (this.stream.destroyed) return;
    this.#closeTimer ??= setTimeout(() => this.stream.destroy(), this.#limits.closeTimeout);
  }
}

function nextTurn(transport: Transport<unknown>): void {
  transport.nextTurn();
}
