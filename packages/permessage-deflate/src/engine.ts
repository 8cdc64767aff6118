/**
 * What deflates and inflates raw DEFLATE streams (RFC 1951), synchronously. `./node` and `./portable` have one each.
 *
 * Octets that its deflaters and inflaters give are on loan: they are valid until the next call of any of them.
 */
export interface DeflateEngine {
  /** The smallest window that a deflater can keep to, as an exponent of two: 8 or 9. */
  readonly minWindowBits: number;
  createDeflater(options: DeflaterOptions): Deflater;
  createInflater(options: InflaterOptions): Inflater;
}

export interface DeflaterOptions {
  /** References reach back at most 2^windowBits octets: {@link DeflateEngine.minWindowBits} to 15. */
  readonly windowBits: number;
  /** How hard to look for repetitions: 1 (fast) to 9 (small). */
  readonly level: number;
}

export interface InflaterOptions {
  /** References that reach back further than 2^windowBits octets are a fault: 8 to 15. */
  readonly windowBits: number;
}

/** Compresses the messages of one sender. */
export interface Deflater {
  /**
   * Deflates all of the octets, at least one, and flushes: what it gives ends on an octet boundary with 00 00 ff ff.
   *
   * @param keepContext whether the next call may refer to the octets of this one and of those before
   */
  deflate(octets: Uint8Array, keepContext: boolean): Uint8Array;
  /** Forgets the context. */
  reset(): void;
  /** Lets go of all memory. May be called again; nothing else may follow. */
  close(): void;
}

/** Decompresses the messages of one sender, piece by piece and with bounded output: write, then read while pending. */
export interface Inflater {
  /**
   * Takes the next piece of a message, cut anywhere; nothing may be pending. The octets must not change until nothing is.
   *
   * @param last whether the message ends with it: after it, and the 00 00 ff ff that senders leave out, a block ends
   */
  write(octets: Uint8Array, last: boolean): void;
  /** Whether {@link read} may have something to give. */
  readonly pending: boolean;
  /**
   * The next octets of output, at most 65,536, possibly none.
   *
   * @throws ProtocolError "invalid-deflate" when it cannot be inflated; only reset and close may follow
   */
  read(): Uint8Array;
  /** Forgets the context, and whatever is pending. */
  reset(): void;
  /** Lets go of all memory. May be called again; nothing else may follow. */
  close(): void;
}
