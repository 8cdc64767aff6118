import { ATTACH_FROM, type DataOpcode, PreparedMessage } from "@plyws/connection";
import { CloseCode, Opcode } from "@plyws/frame";
import { MessageStream } from "./message-stream.ts";
import type { Limits } from "./options.ts";
import { abandon, encodePieces, iterate, type MessageSource, type SourceIterator } from "./source.ts";
import type { Transport } from "./transport.ts";
import { toError } from "./warn.ts";

/** What became of a message that was to be sent. */
export type SendStatus =
  /** It goes out in this turn of the event loop, or little is waiting before it. */
  | "sent"
  /** It is queued, and more than 64 KiB wait for the peer: wait for `drain` before sending more. */
  | "buffered"
  /** It was not sent: more than `maxBufferedAmount` wait for the peer. */
  | "dropped"
  /** It was not sent: the connection is not open any more. */
  | "closed";

/** A message in the form in which it is handed to the connection. */
export type Outgoable = string | Uint8Array | PreparedMessage;

/** How a message is to be sent. */
export interface SendOptions {
  /**
   * Whether to compress it, on a connection that has agreed on permessage-deflate (RFC 7692). Default: from `threshold`
   * on; messages in pieces are not.
   */
  readonly compress?: boolean | undefined;
}

/** A message, and whether to compress it. */
interface Letter {
  readonly message: Outgoable;
  readonly compress: boolean | undefined;
}

/** The sending of a message in pieces. Never rejects. */
type Task = () => Promise<void>;

/** A message that waits for room. */
interface InLine extends Letter {
  readonly resolve: (status: SendStatus) => void;
}

const EMPTY = new Uint8Array(0);

/** The largest fragment of a message in pieces: it is copied, so the source may use its buffer again. */
const FRAGMENT_SIZE = ATTACH_FROM - 1;

/** What a message that is held back costs besides its octets, about. */
const HELD_OVERHEAD = 128;

/** The sending side of a connection: what waits, who waits, and what happens when too much does. */
export class Outgoing {
  readonly #transport: Transport<unknown>;
  readonly #limits: Limits;
  /**
   * Those who wait for a change: less to write, the end of a message in pieces, the end of the connection. `null` when
   * there is nobody, as nearly always.
   */
  #waiting: (() => void)[] | null = null;
  /** What follows the message that is being sent in pieces, in order; `null` when there is none. */
  #held: (Letter | Task)[] | null = null;
  #heldSize = 0;
  /** Whether `drain` is to be told when nothing is held any more. */
  #owesDrain = false;
  /** The messages that wait for room, in order; `null` when there are none. */
  #line: InLine[] | null = null;
  /** Ends the wait for the next piece of a source. */
  #interrupt: (() => void) | null = null;

  constructor(transport: Transport<unknown>, limits: Limits) {
    this.#transport = transport;
    this.#limits = limits;
  }

  get bufferedAmount(): number {
    return this.#transport.outbox.size + this.#heldSize;
  }

