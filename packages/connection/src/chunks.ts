const NONE = new Uint8Array(0);

/** The octets of the stream that were received and not looked at yet. The receiver moves `at` as it goes. */
export class Chunks {
  /** The chunk in hand, and how much of it is done. */
  current: Uint8Array = NONE;
  at = 0;
  /** Chunks that came while it was not done: the connection is suspended or at work. */
  #waiting: Uint8Array[] | null = null;

  get isEmpty(): boolean {
    return this.at === this.current.length && this.#waiting === null;
  }

  add(chunk: Uint8Array): void {
    if (this.isEmpty) this.#take(chunk);
    else (this.#waiting ??= []).push(chunk);
  }

  /** Takes the chunks that wait in hand when the one before is done. Returns whether there are octets to look at. */
  advance(): boolean {
    if (this.at < this.current.length) return true;
    if (this.#waiting === null) return false;
    this.#take(join(this.#waiting));
    this.#waiting = null;
    return true;
  }

  /** Lets go of the chunk in hand when it is done, and returns it: an idle connection must not keep its buffer alive. */
  release(): Uint8Array | null {
    const { current } = this;
    if (this.at < current.length || current === NONE) return null;
    this.#take(NONE);
    return current;
  }

  clear(): void {
    this.#take(NONE);
    this.#waiting = null;
  }

  #take(chunk: Uint8Array): void {
    this.current = chunk;
    this.at = 0;
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const [first = NONE] = chunks;
  if (chunks.length === 1) return first;
  const joined = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
