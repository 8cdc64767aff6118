/** What deflates and inflates raw DEFLATE streams (RFC 1951). `./node` and `./portable` have one each. */
export interface DeflateEngine {
  /** The smallest window that a deflater can keep to, as the exponent of two: 8 or 9. */
  readonly minWindowBits: number;
  /** Memory is taken at the first message, not here. */
  createDeflater(options: DeflaterOptions): Deflater;
  /** Memory is taken at the first message, not here. */
  createInflater(options: InflaterOptions): Inflater;
}

export interface DeflaterOptions {
  /** The window of 2^windowBits octets that references stay within: {@link DeflateEngine.minWindowBits} to 15. */
  readonly windowBits: number;
  /** How hard to look for repetitions, 1 (fast) to 9 (small), 0 only stores. */
  readonly level: number;
}

export interface InflaterOptions {
  /** The window of 2^windowBits octets that the peer's references stay within, 8 to 15. */
  readonly windowBits: number;
}

/** One direction of one stream. */
export interface Deflater {
  /**
   * Deflates all of the octets and flushes to an octet boundary: the result ends with 00 00 ff ff. It is on loan until
   * the next call of a method of any deflater or inflater of the engine.
   *
   * @param keepContext whether the next call may refer to what this one and those before were given
   */
  deflate(octets: Uint8Array, keepContext: boolean): Uint8Array;
  /** Forgets the context. */
  reset(): void;
  /** Lets go of all memory. May be called again; nothing else may follow. */
  close(): void;
}

/** One direction of one stream, with bounded output: first {@link write}, then {@link read} while {@link pending}. */
export interface Inflater {
  /** Takes input, which must not change until {@link pending} is false; nothing may be pending before. */
  write(octets: Uint8Array): void;
  /** Whether {@link read} may have more to give. */
  readonly pending: boolean;
  /**
   * The next at most 65,536 octets of output, possibly none, on loan until the next call of a method of any deflater or
   * inflater of the engine.
   *
   * @throws ProtocolError "invalid-deflate" when the input is no DEFLATE stream; only reset and close may follow
   */
  read(): Uint8Array;
  /** Forgets the context, the pending input and the fault. */
  reset(): void;
  /** Lets go of all memory. May be called again; nothing else may follow. */
  close(): void;
}
