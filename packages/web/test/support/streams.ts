import { concat } from "@plyws/testkit";
import type { ByteStream } from "../../src/index.ts";

/** Two ends of a byte stream in memory. */
export function pair(): { client: ByteStream; server: ByteStream } {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  return {
    client: { readable: down.readable, writable: up.writable },
    server: { readable: up.readable, writable: down.writable },
  };
}

/** The peer of the code under test, which sees octets and nothing else. */
export class RawPeer {
  /** What the code under test gets. */
  readonly stream: ByteStream;
  /** Whether the code under test has ended its half. */
  ended = false;
  /** Why it has given up reading, or writing; `undefined` when it has not. */
  cancelled: unknown;
  aborted: unknown;
  /** How many chunks it has asked for. */
  pulls = 0;
  readonly #written: Uint8Array[] = [];
  #source!: ReadableStreamDefaultController<Uint8Array>;
  #sink!: WritableStreamDefaultController;
  #blocked: Promise<void> | null = null;
  #unblock: () => void = () => {};

  constructor() {
    const readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#source = controller;
        },
        pull: () => {
          this.pulls++;
        },
        cancel: (reason) => {
          this.cancelled = reason ?? "cancelled";
        },
      },
      // It is pulled only when somebody reads.
      { highWaterMark: 0 },
    );
    const writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#sink = controller;
      },
      write: async (chunk) => {
        if (this.#blocked !== null) await this.#blocked;
        this.#written.push(chunk.slice());
      },
      close: () => {
        this.ended = true;
      },
      abort: (reason) => {
        this.aborted = reason ?? "aborted";
      },
    });
    this.stream = { readable, writable };
  }

  /** Everything that was written so far. */
  get written(): Uint8Array {
    return concat(...this.#written);
  }

  /** How many chunks that took. */
  get writes(): number {
    return this.#written.length;
  }

  /** Sends chunks; they are copied, since the receiver owns what it gets. */
  push(...chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#source.enqueue(chunk.slice());
  }

  /** Ends the half of the peer. */
  end(): void {
    this.#source.close();
  }

  /** Breaks what the code under test reads. */
  failReading(error: unknown): void {
    this.#source.error(error);
  }

  /** Breaks what the code under test writes. */
  failWriting(error: unknown): void {
    this.#sink.error(error);
  }

  /** Takes nothing any more, until it is let. */
  block(): void {
    this.#blocked = new Promise((resolve) => {
      this.#unblock = resolve;
    });
  }

  unblock(): void {
    this.#blocked = null;
    this.#unblock();
  }
}

/** Time for all that can happen without anything else. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
