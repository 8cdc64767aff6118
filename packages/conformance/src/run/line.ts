/** A byte stream to a peer and a clock, as a case sees them: a socket, or a codec in memory. */
export interface Line {
  /** Who listens; set before the first octet is received. */
  listener: LineListener | null;
  write(octets: Uint8Array): void;
  /** Resolves when what was written has left, and the peer has had a chance to read it alone. */
  turn(): Promise<void>;
  /** Ends this half of the stream. */
  end(): void;
  /** Gives the stream up. */
  destroy(): void;
  /** Milliseconds, from any moment on. */
  now(): number;
  /** Resolves after so many milliseconds, or together with `woken`. */
  wait(ms: number, woken: Promise<unknown>): Promise<void>;
}

export interface LineListener {
  received(octets: Uint8Array): void;
  /** The last event. */
  ended(how: "end" | "reset"): void;
}
