import { createDeflateRaw, createInflateRaw } from "node:zlib";
import { checkBounds } from "../zlib/octets.ts";
import { type Flush, memLevelFor, type ZlibStream } from "../zlib/stream.ts";

/** What is used of the handle inside a stream of `node:zlib`. The functions ending in Sync of that module use the same. */
interface Handle {
  writeSync(
    flush: Flush,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    outputAt: number,
    room: number,
  ): void;
  reset(): void;
}

/** What is used of a stream of `node:zlib`, which is never used as a stream. */
interface Owner {
  readonly _handle: Handle;
  /** Two numbers that the handle writes: the room and the input that are left. */
  readonly _writeState: Uint32Array;
  close(): void;
}

class HandleStream implements ZlibStream {
  fault: string | null = null;
  readonly #owner: Owner;
  /** Null when closed: to write to a closed handle ends the process. */
  #handle: Handle | null;
  readonly #state: Uint32Array;

  constructor(owner: Owner) {
    this.#owner = owner;
    this.#handle = owner._handle;
    this.#state = owner._writeState;
    // Called when something is wrong. Node's own function would destroy the stream, and have it emit an error later.
    Object.assign(owner._handle, {
      onerror: (message: string) => {
        this.fault = message;
      },
    });
  }

  get inputLeft(): number {
    return this.#state[1]!;
  }

  get roomLeft(): number {
    return this.#state[0]!;
  }

  run(
    flush: Flush,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    outputAt: number,
    room: number,
  ): void {
    // Beyond its octets a handle would end the process.
    checkBounds(input, at, length);
    checkBounds(output, outputAt, room);
    this.#open().writeSync(flush, input, at, length, output, outputAt, room);
  }

  reset(): void {
    this.fault = null;
    this.#open().reset();
  }

  close(): void {
    if (this.#handle === null) return;
    this.#handle = null;
    this.#owner.close();
  }

  #open(): Handle {
    if (this.#handle === null) throw new Error("The stream is closed");
    return this.#handle;
  }
}

/** A stream of Node has a buffer for output even when it is not used as a stream: the smallest that it may have. */
const chunkSize = 64;

/** @throws Error when streams of `node:zlib` are not what they were */
export function openDeflate(windowBits: number, level: number): ZlibStream {
  return open(createDeflateRaw({ windowBits, level, memLevel: memLevelFor(windowBits), chunkSize }));
}

/** @throws Error when streams of `node:zlib` are not what they were */
export function openInflate(windowBits: number): ZlibStream {
  return open(createInflateRaw({ windowBits, chunkSize }));
}

function open(stream: object): ZlibStream {
  if (!isOwner(stream)) throw new Error("Streams of node:zlib have no handle as it was known");
  return new HandleStream(stream);
}

function isOwner(stream: object): stream is Owner {
  const handle: unknown = Reflect.get(stream, "_handle");
  const state: unknown = Reflect.get(stream, "_writeState");
  const isHandle =
    typeof handle === "object" &&
    handle !== null &&
    ["writeSync", "reset"].every((name) => typeof Reflect.get(handle, name) === "function");
  return isHandle && state instanceof Uint32Array && state.length >= 2;
}
