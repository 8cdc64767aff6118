import { concat } from "../explain/inflate.ts";
import { MAX_CONNECTIONS } from "../limits.ts";
import type { Segment } from "./segment.ts";

/** What one side of a TCP connection sent. */
export interface Stream {
  /** In order, without repetitions, up to the first octets that are not in the capture. */
  readonly octets: Uint8Array;
  /** How many octets are missing after these, although later ones are there; 0 when none are. */
  readonly gap: number;
}

export interface TcpConnection {
  /** Who began, or whoever was first seen sending. */
  readonly first: string;
  readonly second: string;
  /** Whether the beginning of the connection is in the capture. */
  readonly whole: boolean;
  readonly fromFirst: Stream;
  readonly fromSecond: Stream;
}

/** Puts the segments of a capture in order, connection by connection. */
export function readConnections(segments: Iterable<Segment>): { connections: TcpConnection[]; cut: boolean } {
  const open = new Map<string, Pending>();
  const all: Pending[] = [];
  let cut = false;
  for (const segment of segments) {
    const { source, destination, syn, ack, sequence } = segment;
    const key = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
    let pending = open.get(key);
    // The same two ports once more, as opposed to a SYN that is sent again.
    if (pending !== undefined && syn && !ack && pending.begins(source) !== sequence) pending = undefined;
    if (pending === undefined) {
      if (all.length === MAX_CONNECTIONS) {
        cut = true;
        open.delete(key);
        continue;
      }
      const answers = syn && ack;
      pending = new Pending(answers ? destination : source, answers ? source : destination);
      open.set(key, pending);
      all.push(pending);
    }
    pending.add(segment);
  }
  return { connections: all.map((pending) => pending.finish()), cut };
}

class Pending {
  readonly #first: string;
  readonly #second: string;
  readonly #fromFirst = new Side();
  readonly #fromSecond = new Side();

  constructor(first: string, second: string) {
    this.#first = first;
    this.#second = second;
  }

  /** The sequence number of the SYN of that side, null when none was seen. */
  begins(source: string): number | null {
    return this.#side(source).begins;
  }

  add(segment: Segment): void {
    this.#side(segment.source).add(segment);
  }

  finish(): TcpConnection {
    return {
      first: this.#first,
      second: this.#second,
      whole: this.#fromFirst.begins !== null || this.#fromSecond.begins !== null,
      fromFirst: this.#fromFirst.finish(),
      fromSecond: this.#fromSecond.finish(),
    };
  }

  #side(source: string): Side {
    return source === this.#first ? this.#fromFirst : this.#fromSecond;
  }
}

/** Collects what one side sent, and sorts it at the end: everything is there by then. */
class Side {
  begins: number | null = null;
  /** Where the segments are, as numbers that do not start over at 2^32. */
  readonly #parts: { at: number; data: Uint8Array }[] = [];
  #latest: number | null = null;
  /** Where the first octet is; null while no SYN was seen. */
  #start: number | null = null;

  add({ sequence, syn, data }: Segment): void {
    // RFC 9293 section 3.4: numbers go round at 2^32, and those of neighbours are less than 2^31 apart.
    const at = this.#latest === null ? sequence : this.#latest + ((sequence - this.#latest) | 0);
    this.#latest = at;
    if (syn) this.begins ??= sequence;
    // SYN itself takes a number.
    const start = syn ? at + 1 : at;
    if (syn) this.#start ??= start;
    if (data.length > 0) this.#parts.push({ at: start, data });
  }

  finish(): Stream {
    const parts = this.#parts.toSorted((a, b) => a.at - b.at);
    const pieces: Uint8Array[] = [];
    let size = 0;
    const start = this.#start ?? parts[0]?.at ?? 0;
    for (const { at, data } of parts) {
      const known = start + size - at;
      if (known < 0) return { octets: concat(pieces, size), gap: -known };
      // Sent again, whole or in part: what came first counts.
      if (known >= data.length) continue;
      pieces.push(data.subarray(known));
      size += data.length - known;
    }
    return { octets: concat(pieces, size), gap: 0 };
  }
}
