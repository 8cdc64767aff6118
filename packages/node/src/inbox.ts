import type { MessageData } from "./events.ts";

type Resolve = (message: MessageData | null) => void;

/** Those who wait for a message, in order. Messages themselves are never kept: they stay in the connection. */
export class Inbox {
  readonly #waiting: Resolve[] = [];

  /** Whether somebody waits. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** The next message, or `null` at the end. */
  next(): Promise<MessageData | null> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a message to the first who waits. */
  deliver(message: MessageData): void {
    this.#waiting.shift()?.(message);
  }

  /** Tells all who wait that there is nothing more. */
  end(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }
}
