import type { Line, LineListener } from "./line.ts";

/** A WebSocket endpoint without a socket: octets in by its methods, octets out by the {@link CodecWire}. */
export interface Codec {
  /** Octets of the peer. The array belongs to the codec. */
  receive(octets: Uint8Array): void;
  /** The peer has ended the stream. */
  receiveEnd?(): void;
}

/** Where a codec writes. */
export interface CodecWire {
  write(octets: Uint8Array): void;
  /** Ends the codec's half of the stream. */
  end(): void;
}

/** A codec as a {@link Line}. Time passes only when nothing happens any more, and then at once. */
export class MemoryLine implements Line {
  #listener: LineListener | null = null;
  /** What the codec did before anybody listened. */
  #early: ((listener: LineListener) => void)[] = [];
  readonly #codec: Codec;
  readonly #settle: () => Promise<void>;
  #now = 0;
  #queue: Uint8Array[] = [];
  #delivering = false;
  #ended = false;

  constructor(create: (wire: CodecWire) => Codec, settle: () => Promise<void>) {
    this.#settle = settle;
    this.#codec = create({
      write: (octets) => {
        const copy = octets.slice();
        this.#tell((listener) => listener.received(copy));
      },
      end: () => this.#tell((listener) => listener.ended("end")),
    });
  }

  get listener(): LineListener | null {
    return this.#listener;
  }

  set listener(listener: LineListener | null) {
    this.#listener = listener;
    if (listener === null) return;
    // The listener may not be ready before the current call returns.
    queueMicrotask(() => {
      for (const event of this.#early.splice(0)) event(listener);
    });
  }

  write(octets: Uint8Array): void {
    this.#queue.push(octets.slice());
    // An answer to what the codec writes right now has to wait until it is done with what it reads.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#codec.receive(next);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #tell(event: (listener: LineListener) => void): void {
    if (this.#listener === null) this.#early.push(event);
    else event(this.#listener);
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#codec.receiveEnd?.();
  }

  destroy(): void {
    this.end();
  }

  now(): number {
    return this.#now;
  }

  async wait(ms: number, woken: Promise<unknown>): Promise<void> {
    let awake = false;
    const wake = async (): Promise<void> => {
      await woken;
      awake = true;
    };
    void wake();
    await this.#settle();
    if (!awake) this.#now += ms;
  }
}
