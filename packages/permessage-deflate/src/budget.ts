import type { DeflateParameters } from "./parameters.ts";
import { memLevelFor } from "./zlib/stream.ts";

/** Octets that all contexts together may take. What is reserved is given back once. */
export class Budget {
  readonly #total: number;
  #reserved = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** How many octets are reserved at the moment. */
  get reserved(): number {
    return this.#reserved;
  }

  /** False: they are more than what is left, and nothing was reserved. */
  reserve(octets: number): boolean {
    if (octets > this.#total - this.#reserved) return false;
    this.#reserved += octets;
    return true;
  }

  release(octets: number): void {
    this.#reserved -= octets;
  }
}

/** What the contexts that a server keeps for a connection take, in octets: measured with zlib, see the README. */
export function contextMemory(parameters: DeflateParameters): number {
  const own = parameters.serverNoContextTakeover ? 0 : deflaterMemory(parameters.serverMaxWindowBits);
  const peers = parameters.clientNoContextTakeover ? 0 : inflaterMemory(parameters.clientMaxWindowBits);
  return own + peers;
}

/** Tables of hashes, codes and bookkeeping; twice the window, and as much for chains; what waits for its code. */
function deflaterMemory(windowBits: number): number {
  return 74 * KIB + 4 * 2 ** windowBits + 2 ** (memLevelFor(windowBits) + 8);
}

function inflaterMemory(windowBits: number): number {
  return 12 * KIB + 2 ** windowBits;
}

const KIB = 1024;
