import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { WebSocketConnection } from "../connection.ts";
import type { SendStatus } from "../outgoing.ts";
import type { Sendable } from "../sendable.ts";
import { MessageQueue, type QueueLimits } from "./queue.ts";

/** Sends on one connection after the other, and queues what there is no connection for. */
export class QueueingSender {
  readonly #queue: MessageQueue;

  constructor(limits: QueueLimits) {
    this.#queue = new MessageQueue(limits);
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  clear(): void {
    this.#queue.clear();
  }

  /**
   * Sends at once where that keeps the order.
   *
   * @throws TypeError when `data` is neither a string nor octets
   */
  send(socket: WebSocketConnection | null, data: Sendable): SendStatus | "queued" {
    if (socket !== null && this.#queue.length === 0) {
      const status = socket.send(data);
      if (status !== "closed") return status;
    }
    return this.#queue.push(data) ? "queued" : "dropped";
  }

  /** Sends what is queued, no faster than the peer takes it. Never rejects. */
  async flush(socket: WebSocketConnection): Promise<void> {
    for (let data = this.#queue.peek(); data !== null; data = this.#queue.peek()) {
      const status = socket.send(data);
      if (status === "closed") return;
      this.#queue.shift();
      if (status === "sent") continue;
      await socket.drained();
      // A stream that is gone takes everything until the event loop has turned: only then is the end known.
      await eventLoopTurn();
    }
  }
}
