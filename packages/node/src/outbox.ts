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
  /** Octets that were flushed since the beginning. */
  #flushed = 0;
  #ended = false;
  /** How many octets the kernel had taken when it took no more; -1 while it does. */
  #stuckAt = -1;

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

  /** Octets that were queued since the beginning, frame headers included. */
  get total(): number {
    return this.#flushed + this.#size;
  }

  /**
   * Whether the kernel has taken something since the latest call, when it could not then: its own buffer was full, so
   * the peer must have read.
   */
  unstuck(): boolean {
    if (!(this.#stream instanceof Socket)) return false;
    const taken = this.#stream.bytesWritten - this.#stream.writableLength;
    const unstuck = this.#stuckAt >= 0 && taken > this.#stuckAt;
    this.#stuckAt = this.#stream.writableLength > 0 ? taken : -1;
    return unstuck;
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

  /**
   * Hands everything that is queued to the stream: one system call where the kernel takes it.
   *
   * @param done called when all of it was taken
   */
  flush(done?: () => void): void {
    const stream = this.#stream;
    this.#seal();
    const pieces = this.#pieces;
    this.#flushed += this.#size;
    this.#size = 0;
    if (stream.writable) {
      if (pieces.length > 1) stream.cork();
      for (const piece of pieces) stream.write(piece.octets, piece === pieces.at(-1) ? done : undefined);
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
