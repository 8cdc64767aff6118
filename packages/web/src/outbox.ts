import type { Outbox } from "@plyws/connection";
import { LOW_WATER_MARK } from "./options.ts";

const FIRST_BLOCK = 1024;
const LARGEST_BLOCK = 65_536;
const NONE = new Uint8Array(0);

/**
 * What is to be written, in chunks of up to 64 KiB that gather what was queued. They have their buffers for themselves,
 * so that a sink may transfer them.
 */
export class ChunkQueue implements Outbox {
  bytes: Uint8Array = NONE;
  /** How many octets are queued. */
  size = 0;
  ended = false;
  /** How much of `bytes` is committed. */
  #end = 0;
  readonly #sealed: Uint8Array[] = [];

  /** Pings are answered one by one as long as that takes little. */
  get congested(): boolean {
    return this.size > LOW_WATER_MARK;
  }

  reserve(size: number): number {
    if (this.bytes.length - this.#end < size) {
      const length = Math.min(Math.max(this.bytes.length * 2, FIRST_BLOCK), LARGEST_BLOCK);
      this.#seal();
      this.bytes = new Uint8Array(Math.max(length, size));
    }
    return this.#end;
  }

  commit(size: number): void {
    this.#end += size;
    this.size += size;
  }

  attach(payload: Uint8Array): void {
    this.#seal();
    // It may be the application's, which does not know when it is written, nor what the sink does to its buffer.
    this.#sealed.push(payload.slice());
    this.size += payload.length;
  }

  end(): void {
    this.ended = true;
  }

  /** The next chunk, or `null` when there is none. */
  take(): Uint8Array | null {
    if (this.#sealed.length === 0) this.#seal();
    const chunk = this.#sealed.shift() ?? null;
    if (chunk !== null) this.size -= chunk.length;
    // An idle connection keeps no block.
    if (this.size === 0) this.bytes = NONE;
    return chunk;
  }

  /** Drops what is queued. */
  clear(): void {
    this.#sealed.length = 0;
    this.#end = 0;
    this.size = 0;
  }

  #seal(): void {
    if (this.#end > 0) this.#sealed.push(this.bytes.slice(0, this.#end));
    this.#end = 0;
  }
}
