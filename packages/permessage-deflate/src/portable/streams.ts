import { checkBounds, NOTHING } from "../zlib/octets.ts";
import { type Flush, memLevelFor, type ZlibStream } from "../zlib/stream.ts";
import {
  ZStream,
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from "./pako.ts";

const Z_OK = 0;
const Z_NEED_DICT = 2;
const Z_BUF_ERROR = -5;
const Z_DEFLATED = 8;
const Z_DEFAULT_STRATEGY = 0;

class PakoStream implements ZlibStream {
  fault: string | null = null;
  inputLeft = 0;
  roomLeft = 0;
  /** Null when closed. */
  #state: ZStream | null;
  readonly #work: typeof zlibDeflate | typeof zlibInflate;
  readonly #reset: typeof zlibDeflateReset | typeof zlibInflateReset;

  constructor(state: ZStream, work: typeof zlibDeflate, reset: typeof zlibDeflateReset) {
    this.#state = state;
    this.#work = work;
    this.#reset = reset;
  }

  run(
    flush: Flush,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array<ArrayBuffer>,
    outputAt: number,
    room: number,
  ): void {
    checkBounds(input, at, length);
    checkBounds(output, outputAt, room);
    const state = this.#open();
    state.input = input;
    state.next_in = at;
    state.avail_in = length;
    state.output = output;
    state.next_out = outputAt;
    state.avail_out = room;
    const status = this.#work(state, flush);
    this.inputLeft = state.avail_in;
    this.roomLeft = state.avail_out;
    // Without input or without room there was nothing to do: no fault.
    const isFault = status === Z_NEED_DICT || (status < Z_OK && status !== Z_BUF_ERROR);
    this.fault = isFault ? state.msg || `status ${status}` : null;
    // Neither is kept longer than it is needed.
    state.input = NOTHING;
    state.output = NOTHING;
  }

  reset(): void {
    this.fault = null;
    this.#reset(this.#open());
  }

  close(): void {
    this.#state = null;
  }

  #open(): ZStream {
    if (this.#state === null) throw new Error("The stream is closed");
    return this.#state;
  }
}

export function openDeflate(windowBits: number, level: number): ZlibStream {
  const state = new ZStream();
  // A negative window is one of a raw stream.
  const memLevel = memLevelFor(windowBits);
  const status = zlibDeflateInit2(state, level, Z_DEFLATED, -windowBits, memLevel, Z_DEFAULT_STRATEGY);
  if (status !== Z_OK) throw new RangeError(`No deflater has windowBits ${windowBits} and level ${level}`);
  return new PakoStream(state, zlibDeflate, zlibDeflateReset);
}

export function openInflate(windowBits: number): ZlibStream {
  const state = new ZStream();
  const status = zlibInflateInit2(state, -windowBits);
  if (status !== Z_OK) throw new RangeError(`No inflater has windowBits ${windowBits}`);
  return new PakoStream(state, zlibInflate, zlibInflateReset);
}
