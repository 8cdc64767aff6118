import type { MessageData } from "./events.ts";
import { MessageStream } from "./message-stream.ts";
import type { Transport } from "./transport.ts";
import { toError } from "./warn.ts";

/** Somebody who waits for the next message: whole, or in pieces. */
interface Waiter {
  readonly whole?: (message: MessageData | null) => void;
  readonly stream?: (message: MessageStream | null) => void;
}

/** How to wait for a message. */
export interface ReceiveOptions {
  /** Ends the wait when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** The events by which the application takes messages, where it has them. */
export interface Consumers {
  readonly message?: unknown;
  readonly stream?: unknown;
}

/**
 * The receiving side of a connection: who wants the next message, and whether the socket is read at all. Messages are
 * never kept here: they stay in the connection, and the peer is held back, until somebody wants them.
 */
export class Incoming {
  readonly #transport: Transport<unknown>;
  readonly #consumers: Consumers;
  /** What the reader of a message gets that was cut off by the end of the connection. */
  cutOff: Error | null = null;
  #paused = false;
  /** In order; `null` when there was nobody yet. */
  #waiting: Waiter[] | null = null;
  /** The message that is read in pieces; `null` between such messages. */
  #stream: MessageStream | null = null;

  constructor(transport: Transport<unknown>, consumers: Consumers) {
    this.#transport = transport;
    this.#consumers = consumers;
  }

  /** The next message, or `null` at the end. */
  receive(signal?: AbortSignal): Promise<MessageData | null> {
    return this.#promise((whole) => ({ whole }), signal);
  }

  /** The next message in pieces, or `null` at the end. */
  receiveStream(signal?: AbortSignal): Promise<MessageStream | null> {
    return this.#promise((stream) => ({ stream }), signal);
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.adjust();
  }

  /** A message has come. Returns whether somebody waited for it. */
  message(data: MessageData): boolean {
    const whole = this.#waiting?.[0]?.whole;
    if (whole === undefined) return false;
    this.#waiting?.shift();
    whole(data);
    this.adjust();
    return true;
  }

  /** A piece has come. Returns the stream that begins with it, when nobody waited for it. */
  piece(piece: Uint8Array, isText: boolean, last: boolean): MessageStream | null {
    let unclaimed: MessageStream | null = null;
    let stream = this.#stream;
    if (stream === null) {
      stream = new MessageStream(
        isText ? "text" : "binary",
        () => this.adjust(),
        (spent) => this.#transport.giveBack(spent),
      );
      const claim = this.#waiting?.[0]?.stream;
      if (claim === undefined) unclaimed = stream;
      else {
        this.#waiting?.shift();
        claim(stream);
      }
    }
    this.#stream = last ? null : stream;
    stream.push(piece, last);
    this.adjust();
    return unclaimed;
  }

  /** Tells all who wait that there is nothing more. */
  end(cause: Error | null): void {
    for (const { whole, stream } of this.#waiting?.splice(0) ?? []) {
      whole?.(null);
      stream?.(null);
    }
    if (this.#stream === null) return;
    this.cutOff = new Error("The connection ended before the message did", { cause });
    this.#stream.fail(this.cutOff);
  }

  /** Reads when there is somebody to give messages to, in the form that is wanted. */
  adjust(): void {
    const { connection } = this.#transport;
    const next = this.#waiting?.[0];
    const message = this.#consumers.message !== undefined;
    const stream = this.#consumers.stream !== undefined;
    const pushed = stream && message ? "large" : stream;
    connection.streaming = next === undefined ? pushed : next.stream !== undefined;
    const wanted = this.#stream?.wanted ?? (next !== undefined || message || stream);
    // Once the connection closes, messages that nobody asks for are dropped: the Close frame of the peer must be seen.
    const holding = !wanted && (this.#stream !== null || connection.state === "open");
    // Going on hands out messages, which leads to here again: what was looked at before may be wrong afterwards.
    if (holding !== connection.holding) this.#transport.holding = holding;
    if (this.#paused !== connection.suspended) this.#transport.suspended = this.#paused;
  }

  /** Waits; the signal takes the waiter out of the line, so that it takes no message any more. */
  #promise<Value>(
    waiterOf: (resolve: (value: Value) => void) => Waiter,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (signal === undefined) return this.#wait(waiterOf(resolve));
      if (signal.aborted) return reject(toError(signal.reason));
      const waiter = waiterOf((value) => {
        signal.removeEventListener("abort", abort);
        resolve(value);
      });
      const abort = (): void => {
        this.#waiting = this.#waiting?.filter((other) => other !== waiter) ?? null;
        reject(toError(signal.reason));
        this.adjust();
      };
      signal.addEventListener("abort", abort);
      this.#wait(waiter);
    });
  }

  #wait(waiter: Waiter): void {
    this.#transport.pulled = true;
    (this.#waiting ??= []).push(waiter);
    this.adjust();
  }
}
