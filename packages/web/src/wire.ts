/** The parts of a `ReadableStreamDefaultReader` that are used. */
export interface OctetReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
  releaseLock(): void;
}

/** The parts of a `WritableStreamDefaultWriter` that are used. */
export interface OctetWriter {
  readonly ready: Promise<unknown>;
  write(octets: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
  abort(reason?: unknown): Promise<unknown>;
}

/**
 * A byte stream in both directions, as the web platform has it: a connection of Deno, a socket of a Worker, what
 * `Duplex.toWeb` makes of a stream of Node, a pair of `TransformStream`s. Chunks that are read belong to the reader;
 * those that are written are nobody else's, so a sink may transfer their buffers.
 */
export interface ByteStream {
  readonly readable: { getReader(): OctetReader };
  readonly writable: { getWriter(): OctetWriter };
}

/** Both ends of a byte stream, locked. Nothing here rejects unless it is awaited. */
export class Wire {
  readonly #reader: OctetReader;
  readonly #writer: OctetWriter;

  /** @throws TypeError when one of the two is no stream, or is locked by somebody else */
  constructor({ readable, writable }: ByteStream) {
    this.#reader = readable.getReader();
    try {
      this.#writer = writable.getWriter();
    } catch (error) {
      this.#reader.releaseLock();
      throw error;
    }
  }

  /** The next chunk, or `null` at the end. */
  async read(): Promise<Uint8Array | null> {
    const { done, value } = await this.#reader.read();
    if (done) return null;
    if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) {
      throw new TypeError(
        "A byte stream gives chunks that are a Uint8Array, and this one gave something else",
      );
    }
    // Of a Buffer of Node, applications would get Buffers.
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }

  /** Resolves when the stream takes octets. */
  get ready(): Promise<unknown> {
    return this.#writer.ready;
  }

  /** Hands octets over. Resolves when they were taken. */
  write(octets: Uint8Array): Promise<unknown> {
    return this.#writer.write(octets);
  }

  /** Ends our half, after what was written. */
  close(): Promise<unknown> {
    return this.#writer.close();
  }

  /** Gives both halves up. */
  drop(reason?: unknown): void {
    this.#reader.cancel(reason).catch(ignore);
    this.#writer.abort(reason).catch(ignore);
  }
}

/** What nobody waits for any more may fail. */
export function ignore(): void {}
