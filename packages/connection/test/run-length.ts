import { ProtocolError } from "@plyws/frame";
import type { MessageExtension } from "../src/index.ts";

/** RSV2, as the test kit counts: any bit does. */
export const RSV = 0b010;

/** The most octets that one `read` gives. */
export const READ_SIZE = 8;

/** What the extension below makes of octets. */
export function runLength(data: Uint8Array): Uint8Array {
  const pairs: number[] = [];
  for (const octet of data) {
    const at = pairs.length - 2;
    if (at >= 0 && pairs[at + 1] === octet && pairs[at]! < 255) pairs[at]!++;
    else pairs.push(1, octet);
  }
  return Uint8Array.from(pairs);
}

/**
 * An extension that is simple enough to see through: run lengths and octets in turn. Decoding keeps a run over the
 * cuts of a message; a run of zero octets cannot be decoded. All octets that it gives are in one buffer.
 */
export class RunLength implements MessageExtension {
  readonly rsv = RSV << 4;
  readonly sharedForm: object | null;
  readonly threshold: number;
  /** What was called, in order. */
  readonly calls: string[] = [];
  disposed = 0;
  readonly #loan = new Uint8Array(65_536);
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #run = 0;
  #taken = false;

  constructor({ sharedForm = null, threshold = 4 }: { sharedForm?: object | null; threshold?: number } = {}) {
    this.sharedForm = sharedForm;
    this.threshold = threshold;
  }

  suits(size: number): boolean {
    return size >= this.threshold;
  }

  encodeMessage(payload: Uint8Array): Uint8Array | null {
    this.#call(`encodeMessage ${payload.length}`);
    const encoded = runLength(payload);
    return encoded.length < payload.length ? this.#lend(encoded) : null;
  }

  encodePiece(piece: Uint8Array, last: boolean): Uint8Array {
    this.#call(`encodePiece ${piece.length}${last ? " last" : ""}`);
    return this.#lend(runLength(piece));
  }

  decodePiece(piece: Uint8Array, last: boolean): void {
    this.#call(`decodePiece ${piece.length}${last ? " last" : ""}`);
    this.#take(piece);
  }

  get pending(): boolean {
    return this.#taken;
  }

  read(): Uint8Array {
    this.#alive();
    let size = 0;
    while (size < READ_SIZE && this.#at < this.#input.length) {
      if (this.#run === 0) {
        this.#run = this.#input[this.#at++]!;
        if (this.#run === 0) throw new ProtocolError("invalid-deflate", "a run of nothing");
        continue;
      }
      this.#loan[size++] = this.#input[this.#at]!;
      if (--this.#run === 0) this.#at++;
    }
    this.#taken = this.#at < this.#input.length;
    return this.#loan.subarray(0, size);
  }

  dispose(): void {
    this.disposed++;
    this.#taken = false;
  }

  #call(what: string): void {
    this.#alive();
    if (this.#taken) throw new Error(`${what} while something is left to read`);
    this.calls.push(what);
  }

  #alive(): void {
    if (this.disposed > 0) throw new Error("used after it was disposed of");
  }

  #take(input: Uint8Array): void {
    this.#input = input;
    this.#at = 0;
    this.#taken = true;
  }

  #lend(octets: Uint8Array): Uint8Array {
    this.#loan.set(octets);
    return this.#loan.subarray(0, octets.length);
  }
}
