/**
 * A message that is read while it arrives, for messages larger than memory. It holds one piece at most: the next is
 * read from the socket when it is asked for, so a slow reader holds the peer back.
 *
 * Pieces are octets, cut anywhere; those of a text are valid UTF-8 as a whole. They belong to whoever reads them.
 * Leaving the loop early skips the rest. A message that is neither read nor left holds back all that follow.
 *
 * @example
 * ```ts
 * for await (const piece of stream) file.write(piece);
 * ```
 */
export class MessageStream implements AsyncIterableIterator<Uint8Array, void, undefined> {
  readonly type: "text" | "binary";
  readonly #changed: () => void;
  /** Gives back the memory of a piece that nobody refers to any more. @internal */
  readonly giveBack: (piece: Uint8Array) => void;
  #piece: Uint8Array | null = null;
  #complete = false;
  #error: Error | null = null;
  #skipping = false;
  #waiting: { resolve(result: IteratorResult<Uint8Array, void>): void; reject(error: Error): void } | null =
    null;

  /** @internal */
  constructor(type: "text" | "binary", changed: () => void, giveBack: (piece: Uint8Array) => void) {
    this.type = type;
    this.#changed = changed;
    this.giveBack = giveBack;
  }

  /** Whether there are no more pieces than those that were read. @internal */
  get complete(): boolean {
    return this.#complete && this.#piece === null;
  }

  /** Whether another piece is wanted from the socket. @internal */
  get wanted(): boolean {
    return this.#skipping || this.#waiting !== null;
  }

  /** A piece has arrived. @internal */
  push(piece: Uint8Array, last: boolean): void {
    this.#complete = last;
    if (!this.#skipping && piece.length > 0) this.#piece = piece;
    this.#settle();
  }

  /** The connection has ended before the message. @internal */
  fail(error: Error): void {
    this.#error = error;
    this.#settle();
  }

  /** @throws Error when the connection ends before the message does */
  next(): Promise<IteratorResult<Uint8Array, void>> {
    if (this.#waiting !== null) return Promise.reject(new TypeError("The piece before is still awaited"));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#settle();
      this.#changed();
    });
  }

  /** Skips the rest of the message. */
  return(): Promise<IteratorResult<Uint8Array, void>> {
    this.#skipping = true;
    this.#piece = null;
    this.#settle();
    this.#changed();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const piece = this.#piece;
    if (piece === null && !this.#complete && this.#error === null && !this.#skipping) return;
    this.#waiting = null;
    this.#piece = null;
    if (piece !== null) waiting.resolve({ done: false, value: piece });
    else if (this.#complete || this.#skipping) waiting.resolve({ done: true, value: undefined });
    else waiting.reject(this.#error!);
  }
}
