import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Outbox } from "@plyws/connection";
import { release, type Slab, slabFor } from "./slab.ts";

/** A stretch of a slab that belongs to one outbox, or a payload that was attached. */
interface Piece {
  readonly slab: Slab | null;
  readonly octets: Uint8Array;
}

/**
 * What one socket is about to write. It is filled during a turn of the event loop and flushed once, with one write
 * or one gathered write.
 */
export class SocketOutbox implements Outbox {
  readonly #stream: Duplex;
  /** Whether a drained stream means that the kernel has the octets. Other streams may refer to them much longer. */
  readonly #isSocket: boolean;
  readonly #pieces: Piece[] = [];
  /** The stretch that is being filled, from `#start` to `#end` of `#slab`. */
  #slab: Slab = slabFor(0);
  #start = 0;
  #end = 0;
  #size = 0;
  #ended = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
  }

  get bytes(): Uint8Array {
    return this.#slab.bytes;
  }

  get congested(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Octets that are queued here or in the stream, frame headers included. */
  get size(): number {
    return this.#size + this.#stream.writableLength;
  }

  /** Whether there is something to flush. */
  get pending(): boolean {
    return this.#size > 0 || (this.#ended && !this.#stream.writableEnded);
  }

  reserve(size: number): number {
    const slab = slabFor(size);
    if (slab !== this.#slab || slab.used !== this.#end) {
      this.#seal();
      this.#slab = slab;
      this.#start = slab.used;
      this.#end = slab.used;
    }
    return this.#end;
  }

  commit(size: number): void {
    const slab = this.#slab;
    slab.used += size;
    slab.waiting += size;
    this.#end = slab.used;
    this.#size += size;
  }

  attach(payload: Uint8Array): void {
    this.#seal();
    this.#pieces.push({ slab: null, octets: payload });
    this.#size += payload.length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Hands everything that is queued to the stream: one system call where the kernel takes it. */
  flush(): void {
    const stream = this.#stream;
    this.#seal();
    const pieces = this.#pieces;
    this.#size = 0;
    if (stream.writable) {
      if (pieces.length > 1) stream.cork();
      for (const { octets } of pieces) stream.write(octets);
      if (pieces.length > 1) stream.uncork();
      if (this.#ended) stream.end();
    }
    const taken = this.#isSocket && stream.writableLength === 0;
    for (const { slab, octets } of pieces) if (slab !== null) release(slab, octets.length, taken);
    pieces.length = 0;
  }

  /** Makes a piece of the stretch that is being filled. */
  #seal(): void {
    const { bytes } = this.#slab;
    if (this.#end > this.#start) {
      this.#pieces.push({ slab: this.#slab, octets: bytes.subarray(this.#start, this.#end) });
    }
    this.#start = this.#end;
  }
}
