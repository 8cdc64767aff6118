import type { Connection } from "@plyws/connection";
import { type Signal, startTimer, stopTimer } from "./platform.ts";

/** A message: text as a string, binary as octets. */
export type MessageData = string | Uint8Array;

type Waiter = (message: MessageData | null) => void;

/** The part of a connection that reads. */
type Source = Pick<Connection, "holding" | "state" | "suspend" | "suspended" | "resume">;

/**
 * Who wants the next message. Messages are never kept here: they stay in the connection, or in the stream, until
 * somebody wants them.
 */
export class Incoming {
  readonly #source: Source;
  readonly #resumed: () => void;
  /** In order. */
  #waiting: Waiter[] = [];
  /** Runs while the latest message has its turn. */
  #turn: unknown = null;

  /** @param resumed called when the connection may have gone on with octets that were kept */
  constructor(source: Source, resumed: () => void) {
    this.#source = source;
    this.#resumed = resumed;
  }

  /** The next message, or `null` at the end. */
  receive(signal: Signal | undefined): Promise<MessageData | null> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const waiter: Waiter = (message) => {
        signal?.removeEventListener("abort", abort);
        resolve(message);
      };
      const abort = (): void => {
        signal?.removeEventListener("abort", abort);
        // Out of the line, so that it takes no message any more.
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        this.adjust();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      this.#waiting.push(waiter);
      this.adjust();
    });
  }

  /** A message has come. Those that come while the connection closes and nobody waits are dropped. */
  message(data: MessageData): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return;
    waiter(data);
    if (this.#waiting.length > 0 || this.#source.state !== "open") return;
    this.#source.holding = true;
    // What answers a message goes out before the answer to a Ping or Close behind it, unless it takes its time.
    this.#source.suspend();
    stopTimer(this.#turn);
    this.#turn = startTimer(0, () => this.#resume());
  }

  /** Tells all who wait that there is nothing more. */
  end(): void {
    stopTimer(this.#turn);
    for (const waiter of this.#waiting.splice(0)) waiter(null);
  }

  /** Lets the connection go on when somebody waits, or when the Close frame of the peer has to be seen. */
  adjust(): void {
    const wanted = this.#waiting.length > 0 || this.#source.state !== "open";
    if (wanted !== this.#source.holding) return;
    // The latest message has had its turn. What goes on hands out the next one, which has a turn of its own.
    const { suspended } = this.#source;
    if (wanted) stopTimer(this.#turn);
    this.#source.holding = !wanted;
    if (wanted && suspended) this.#source.resume();
    if (wanted) this.#resumed();
  }

  #resume(): void {
    this.#source.resume();
    this.#resumed();
  }
}