  send(message: Outgoable, compress: boolean | undefined): SendStatus {
    if (!this.#open()) return "closed";
    return this.#line !== null ? "dropped" : this.#send(message, compress);
  }

  async sendAsync(message: Outgoable, compress: boolean | undefined): Promise<SendStatus> {
    if (!this.#open()) return "closed";
    const waits = this.#limits.overflow === "wait" && (this.#line !== null || this.#full());
    const status = waits
      ? await new Promise<SendStatus>((resolve) => (this.#line ??= []).push({ message, compress, resolve }))
      : this.#send(message, compress);
    if (status === "buffered") await this.untilDrained();
    return status;
  }

  /** Resolves when what waits is below the low-water mark, or the connection is not open any more. */
  async untilDrained(): Promise<void> {
    while (this.#open() && (this.#held !== null || this.#transport.buffering)) await this.#change();
  }

  /**
   * Sends one message in fragments as the source gives its pieces; messages that are sent meanwhile follow it.
   *
   * @throws TypeError when the source is not iterable
   */
  sendStream(source: MessageSource, type: "text" | "binary", compress: boolean): Promise<SendStatus> {
    const iterator = iterate(source);
    const opcode = type === "text" ? Opcode.Text : Opcode.Binary;
    const sent = new Promise<SendStatus>((resolve, reject) => {
      const task: Task = () => this.#stream(source, iterator, opcode, compress).then(resolve, reject);
      if (this.#held === null) void this.#work(task);
      else this.#held.push(task);
    });
    // The close record tells of a source that failed, too: not to care for the promise must not end the process.
    sent.catch(ignore);
    return sent;
  }

  /** Little waits in the outbox. Returns whether that is all that waits. */
  drained(): boolean {
    this.#owesDrain = this.#held !== null;
    this.changed();
    return !this.#owesDrain;
  }

  /** Something has changed that somebody may wait for. */
  changed(): void {
    while (this.#line !== null && !(this.#open() && this.#full())) {
      const { message, compress, resolve } = this.#line.shift()!;
      if (this.#line.length === 0) this.#line = null;
      resolve(this.#open() ? this.#send(message, compress) : "closed");
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) for (const resolve of waiting) resolve();
    if (!this.#open()) this.#interrupt?.();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#waiting ??= []).push(resolve));
  }

  /** Sends a message in pieces, and then what was to be sent meanwhile. */
  async #work(task: Task): Promise<void> {
    this.#held = [];
    await task();
    while (this.#held.length > 0) {
      for (const next of this.#held.splice(0)) {
        if (typeof next === "function") await next();
        else {
          this.#heldSize -= sizeOf(next.message);
          this.#pass(next.message, next.compress);
        }
      }
    }
    this.#held = null;
    if (this.#owesDrain && this.#open()) this.#transport.expectDrain();
    this.changed();
  }

  async #stream(
    source: MessageSource,
    iterator: SourceIterator,
    opcode: DataOpcode,
    compress: boolean,
  ): Promise<SendStatus> {
    // Nobody else has the pieces of a message that goes on as it came.
    const relayed = source instanceof MessageStream ? source : null;
    try {
      const pieces = encodePieces(iterator);
      for (;;) {
        const next = this.#open() ? await this.#unlessEnded(pieces.next()) : null;
        if (next === null || !this.#open()) break;
        if (next.done === true) return await this.#sendPiece(opcode, EMPTY, true, compress);
        const last = relayed?.complete === true;
        const status = await this.#sendPiece(opcode, next.value, last, compress);
        relayed?.giveBack(next.value);
        if (last) return status;
      }
    } catch (error) {
      abandon(source, iterator);
      if (!this.#open()) return "closed";
      // Half a message cannot be taken back, and no other may begin: the connection is of no use any more.
      this.#transport.fail(CloseCode.InternalError, toError(error));
      throw error;
    }
    abandon(source, iterator);
    return "closed";
  }

  /** Sends a piece in fragments that are copied, and waits when much is queued. */
  async #sendPiece(
    opcode: DataOpcode,
    octets: Uint8Array,
    last: boolean,
    compress: boolean,
  ): Promise<SendStatus> {
    const transport = this.#transport;
    // All of about the same size. The last one of a message may be empty.
    const count = Math.max(Math.ceil(octets.length / FRAGMENT_SIZE), last ? 1 : 0);
    const size = Math.ceil(octets.length / count);
    for (let i = 0; i < count; i++) {
      const fin = last && i === count - 1;
      const fragment = octets.subarray(i * size, (i + 1) * size);
      if (!transport.connection.sendFragment(opcode, fragment, fin, compress)) return "closed";
      transport.pulse.active = true;
      if (fin) transport.tally.messagesSent++;
      if (transport.queued() === "sent") continue;
      if (fin) return "buffered";
      while (this.#open() && transport.buffering) await this.#change();
      // A source and a peer that never let us wait would leave no time for other sockets.
      await new Promise(setImmediate);
    }
    return "sent";
  }

  /** `null` when the connection ends before. */
  #unlessEnded<Value>(promise: Promise<Value>): Promise<Value | null> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => resolve(null);
      promise.then(resolve, reject);
    });
  }

  #open(): boolean {
    return this.#transport.state === "open";
  }

  #full(): boolean {
    const waiting = this.#transport.buffering || this.#held !== null;
    return waiting && this.bufferedAmount > this.#limits.maxBufferedAmount;
  }

  /** Sends a message while the connection is open. */
  #send(message: Outgoable, compress: boolean | undefined): SendStatus {
    // What was sent in this turn does not say anything about the peer yet.
    if (this.#full()) this.#transport.write();
    if (this.#full()) return this.#overflow();
    if (this.#held === null) return this.#pass(message, compress);
    const kept = message instanceof Uint8Array ? new Uint8Array(message) : message;
    this.#held.push({ message: kept, compress });
    this.#heldSize += sizeOf(kept);
    this.#owesDrain = true;
    return "buffered";
  }

  #overflow(): SendStatus {
    if (this.#limits.overflow !== "disconnect") return "dropped";
    const error = new Error(
      `More than ${this.#limits.maxBufferedAmount} octets wait for a peer that does not read them`,
    );
    this.#transport.fail(CloseCode.TryAgainLater, error);
    return "closed";
  }

  #pass(message: Outgoable, compress: boolean | undefined): SendStatus {
    const { pulse, tally } = this.#transport;
    if (!this.#put(message, compress)) return "closed";
    tally.messagesSent++;
    pulse.active = true;
    return this.#transport.queued();
  }

  #put(message: Outgoable, compress: boolean | undefined): boolean {
    const { connection } = this.#transport;
    if (typeof message === "string") return connection.sendText(message, compress);
    if (message instanceof PreparedMessage) return connection.sendPrepared(message, compress);
    return connection.sendBinary(message, compress);
  }
}

function ignore(): void {}

function sizeOf(message: Outgoable): number {
  if (typeof message === "string") return HELD_OVERHEAD + Buffer.byteLength(message);
  return HELD_OVERHEAD + (message instanceof PreparedMessage ? message.frame.length : message.length);
}
