import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ATTACH_FROM, type Outbox } from "@plyws/connection";
import { Backlog } from "./backlog.ts";
import { NO_SLAB, pin, release, type Slab, slabFor, unpin } from "./slab.ts";

/** How much is handed to the stream at once, in octets: a peer that takes that much in a while is seen to be there. */
const REQUEST_SIZE = 262_144;

/** Below this size, in octets, a copy costs less than a gathered write of several pieces. */
const JOIN_BELOW = 16_384;

/** A stretch of a slab that belongs to one outbox, or a payload that was attached. */
interface Piece {
  readonly slab: Slab | null;
  readonly octets: Uint8Array;
}

const NOTHING: readonly Piece[] = [];

/**
 * What one socket is about to write. It is filled during a turn of the event loop and flushed once, with one write
 * or one gathered write. What the stream does not take stays here.
 */
export class SocketOutbox implements Outbox {
  readonly #stream: Duplex;
  /** Whether a drained stream means that the kernel has the octets. Other streams may refer to them much longer. */
  readonly #isSocket: boolean;
  #pieces: Piece[] | null = null;
  /** Slabs that the stream refers to until it drains. */
  #pinned: Slab[] | null = null;
  /** The stretch that is being filled, from `#start` to `#end` of `#slab`. */
  #slab: Slab = NO_SLAB;
  #start = 0;
  #end = 0;
  /** Octets that were queued since the latest flush. */
  #size = 0;
  /** What was queued before and is not handed to the stream. */
  #backlog: Backlog | null = null;
  #ended = false;
  #flushing = false;
  /** Octets that were handed to the stream. */
  #handed = 0;
  /** How many of them were taken when no more were; -1 while all are. */
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
    return this.#size + this.#waiting() + this.#stream.writableLength;
  }

  /** Octets that were queued since the beginning. */
  get total(): number {
    return this.#handed + this.#waiting() + this.#size;
  }

  /** Whether there is something to flush. */
  get pending(): boolean {
    if (this.#size > 0 || this.#waiting() > 0 || this.#pinned !== null) return true;
    return this.#ended && !this.#stream.writableEnded;
  }

  /** Octets in the backlog. */
  #waiting(): number {
    return this.#backlog === null ? 0 : this.#backlog.size;
  }

  /**
   * Whether the stream has taken something since the latest call, when it could not then: the buffer of the kernel was
   * full, so the peer must have read.
   */
  unstuck(): boolean {
    const { writableLength } = this.#stream;
    const taken = this.#handed - writableLength;
    const unstuck = this.#stuckAt >= 0 && taken > this.#stuckAt;
    this.#stuckAt = writableLength > 0 ? taken : -1;
    return unstuck;
  }

  /** Whether the stream took no more when {@link unstuck} was last called. */
  get stuck(): boolean {
    return this.#stuckAt >= 0;
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
    this.#add({ slab: null, octets: payload });
    this.#size += payload.length;
  }

  end(): void {
    this.#ended = true;
  }

  /**
   * Hands what is queued to the stream as far as it takes it: in one system call where the kernel does.
   *
   * @param done called when the stream has taken more
   */
  flush(done?: () => void): void {
    // A stream that hands octets over at once may lead back to here. What is queued meanwhile follows.
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      do this.#flush(done);
      while (this.#size > 0);
    } finally {
      this.#flushing = false;
    }
    if (this.#ended && this.#waiting() === 0) this.#stream.end();
  }

  #flush(done?: () => void): void {
    const stream = this.#stream;
    this.#seal();
    this.#slab = NO_SLAB;
    if (!stream.writable) return this.#drop();
    if (stream.writableLength === 0) this.#unpin();
    const idle = stream.writableLength === 0 && this.#waiting() === 0;
    if (idle && this.#size <= REQUEST_SIZE) this.#writePieces(done);
    else this.#putBack();
    // A stream that was handed little never asks to wait for `drain`, and tells of none.
    const backlog = this.#backlog;
    if (backlog === null) return;
    while (backlog.size > 0 && (stream.writableLength === 0 || !stream.writableNeedDrain)) {
      this.#write(backlog.take(REQUEST_SIZE), done);
    }
  }

  #writePieces(done?: () => void): void {
    if (this.#size === 0) return;
    const stream = this.#stream;
    if (this.#pieces!.length > 1 && this.#size < JOIN_BELOW) this.#join();
    const pieces = this.#takePieces();
    if (pieces.length === 1) this.#writeOne(pieces[0]!.octets, done);
    else
      this.#write(
        pieces.map((piece) => piece.octets),
        done,
      );
    if (!this.#isSocket || stream.writableLength > 0) this.#pin(pieces);
    releaseAll(pieces);
  }

  /** Makes one piece of several. */
  #join(): void {
    const size = this.#size;
    const pieces = this.#takePieces();
    let at = this.reserve(size);
    for (const { octets } of pieces) {
      this.bytes.set(octets, at);
      at += octets.length;
    }
    this.commit(size);
    this.#seal();
    this.#slab = NO_SLAB;
    releaseAll(pieces);
  }

  /** Keeps slabs from being used again while the stream refers to them. */
  #pin(pieces: readonly Piece[]): void {
    for (const { slab } of pieces) {
      if (slab === null) continue;
      pin(slab);
      // Without a `drain` to come it is left to the garbage collector.
      if (this.#isSocket && this.#stream.writableNeedDrain) (this.#pinned ??= []).push(slab);
    }
  }

  #unpin(): void {
    const pinned = this.#pinned;
    this.#pinned = null;
    if (pinned !== null) for (const slab of pinned) unpin(slab);
  }

  /** Puts what was queued behind what waits already. */
  #putBack(): void {
    const pieces = this.#takePieces();
    this.#backlog ??= new Backlog();
    for (const { slab, octets } of pieces) {
      if (slab === null && octets.length >= ATTACH_FROM) this.#backlog.attach(octets);
      else this.#backlog.copy(octets);
    }
    releaseAll(pieces);
  }

  /** Lets go of what can never be written. */
  #drop(): void {
    this.#handed += this.#size + this.#waiting();
    releaseAll(this.#takePieces());
    this.#backlog = null;
    this.#pinned = null;
  }

  #write(octets: readonly Uint8Array[], done?: () => void): void {
    const stream = this.#stream;
    if (octets.length > 1) stream.cork();
    for (const piece of octets) this.#writeOne(piece, piece === octets.at(-1) ? done : undefined);
    if (octets.length > 1) stream.uncork();
  }

  #writeOne(octets: Uint8Array, done?: () => void): void {
    this.#handed += octets.length;
    this.#stream.write(octets, done);
  }

  #takePieces(): readonly Piece[] {
    const pieces = this.#pieces ?? NOTHING;
    this.#pieces = null;
    this.#size = 0;
    return pieces;
  }

  #add(piece: Piece): void {
    if (this.#pieces === null) this.#pieces = [piece];
    else this.#pieces.push(piece);
  }

  /** Makes a piece of the stretch that is being filled. */
  #seal(): void {
    const { bytes } = this.#slab;
    if (this.#end > this.#start) {
      this.#add({ slab: this.#slab, octets: bytes.subarray(this.#start, this.#end) });
    }
    this.#start = this.#end;
  }
}

/** The slabs do not have to keep the octets of these pieces any longer. */
function releaseAll(pieces: readonly Piece[]): void {
  for (const { slab, octets } of pieces) if (slab !== null) release(slab, octets.length);
}
