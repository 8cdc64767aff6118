import { now } from "./platform.ts";

interface SentPing {
  readonly id: number;
  readonly sentAt: number;
  readonly resolve: (roundTripTime: number | null) => void;
}

/** The Pings that were sent and not answered yet. */
export class Pings {
  /** In the order in which they were sent. */
  readonly #sent: SentPing[] = [];
  #nextId = 1;

  /** The round-trip time in milliseconds, or `null` when `send` does not take the Ping or the connection ends before. */
  ping(send: (payload: Uint8Array) => boolean): Promise<number | null> {
    return new Promise((resolve) => {
      const id = this.#nextId++ >>> 0;
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, id);
      if (!send(payload)) return resolve(null);
      this.#sent.push({ id, sentAt: now(), resolve });
    });
  }

  /** A Pong came. It answers its own Ping and all before (RFC 6455 section 5.5.3). */
  pong(payload: Uint8Array): void {
    if (payload.length !== 4) return;
    const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    const at = this.#sent.findIndex((ping) => ping.id === id);
    for (const { sentAt, resolve } of this.#sent.splice(0, at + 1)) resolve(now() - sentAt);
  }

  /** The connection has ended. */
  end(): void {
    for (const { resolve } of this.#sent.splice(0)) resolve(null);
  }
}
