import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Line, LineListener } from "./line.ts";

/** A socket as a {@link Line}. What arrives while nobody listens is kept. */
export class SocketLine implements Line {
  readonly #socket: Duplex;
  #listener: LineListener | null = null;
  #kept: Uint8Array[] = [];
  #ended: "end" | "reset" | null = null;

  constructor(socket: Duplex) {
    this.#socket = socket;
    if ("setNoDelay" in socket && typeof socket.setNoDelay === "function") socket.setNoDelay(true);
    socket.on("data", (octets: Buffer) => {
      if (this.#listener === null) this.#kept.push(octets);
      else this.#listener.received(octets);
    });
    socket.on("error", () => this.#end("reset"));
    socket.on("end", () => this.#end("end"));
    socket.on("close", () => this.#end("reset"));
  }

  get listener(): LineListener | null {
    return this.#listener;
  }

  set listener(listener: LineListener | null) {
    this.#listener = listener;
    if (listener === null) return;
    const kept = this.#kept;
    this.#kept = [];
    // The listener may not be ready for them before the current call returns.
    queueMicrotask(() => {
      for (const octets of kept) listener.received(octets);
      if (this.#ended !== null) listener.ended(this.#ended);
    });
  }

  write(octets: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(octets);
  }

  async turn(): Promise<void> {
    if (this.#socket.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#socket.off("drain", done).off("close", done);
          resolve();
        };
        this.#socket.on("drain", done).on("close", done);
      });
    }
    await nextTurn();
  }

  end(): void {
    if (this.#socket.writable) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  now(): number {
    return performance.now();
  }

  async wait(ms: number, woken: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([late, woken]);
    clearTimeout(timer);
  }

  #end(how: "end" | "reset"): void {
    if (this.#ended !== null) return;
    this.#ended = how;
    this.#listener?.ended(how);
  }
}
