/** What progress needs of the stream that it goes to. */
interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line on a terminal that says what is measured, and how long it will still take; elsewhere nothing. */
export class Progress {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #startedAt = performance.now();
  #done = 0;

  /** @param total how many steps there are */
  constructor(total: number, screen: Screen = process.stderr) {
    this.#total = total;
    this.#screen = screen;
  }

  /** The next step begins. */
  step(what: string): void {
    const left = ((performance.now() - this.#startedAt) / this.#done) * (this.#total - this.#done);
    const remains = this.#done === 0 ? "" : `, ${formatTime(left)} left`;
    this.#done++;
    this.#show(`[${this.#done}/${this.#total}] ${what}${remains}`);
  }

  /** All is done: the line goes away. */
  end(): void {
    this.#show("");
  }

  #show(line: string): void {
    const { isTTY = false, columns = 80 } = this.#screen;
    if (isTTY) this.#screen.write(`\r\u001b[K${line.slice(0, columns - 1)}`);
  }
}

/** A time in milliseconds, for people. */
export function formatTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
