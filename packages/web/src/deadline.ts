import { OpeningError } from "./errors.ts";
import { type Signal, startTimer, stopTimer } from "./platform.ts";
import { ignore } from "./wire.ts";

/** How long an opening handshake may take, and who may give it up. Covers all its steps. */
export class Deadline {
  /** Whether the caller has given up: nobody needs an answer then. */
  aborted = false;
  readonly #signal: Signal | undefined;
  readonly #timer: unknown;
  readonly #over: Promise<never>;
  #reject: (reason: unknown) => void = ignore;

  /** @throws the reason of the signal when it is aborted already */
  constructor(timeout: number, signal: Signal | undefined) {
    if (signal?.aborted === true) throw signal.reason;
    this.#over = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.#over.catch(ignore);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    this.#timer = startTimer(timeout, () =>
      this.#reject(new OpeningError("timeout", `The opening handshake took longer than ${timeout} ms`)),
    );
  }

  /** A promise that the time limit and the signal reject, too. */
  until<Value>(promise: Value | PromiseLike<Value>): Promise<Value> {
    return Promise.race([promise, this.#over]);
  }

  /** Gives up what is waited for, for another reason. */
  fail(reason: unknown): void {
    this.#reject(reason);
  }

  /** The handshake is over: neither has a meaning any more. */
  end(): void {
    stopTimer(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.aborted = true;
    this.#reject(this.#signal?.reason);
  };
}
