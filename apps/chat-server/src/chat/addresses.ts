import { Bucket } from "./bucket.ts";

interface Known {
  connections: number;
  readonly bucket: Bucket;
}

interface AddressLimits {
  /** Connections at the same time; 0: no limit. */
  readonly connections: number;
  /** Requests per second of all of them; 0: no limit. */
  readonly rate: number;
}

const SWEEP_AT = 1024;

/** What each address takes of this server. */
export class Addresses {
  readonly #limits: AddressLimits;
  readonly #known = new Map<string, Known>();

  constructor(limits: AddressLimits) {
    this.#limits = limits;
  }

  /** Counts a connection, unless there are too many. */
  enter(address: string): boolean {
    const known = this.#find(address);
    if (this.#limits.connections > 0 && known.connections >= this.#limits.connections) return false;
    known.connections++;
    return true;
  }

  leave(address: string): void {
    const known = this.#known.get(address);
    if (known !== undefined) known.connections--;
  }

  /** Takes one request; returns 0, or how many milliseconds it is too early. */
  take(address: string): number {
    return this.#find(address).bucket.take();
  }

  #find(address: string): Known {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    // Whoever left long ago is forgotten, so that a thousand addresses of one attacker cost nothing for ever.
    if (this.#known.size >= SWEEP_AT) this.#sweep();
    const fresh = { connections: 0, bucket: new Bucket(this.#limits.rate, this.#limits.rate * 3) };
    this.#known.set(address, fresh);
    return fresh;
  }

  #sweep(): void {
    for (const [address, { connections, bucket }] of this.#known) {
      if (connections <= 0 && bucket.isFull()) this.#known.delete(address);
    }
  }
}
