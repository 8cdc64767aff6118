import type { Duplex } from "node:stream";

/** Why nobody waits any more: the client went away, the time was over, or the server closes. */
export type WaitEnd = "gone" | "late" | "closing";

/**
 * A stream that is no connection yet: its request is being read, or decided on. It is read meanwhile, since only so is
 * it seen that the client goes away.
 */
export class WaitingStream {
  readonly stream: Duplex;
  readonly #onData: (chunk: Uint8Array) => void;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #end: WaitEnd | null = null;

  /** @param timeout in milliseconds, whatever comes in meanwhile */
  constructor(stream: Duplex, timeout: number, onData: (chunk: Uint8Array) => void) {
    this.stream = stream;
    this.#onData = onData;
    this.#timer = setTimeout(() => {
      this.#finish("late", new DOMException(`Not within ${timeout} ms`, "TimeoutError"));
    }, timeout);
    stream.on("data", onData).on("end", this.#onGone).on("close", this.#onGone);
    // Whoever had the stream before may have paused it.
    stream.resume();
    // Both were told before there was anybody to listen.
    if (stream.destroyed || stream.readableEnded) process.nextTick(this.#onGone);
  }

  /** Aborted when there is no reason to wait any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why there is none; `null` as long as there is. */
  get end(): WaitEnd | null {
    return this.#end;
  }

  /** What `promise` gives; `null` as soon as the signal is aborted. */
  until<Value>(promise: Promise<Value>): Promise<Value | null> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener("abort", () => resolve(null));
      promise.then(resolve, reject);
    });
  }

  /** The server closes: nothing is waited for. */
  cancel(): void {
    this.#finish("closing", new DOMException("The server is shutting down", "AbortError"));
  }

  /** Stops waiting. The stream is paused. */
  stop(): void {
    clearTimeout(this.#timer);
    this.stream.off("data", this.#onData).off("end", this.#onGone).off("close", this.#onGone).pause();
  }

  readonly #onGone = (): void => {
    this.#finish("gone", new DOMException("The client went away", "AbortError"));
  };

  #finish(end: WaitEnd, reason: DOMException): void {
    this.#end ??= end;
    this.#controller.abort(reason);
  }
}
