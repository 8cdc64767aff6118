import { concat } from "./octets.ts";
import { integer, seededRandom } from "./random.ts";

/** How many of the octets under way the next chunk has: from 1 to `available`. */
export type ChunkSize = (available: number) => number;

/** What both sides have written so far arrives in one chunk. */
export const wholeChunks: ChunkSize = (available) => available;

export const oneOctet: ChunkSize = () => 1;

export function randomChunks(seed: number): ChunkSize {
  const random = seededRandom(seed);
  return (available) => integer(random, 1, available);
}

/** One end of a wire. Set `onData` and `onEnd` before the first step. */
export class WireEnd {
  onData: (chunk: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};
  readonly #direction: Direction;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /** The octets are copied. */
  send(octets: Uint8Array): void {
    if (this.#direction.ended) throw new Error("sent after the end");
    this.#direction.pending.push(octets.slice());
  }

  /** The other end sees it after all octets that were sent; the way back stays open. */
  end(): void {
    this.#direction.ended = true;
  }
}

interface Direction {
  pending: Uint8Array[];
  ended: boolean;
  endDelivered: boolean;
}

/**
 * A byte stream in memory between two ends. Nothing happens by itself: each step delivers one chunk or one end of
 * stream, the two directions by turns. No timers, so a run is the same every time.
 */
export class Wire {
  readonly a: WireEnd;
  readonly b: WireEnd;
  readonly #directions: [Direction, Direction];
  readonly #receivers: [WireEnd, WireEnd];
  readonly #chunkSize: ChunkSize;
  #turn: 0 | 1 = 0;

  constructor(chunkSize: ChunkSize = wholeChunks) {
    this.#chunkSize = chunkSize;
    this.#directions = [newDirection(), newDirection()];
    this.a = new WireEnd(this.#directions[0]);
    this.b = new WireEnd(this.#directions[1]);
    this.#receivers = [this.b, this.a];
  }

  /** False when nothing was under way. */
  step(): boolean {
    return this.#deliver(this.#turn) || this.#deliver(this.#turn === 0 ? 1 : 0);
  }

  /** Steps until nothing is under way; more than `limit` steps are an error: the ends would talk for ever. */
  run(limit = 100_000): void {
    for (let steps = 0; this.step(); steps++) {
      if (steps >= limit) throw new Error(`still octets under way after ${limit} steps`);
    }
  }

  #deliver(index: 0 | 1): boolean {
    const direction = this.#directions[index];
    const receiver = this.#receivers[index];
    const available = direction.pending.reduce((size, part) => size + part.length, 0);
    if (available > 0) {
      const whole = concat(...direction.pending);
      const size = this.#chunkSize(available);
      direction.pending = size < available ? [whole.slice(size)] : [];
      this.#turn = index === 0 ? 1 : 0;
      receiver.onData(whole.slice(0, size));
      return true;
    }
    if (!direction.ended || direction.endDelivered) return false;
    direction.endDelivered = true;
    receiver.onEnd();
    return true;
  }
}

function newDirection(): Direction {
  return { pending: [], ended: false, endDelivered: false };
}
