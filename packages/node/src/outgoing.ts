import { PreparedMessage } from "@plyws/connection";
import { CloseCode, Opcode } from "@plyws/frame";
import type { Limits } from "./options.ts";
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

/** Pieces of a message: an array, a generator, a Node stream, a web stream. */
export type MessageSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/** The sending side of a connection: what waits, who waits, and what happens when too much does. */
export class Outgoing {
  readonly #transport: Transport<unknown>;
  readonly #limits: Limits;
  /** Those who wait for a change: room, the end of a stream, the end of the connection. */
  #waiting: (() => void)[] = [];
  /** Messages that are held back because another one is being sent in pieces; `null` when there is none. */
  #held: Outgoable[] | null = null;
  #heldSize = 0;
  /** Settled when the messages that are to be sent in pieces, up to the latest, have been. */
  #streamed: Promise<void> = Promise.resolve();

  constructor(transport: Transport<unknown>, limits: Limits) {
    this.#transport = transport;
    this.#limits = limits;
  }

  get bufferedAmount(): number {
    return this.#transport.bufferedAmount + this.#heldSize;
  }

  send(message: Outgoable): SendStatus {
    if (this.#state !== "open") return "closed";
    if (this.#full) return this.#overflow();
    if (this.#held === null) return this.#pass(message);
    this.#held.push(message);
    this.#heldSize += sizeOf(message);
    return "buffered";
  }

  async sendAsync(message: Outgoable): Promise<SendStatus> {
    if (this.#limits.overflow === "wait") while (this.#full && this.#state === "open") await this.#change();
    const status = this.send(message);
    if (status === "buffered") await this.drained();
    return status;
  }

  /** Resolves when what waits is below the low-water mark, or the connection is not open any more. */
  async drained(): Promise<void> {
    while (this.#state === "open" && (this.#held !== null || this.#transport.buffering)) await this.#change();
  }

  /** Sends one message in fragments, one for each piece of the source; messages that are sent meanwhile follow it. */
  sendStream(source: MessageSource, type: "text" | "binary"): Promise<SendStatus> {
    const turn = this.#streamed.then(() => this.#stream(source, type));
    this.#streamed = turn.then(ignore, ignore);
    return turn;
  }

  /** Something has changed that somebody may wait for. */
  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #stream(source: MessageSource, type: "text" | "binary"): Promise<SendStatus> {
    if (this.#state !== "open") return "closed";
    this.#held = [];
    const { connection } = this.#transport;
    const opcode = type === "text" ? Opcode.Text : Opcode.Binary;
    try {
      for await (const octets of encodePieces(source)) {
        if (!connection.sendFragment(opcode, octets, false)) return "closed";
        this.#transport.pulse.active = true;
        this.#transport.queued();
        while (this.#transport.buffering && this.#state === "open") await this.#change();
      }
      if (!connection.sendFragment(opcode, EMPTY, true)) return "closed";
      this.#transport.tally.messagesSent++;
    } catch (error) {
      // Half a message cannot be taken back, and no other may begin: the connection is of no use any more.
      this.#transport.fail(CloseCode.InternalError, toError(error));
      throw error;
    } finally {
      this.#release();
    }
    return this.#transport.queued();
  }

  /** Sends what was held back. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldSize = 0;
    for (const message of held) this.#pass(message);
    this.changed();
  }

  get #state(): string {
    return this.#transport.connection.state;
  }

  get #full(): boolean {
    return this.bufferedAmount > this.#limits.maxBufferedAmount;
  }

  #overflow(): SendStatus {
    if (this.#limits.overflow !== "disconnect") return "dropped";
    const error = new Error(
      `More than ${this.#limits.maxBufferedAmount} octets wait for a peer that does not read them`,
    );
    this.#transport.fail(CloseCode.TryAgainLater, error);
    return "closed";
  }

  #pass(message: Outgoable): SendStatus {
    const { pulse, tally } = this.#transport;
    if (this.#put(message)) tally.messagesSent++;
    pulse.active = true;
    return this.#transport.queued();
  }

  #put(message: Outgoable): boolean {
    const { connection } = this.#transport;
    if (typeof message === "string") return connection.sendText(message);
    if (message instanceof PreparedMessage) return connection.sendPrepared(message);
    return connection.sendBinary(message);
  }
}

/** Makes octets of the pieces. A surrogate pair that is cut between two strings is put together again. */
async function* encodePieces(source: MessageSource): AsyncGenerator<Uint8Array, void, undefined> {
  let cut = "";
  for await (const piece of source) {
    if (typeof piece !== "string") {
      yield piece;
      continue;
    }
    const text = cut + piece;
    cut = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
    yield encoder.encode(cut === "" ? text : text.slice(0, -1));
  }
  if (cut !== "") yield encoder.encode(cut);
}

function ignore(): void {}

function sizeOf(message: Outgoable): number {
  if (typeof message === "string") return Buffer.byteLength(message);
  return message instanceof PreparedMessage ? message.frame.length : message.length;
}
