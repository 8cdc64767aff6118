/**
 * Where a connection puts the octets that are to be sent, in order. The transport owns it and decides when they are
 * written: best once for all that was queued in a turn of the event loop.
 */
export interface Outbox {
  /** The buffer to write into. It may be another one after each {@link reserve}. */
  readonly bytes: Uint8Array;
  /**
   * Whether what was queued before cannot be written at present. While it is, a connection answers only the latest
   * Ping, so that a flood of them costs no memory; call `connection.flushPong()` when this has changed.
   */
  readonly congested: boolean;
  /** Makes room for up to `size` octets and returns where in {@link bytes} they begin. */
  reserve(size: number): number;
  /** Queues the first `size` octets of the latest reservation. */
  commit(size: number): void;
  /** Queues octets by reference. Nobody may change or transfer them: those of a prepared message go to others, too. */
  attach(payload: Uint8Array): void;
  /** Ends our half of the stream after what is queued. May be called again. */
  end(): void;
}

const BLOCK_SIZE = 1024;
const NONE = new Uint8Array(0);

/**
 * The simplest outbox: {@link take} hands out what is queued.
 *
 * @example
 * ```ts
 * const outbox = new OctetQueue();
 * const connection = new Connection({ role: "server" }, handler, outbox);
 * connection.receive(chunk);
 * for (const octets of outbox.take()) stream.write(octets);
 * if (outbox.ended) stream.end();
 * ```
 */
export class OctetQueue implements Outbox {
  /** Set it while the stream does not take what was handed out. */
  congested = false;
  bytes: Uint8Array = NONE;
  #queue: Uint8Array[] = [];
  /** What of `bytes` is committed but not in the queue yet: from here … */
  #start = 0;
  /** … to here. */
  #end = 0;
  #ended = false;

  /** Whether our half of the stream is to be ended after what is queued. */
  get ended(): boolean {
    return this.#ended;
  }

  reserve(size: number): number {
    if (this.bytes.length - this.#end < size) {
      this.#flush();
      this.bytes = new Uint8Array(Math.max(size, BLOCK_SIZE));
      this.#start = 0;
      this.#end = 0;
    }
    return this.#end;
  }

  commit(size: number): void {
    this.#end += size;
  }

  attach(payload: Uint8Array): void {
    this.#flush();
    this.#queue.push(payload);
  }

  end(): void {
    this.#ended = true;
  }

  /** Hands out the octets that are queued, in order. They must be neither changed nor transferred: see {@link Outbox.attach}. */
  take(): Uint8Array[] {
    this.#flush();
    const taken = this.#queue;
    this.#queue = [];
    return taken;
  }

  #flush(): void {
    if (this.#end > this.#start) this.#queue.push(this.bytes.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
