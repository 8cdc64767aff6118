import type { WebSocketConnection } from "../connection.ts";
import { closeCodeFor } from "./arguments.ts";

/**
 * What a {@link WebSocket} sends, in the order of the calls, also when the octets of a Blob have to be awaited; and how
 * much of it is not transmitted yet.
 */
export class SendQueue {
  #connection: WebSocketConnection | null = null;
  /** Settles after everything that waits for a Blob; `null` when nothing does. */
  #last: Promise<unknown> | null = null;
  /** Octets of payload that the connection may still hold. */
  #queued = 0;
  /** Octets of payload that the connection never got: they wait for a Blob, or the connection was not open. */
  #kept = 0;
  /** Whether all that was sent was sent in earlier tasks: only then may the amount fall. */
  #settled = true;
  #ended = false;

  /** From now on there is a connection to send on. */
  begin(connection: WebSocketConnection): void {
    this.#connection = connection;
  }

  /** Octets of payload that were sent and are not transmitted; those that never will be are never taken off. */
  get amount(): number {
    this.#refresh();
    return this.#queued + this.#kept;
  }

  /** @param open whether it may be sent; else it is only counted */
  send(data: string | Uint8Array | Blob, open: boolean): void {
    const size = sizeOf(data);
    if (open && this.#last === null && !(data instanceof Blob)) return this.#give(data, size);
    this.#kept += size;
    if (!open) return;
    const octets = data instanceof Uint8Array ? new Uint8Array(data) : data;
    this.#after(async () => {
      const message = octets instanceof Blob ? new Uint8Array(await octets.arrayBuffer()) : octets;
      if (this.#ended) return;
      this.#kept -= size;
      this.#give(message, size);
    });
  }

  /** Begins the closing handshake after what was sent. */
  close(code: number | null, reason: string): void {
    const close = (): void => this.#connection?.close(closeCodeFor(code, reason), reason);
    if (this.#last === null) close();
    else this.#after(close);
  }

  /** The connection has ended. After a closing handshake everything was transmitted. */
  end(clean: boolean): void {
    if (clean) this.#queued = 0;
    this.#ended = true;
  }

  #after(step: () => unknown): void {
    const last = (this.#last ?? Promise.resolve())
      .then(step)
      // A Blob of a file that has changed cannot be read. Without it, nothing that follows makes sense.
      .catch(() => this.#connection?.terminate())
      .finally(() => {
        if (this.#last === last) this.#last = null;
      });
    this.#last = last;
  }

  #give(data: string | Uint8Array, size: number): void {
    const status = this.#connection?.send(data);
    const queued = status === "sent" || status === "buffered";
    if (queued) this.#queued += size;
    else this.#kept += size;
    if (!queued || !this.#settled) return;
    this.#settled = false;
    setImmediate(() => {
      this.#settled = true;
      this.#refresh();
    });
  }

  #refresh(): void {
    // The connection counts frame headers too, so this is exact when it is 0 and else at most a little too much.
    if (this.#settled && !this.#ended && this.#connection !== null) {
      this.#queued = Math.min(this.#queued, this.#connection.bufferedAmount);
    }
  }
}

/** Octets of payload. */
function sizeOf(data: string | Uint8Array | Blob): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : data.length;
}
