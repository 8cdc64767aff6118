/** When a connection stops to look at what it has received, and goes on. */
export abstract class Flow {
  #suspended = false;
  #holding = false;
  #frameBudget = Number.POSITIVE_INFINITY;

  /** Looks at what was received, as far as it may. */
  protected abstract run(): void;

  /** Whether what comes next belongs to a message. */
  protected abstract get atMessage(): boolean;

  /** Whether the next frame may be looked at. */
  protected get flowing(): boolean {
    return !this.#suspended && this.#frameBudget > 0 && !this.held;
  }

  /** Takes from the budget what was done. */
  protected spend(frames: number): void {
    this.#frameBudget -= frames;
  }

  /**
   * Stops between two frames: what was received is kept, and no frame is looked at until {@link resume}. What is
   * received meanwhile is kept without limit, so stop reading.
   */
  suspend(): void {
    this.#suspended = true;
  }

  /** Goes on with the octets that were kept: after {@link suspend}, or after a handler has thrown. */
  resume(): void {
    this.#suspended = false;
    this.run();
  }

  /** Whether {@link suspend} was called and {@link resume} was not. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /**
   * Whether to stop before the payload of the next data frame, while control frames are still handled: for when there
   * is nobody to give a message to. What is received then is kept without limit, so stop reading once it is
   * {@link held}. Setting it to false goes on with the octets that were kept. Default false.
   */
  get holding(): boolean {
    return this.#holding;
  }

  set holding(holding: boolean) {
    this.#holding = holding;
    if (!holding) this.run();
  }

  /** Whether a data frame has begun and stands still because of {@link holding}. */
  get held(): boolean {
    return this.#holding && this.atMessage;
  }

  /**
   * How many frames are looked at before the connection stops by itself, so that a chunk with thousands of them does
   * not hold up everything else. What the extension decodes counts as one for each 8 KiB, too. Setting it goes on with the octets that were kept. Default unlimited.
   */
  get frameBudget(): number {
    return this.#frameBudget;
  }

  set frameBudget(frames: number) {
    this.#frameBudget = frames;
    this.run();
  }
}
