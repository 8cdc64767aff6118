import type { Duplex } from "node:stream";

/** How many octets may come in before the request is decided on; the rest waits in the kernel. */
const MAX_EARLY_OCTETS = 65_536;

/**
 * A stream whose request is being decided on. It is read meanwhile: only so is it seen that the client goes away. The
 * octets that come early are kept.
 */
export class WaitingStream {
  readonly stream: Duplex;
  readonly #early: Uint8Array[];
  #size: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #timedOut = false;

  /** @param timeout in milliseconds */
  constructor(stream: Duplex, head: Uint8Array, timeout: number) {
    this.stream = stream;
    this.#early = [head];
    this.#size = head.length;
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort(new DOMException(`No decision within ${timeout} ms`, "TimeoutError"));
    }, timeout);
    stream.on("data", this.#onData).on("end", this.#onGone).on("close", this.#onGone);
  }

  /** Aborted when the client goes away or the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was over before the client went away. */
  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** What `decision` gives, or `null` as soon as the signal is aborted. */
  decided<Decision>(decision: Promise<Decision>): Promise<Decision | null> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => resolve(null));
      if (signal.aborted) resolve(null);
      decision.then(resolve, reject);
    });
  }

  /** Stops reading and waiting. Returns what came early; the stream is paused. */
  stop(): Uint8Array {
    clearTimeout(this.#timer);
    this.stream.off("data", this.#onData).off("end", this.#onGone).off("close", this.#onGone).pause();
    return Buffer.concat(this.#early, this.#size);
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#early.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= MAX_EARLY_OCTETS) this.stream.pause();
  };

  readonly #onGone = (): void => {
    this.#controller.abort(new DOMException("The client went away", "AbortError"));
  };
}
