import { constants, createInflateRaw } from "node:zlib";
import type { FrameSink } from "./scan.ts";

const TRAILER = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** Checks that what comes back is what was sent, in order, whatever the server keeps from message to message. */
export class EchoCheck implements FrameSink {
  readonly #due: readonly Buffer[];
  readonly #inflate = createInflateRaw();
  readonly #content: boolean;
  readonly #failed: (error: Error) => void;
  #pieces: Buffer[] = [];
  #inflated: Buffer[] = [];
  #compressed = false;
  #next = 0;
  /** How many messages have come. */
  checked = 0;

  /**
   * @param due what is sent, over and over again
   * @param content whether the content is compared, or only its length
   */
  constructor(due: readonly Buffer[], content: boolean, failed: (error: Error) => void) {
    this.#due = due;
    this.#content = content;
    this.#failed = failed;
    this.#inflate.on("data", (chunk: Buffer) => this.#inflated.push(chunk)).on("error", failed);
  }

  begin(firstOctet: number): void {
    if ((firstOctet & 0x0f) !== 0) this.#compressed = (firstOctet & 0x40) !== 0;
  }

  payload(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
  }

  end(firstOctet: number): void {
    if (firstOctet < 0x80) return;
    const due = this.#due[this.#next++ % this.#due.length]!;
    const payload = Buffer.concat(this.#pieces.splice(0));
    if (!this.#compressed) return this.#compare(due, payload);
    this.#inflate.write(Buffer.concat([payload, TRAILER]));
    this.#inflate.flush(constants.Z_SYNC_FLUSH, () =>
      this.#compare(due, Buffer.concat(this.#inflated.splice(0))),
    );
  }

  #compare(due: Buffer, echo: Buffer): void {
    this.checked++;
    const same = this.#content ? due.equals(echo) : due.length === echo.length;
    if (!same) this.#failed(new Error(`An echo of ${due.length} octets is not what was sent`));
  }
}
