import { Bucket } from "./bucket.ts";

interface Known {
  connections: number;
  readonly requests: Bucket;
  /** Octets of files. */
  readonly octets: Bucket;
}

interface AddressLimits {
  /** Connections at the same time; 0: no limit. */
  readonly connections: number;
  /** Requests per second of all of them; 0: no limit. */
  readonly rate: number;
}

const SWEEP_AT = 1024;
/** What an address may upload at once, and in a second. Nobody fills a disk faster. */
const UPLOAD_BURST = 64 * 2 ** 20;
const UPLOAD_PER_SECOND = 2 ** 21;

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
    return this.#find(address).requests.take();
  }

  /** Takes octets of a file; returns 0, or how many milliseconds it is too early. */
  takeOctets(address: string, count: number): number {
    return this.#find(address).octets.take(count);
  }

  #find(address: string): Known {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    // Whoever left long ago is forgotten, so that a thousand addresses of one attacker cost nothing for ever.
    if (this.#known.size >= SWEEP_AT) this.#sweep();
    const { rate } = this.#limits;
    const fresh = {
      connections: 0,
      requests: new Bucket(rate, rate * 3),
      octets: new Bucket(rate === 0 ? 0 : UPLOAD_PER_SECOND, UPLOAD_BURST),
    };
    this.#known.set(address, fresh);
    return fresh;
  }

  #sweep(): void {
    for (const [address, { connections, requests, octets }] of this.#known) {
      if (connections <= 0 && requests.isFull() && octets.isFull()) this.#known.delete(address);
    }
  }
}
