import type { Socket } from "node:net";

const ignore = (): void => {};

/**
 * One call of `connect`: its time limit and its signal, which cover every step of the way, and the stream in hand,
 * which goes when the call fails.
 */
export class Attempt {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  #stream: Socket | null = null;
  #step = "";

  /** @throws the reason of the signal when it is aborted already */
  constructor(timeout: number, caller: AbortSignal | undefined) {
    caller?.throwIfAborted();
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onAbort);
    this.#timer = setTimeout(() => {
      const text = `The opening handshake took longer than ${timeout} ms, waiting for ${this.#step}`;
      this.#controller.abort(new DOMException(text, "TimeoutError"));
    }, timeout);
  }

  /** Whether the time is over or the caller has given up: whatever fails then fails for that. */
  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** @throws the reason of the signal when the caller has given up */
  throwIfGivenUp(): void {
    this.#caller?.throwIfAborted();
  }

  /** Makes this the stream in hand, above the one before. An error between two steps shows at the next one. */
  hold(stream: Socket): void {
    // A TLS stream may report an error, garbage for instance, and stay open.
    this.#stream = stream.on("error", (error) => stream.destroy(error));
  }

  /** Waits for an event of a stream. `step` says what for, as the object of a sentence. */
  reach(stream: Socket, event: "connect" | "secureConnect", step: string): Promise<void> {
    return this.#waitFor(stream, event, step, () => {});
  }

  /** Reads chunks of a stream until `receive` makes something of them. The stream is paused before and after. */
  read<T>(stream: Socket, step: string, receive: (chunk: Uint8Array) => T | null): Promise<T> {
    const read = this.#waitFor(stream, "data", step, (chunk) => {
      const received = receive(chunk);
      // At once: the stream may have more chunks at hand, and nobody would get them.
      if (received !== null) stream.pause();
      return received;
    });
    stream.resume();
    return read;
  }

  /** A promise that the time limit and the signal reject too. `begin` returns what takes its listeners off. */
  wait<T>(
    step: string,
    begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
  ): Promise<T> {
    const { signal } = this.#controller;
    this.#step = step;
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      let end = ignore;
      const settle = (): void => {
        signal.removeEventListener("abort", onAbort);
        end();
      };
      const fail = (reason: unknown): void => {
        settle();
        reject(reason);
      };
      const onAbort = (): void => fail(signal.reason);
      signal.addEventListener("abort", onAbort);
      end = begin((value) => {
        settle();
        resolve(value);
      }, fail);
    });
  }

  /** Destroys the stream in hand, and with it those below. */
  drop(): void {
    this.#stream?.destroy();
    this.#stream = null;
  }

  /** The call is over: neither the time limit nor the signal has a meaning any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  #waitFor<T>(
    stream: Socket,
    event: string,
    step: string,
    take: (chunk: Uint8Array) => T | null,
  ): Promise<T> {
    return this.wait(step, (resolve, reject) => {
      const onEvent = (chunk: Uint8Array): void => {
        const taken = take(chunk);
        if (taken !== null) resolve(taken);
      };
      const onEnd = (): void =>
        reject(stream.errored ?? new Error(`The peer ended the stream before ${step}`));
      if (stream.destroyed) {
        onEnd();
        return ignore;
      }
      stream.on(event, onEvent).on("error", reject).on("end", onEnd).on("close", onEnd);
      return () => stream.off(event, onEvent).off("error", reject).off("end", onEnd).off("close", onEnd);
    });
  }

  readonly #onAbort = (): void => this.#controller.abort(this.#caller?.reason);
}
