import { styleText } from "node:util";
import type { Paint } from "../report/summary.ts";
import { type CaseResult, isFailure } from "../run/result.ts";

/** Colours for a stream, or none where nobody sees them. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const colours = stream.isTTY && !process.env["NO_COLOR"];
  return (style, text) => (colours && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}

const WIDTH = 30;
const CLEAR = "\r\u001b[K";

/** One line that shows how far a run is, on a terminal; elsewhere nothing. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #failed = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(result: CaseResult, done: number, total: number): void {
    if (isFailure(result)) this.#failed++;
    if (!this.#stream.isTTY) return;
    const filled = Math.round((done / total) * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : "";
    this.#stream.write(`${CLEAR}${bar} ${done} of ${total}${failed}  ${result.id}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(CLEAR);
  }
}
