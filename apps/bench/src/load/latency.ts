import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { LatencyPlan } from "../plans.ts";
import { PreparedMessages } from "../wire/prepared.ts";
import { FrameScan } from "../wire/scan.ts";
import { openConnection, type Reader } from "./open.ts";

/**
 * One connection that sends a message now and then, by the clock and not by when the last one came back: else a server
 * that is stuck would be asked less often just then, and look better than it is.
 */
export class LatencyLoad implements Reader {
  readonly #every: number;
  readonly #messages: PreparedMessages;
  readonly #scan: FrameScan;
  #socket: Socket | null = null;
  /** When those messages were sent that have not come back; echoes keep the order. */
  readonly #sentAt: number[] = [];
  #latencies: number[] = [];
  #settle: ((error: Error | null) => void) | null = null;
  #going = false;

  private constructor({ every, message }: LatencyPlan) {
    this.#every = every;
    this.#messages = new PreparedMessages(message, 1);
    this.#scan = new FrameScan({
      begin: () => {},
      payload: () => {},
      // Broadcasts come here too: they are binary, and what it waits for are texts.
      end: (firstOctet) => {
        if ((firstOctet & 0x0f) === 0x01) this.#echoed();
      },
    });
  }

  static async open(port: number, plan: LatencyPlan): Promise<LatencyLoad> {
    const load = new LatencyLoad(plan);
    load.#socket = await openConnection(port, false, load);
    return load;
  }

  /** Returns how long each echo took, in microseconds, in ascending order. */
  async run(duration: number): Promise<number[]> {
    this.#latencies = [];
    this.#going = true;
    let next = 0;
    const clock = setInterval(() => {
      this.#sentAt.push(performance.now());
      this.#socket?.write(this.#messages.take(next++, 1));
    }, this.#every);
    const end = setTimeout(() => {
      this.#going = false;
      clearInterval(clock);
      if (this.#sentAt.length === 0) this.#settle?.(null);
    }, duration);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = (error) => (error === null ? resolve() : reject(error));
      });
    } finally {
      clearInterval(clock);
      clearTimeout(end);
    }
    return this.#latencies.toSorted((a, b) => a - b);
  }

  receive(chunk: Buffer): void {
    this.#scan.receive(chunk);
  }

  closed(error: Error | null): void {
    this.#settle?.(error ?? new Error("The server closed the connection"));
  }

  #echoed(): void {
    const sentAt = this.#sentAt.shift();
    if (sentAt === undefined) return;
    this.#latencies.push((performance.now() - sentAt) * 1000);
    if (!this.#going && this.#sentAt.length === 0) this.#settle?.(null);
  }
}
