import type { Writable } from "node:stream";
import { type Paint, paintFor } from "./paint.ts";

/** How much may wait before lines of a log are left out, in octets. */
const MAX_WAITING = 1_048_576;

/** Where a command writes to: a terminal, a file or a pipe, which may be slow, and whose reader may go away. */
export class Output {
  readonly isTerminal: boolean;
  readonly paint: Paint;
  /** Aborted when nobody reads any more. */
  readonly gone: AbortSignal;
  readonly #stream: Writable;
  #leftOut = 0;
  #draining: Promise<void> | null = null;

  constructor(stream: Writable & { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv) {
    const gone = new AbortController();
    this.gone = gone.signal;
    this.isTerminal = stream.isTTY === true;
    this.paint = paintFor(this.isTerminal, env);
    this.#stream = stream;
    // EPIPE is no error of ours: the reader has seen enough.
    stream.on("error", () => gone.abort());
  }

  /** Whether more than the stream likes to hold is waiting. */
  get full(): boolean {
    return this.#stream.writableNeedDrain && !this.gone.aborted;
  }

  /** Resolves when there is room for more, or nobody reads any more: whoever awaits it holds no more than this. */
  async write(data: string | Uint8Array): Promise<void> {
    if (this.gone.aborted) return;
    if (!this.#stream.write(data)) await this.drained();
  }

  /** Resolves when there is room again, or nobody reads any more. */
  drained(): Promise<void> {
    if (!this.full) return Promise.resolve();
    // One for all who wait: there may be thousands.
    this.#draining ??= new Promise((resolve) => {
      const done = (): void => {
        this.#stream.off("drain", done);
        this.gone.removeEventListener("abort", done);
        this.#draining = null;
        resolve();
      };
      this.#stream.on("drain", done);
      this.gone.addEventListener("abort", done);
    });
    return this.#draining;
  }

  /** Writes a line of a log without waiting. When too much waits it is left out, and a later line says so. */
  log(line: string): void {
    if (this.gone.aborted) return;
    if (this.#stream.writableLength > MAX_WAITING) {
      this.#leftOut++;
      return;
    }
    const before = this.#leftOut > 0 ? `… ${this.#leftOut} lines left out: too slow a reader\n` : "";
    this.#leftOut = 0;
    this.#stream.write(`${before}${line.endsWith("\n") ? line : `${line}\n`}`);
  }
}
