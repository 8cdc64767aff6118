import { isIPv6 } from "node:net";
import { Bucket } from "./bucket.ts";

interface Known {
  connections: number;
  readonly requests: Bucket;
  /** Octets of files. */
  readonly octets: Bucket;
  /** Names and rooms that were not there before. */
  readonly fresh: Bucket;
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
/** How many new names and rooms an address may make at once, and in a second. */
const NEW_BURST = 100;
const NEW_PER_SECOND = 0.2;

/** What each address takes of this server. */
export class Addresses {
  readonly #limits: AddressLimits;
  readonly #known = new Map<string, Known>();
  #sweepAt = SWEEP_AT;

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

  /** Takes a new name or room; returns 0, or how many milliseconds it is too early. */
  takeNew(address: string): number {
    return this.#find(address).fresh.take();
  }

  #find(address: string): Known {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    // Whoever left long ago is forgotten, so that a thousand addresses of one attacker cost nothing for ever.
    if (this.#known.size >= this.#sweepAt) this.#sweep();
    const { rate } = this.#limits;
    const fresh = {
      connections: 0,
      requests: new Bucket(rate, rate * 3),
      octets: new Bucket(rate === 0 ? 0 : UPLOAD_PER_SECOND, UPLOAD_BURST),
      fresh: new Bucket(rate === 0 ? 0 : NEW_PER_SECOND, NEW_BURST),
    };
    this.#known.set(address, fresh);
    return fresh;
  }

  #sweep(): void {
    for (const [address, { connections, requests, octets, fresh }] of this.#known) {
      const idle = requests.isFull() && octets.isFull() && fresh.isFull();
      if (connections <= 0 && idle) this.#known.delete(address);
    }
    // Not again for every one of many who stay.
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#known.size);
  }
}

/**
 * What counts as one address: of IPv6 the first 64 bits, since whoever has one such address has all of them
 * (RFC 6177).
 */
export function groupOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address) ?? [];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [front = [], back] = address
    .split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const groups = back === undefined ? front : [...front, "0", "0", "0", "0"];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::`;
}
