import type { Inflater } from "../engine.ts";
import { invalidDeflate } from "../fault.ts";
import { NOTHING } from "./octets.ts";
import { Z_BLOCK, Z_SYNC_FLUSH, type ZlibStream } from "./stream.ts";

/**
 * RFC 7692 section 7.2.2: what a sender leaves out at the end of a message. The octet after it shows what it did: when a
 * block ends with the 00 00 ff ff, as it must, zlib leaves exactly that octet.
 */
const END = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);

/** An inflater over a stream of zlib. */
export class ZlibInflater implements Inflater {
  readonly #stream: ZlibStream;
  readonly #scratch: Uint8Array<ArrayBuffer>;
  #input: Uint8Array = NOTHING;
  /** How many octets of the input are left. */
  #left = 0;
  #last = false;
  #pending = false;

  /** @param scratch where output goes, shared by all that has its output on loan */
  constructor(stream: ZlibStream, scratch: Uint8Array<ArrayBuffer>) {
    this.#stream = stream;
    this.#scratch = scratch;
  }

  get pending(): boolean {
    return this.#pending;
  }

  write(octets: Uint8Array, last: boolean): void {
    this.#input = octets;
    this.#left = octets.length;
    this.#last = last;
    this.#pending = true;
  }

  read(): Uint8Array {
    if (!this.#pending) return NOTHING;
    const stream = this.#stream;
    const scratch = this.#scratch;
    stream.run(
      Z_SYNC_FLUSH,
      this.#input,
      this.#input.length - this.#left,
      this.#left,
      scratch,
      0,
      scratch.length,
    );
    this.#check();
    this.#left = stream.inputLeft;
    const filled = scratch.length - stream.roomLeft;
    if (stream.roomLeft > 0) {
      if (this.#left > 0) {
        // RFC 7692 section 7.2.3.4: a block with BFINAL ended the stream, and the message goes on with another one.
        stream.reset();
      } else {
        if (this.#last) this.#end(filled);
        this.#input = NOTHING;
        this.#pending = false;
      }
    }
    return scratch.subarray(0, filled);
  }

  reset(): void {
    this.#stream.reset();
    this.#input = NOTHING;
    this.#left = 0;
    this.#pending = false;
  }

  close(): void {
    this.#stream.close();
    this.#input = NOTHING;
    this.#pending = false;
  }

  /** The message ends here. What was read stays where it is; there is room after it, and the right end needs none. */
  #end(filled: number): void {
    const stream = this.#stream;
    const room = this.#scratch.length - filled;
    stream.run(Z_BLOCK, END, 0, END.length, this.#scratch, filled, room);
    this.#check();
    if (stream.inputLeft === 1 && stream.roomLeft === room) return;
    // Some senders let a message end with the block with BFINAL, without the octet 00 after it.
    if (stream.inputLeft === END.length) stream.reset();
    else throw invalidDeflate("the message ends in the middle of a block");
  }

  #check(): void {
    const { fault } = this.#stream;
    if (fault !== null) throw invalidDeflate(fault);
  }
}
