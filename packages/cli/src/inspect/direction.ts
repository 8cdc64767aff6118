import { RequestReader, ResponseReader } from "@plyws/handshake";
import type { Role } from "@plyws/node";
import { FrameScanner } from "./scanner.ts";
import type { FrameView } from "./view.ts";

/** What both directions of a connection know of its opening handshake. */
export interface Agreement {
  /** Whether what follows the heads are frames: false after another answer than 101. */
  isWebSocket: boolean;
  deflates: boolean;
}

/** Looks at all octets that one side sends: the head of its opening handshake, then its frames. */
export class DirectionWatch {
  readonly #sender: Role;
  readonly #agreement: Agreement;
  readonly #view: FrameView;
  readonly #show: (line: string) => void;
  readonly #scanner: FrameScanner;
  /** null once the head is over. */
  #reader: RequestReader | ResponseReader | null;
  #isReadable = true;

  constructor(sender: Role, agreement: Agreement, view: FrameView, show: (line: string) => void) {
    this.#sender = sender;
    this.#agreement = agreement;
    this.#view = view;
    this.#show = show;
    this.#reader = sender === "client" ? new RequestReader() : new ResponseReader();
    const direction = this.#direction;
    this.#scanner = new FrameScanner(sender, () => agreement.deflates, {
      frame: (frame) => show(view.frame(frame)),
      violation: (text) => show(view.violation(direction, text)),
    });
  }

  /** Takes the next octets, and changes none of them. */
  receive(chunk: Uint8Array): void {
    if (!this.#isReadable || !this.#agreement.isWebSocket) return;
    if (this.#reader === null) return this.#scanner.receive(chunk);
    const read = this.#reader.receive(chunk);
    if (read === null) return;
    this.#reader = null;
    if (!read.ok) {
      this.#isReadable = false;
      this.#show(this.#view.violation(this.#direction, `no opening handshake: ${read.error.message}`));
      return;
    }
    this.#show(this.#view.head(this.#direction, read.head));
    if ("status" in read.head)
      this.#agree(read.head.status, read.head.headers.getAll("sec-websocket-extensions"));
    this.receive(read.rest);
  }

  end(): void {
    if (this.#reader === null && this.#isReadable && this.#agreement.isWebSocket) this.#scanner.end();
    this.#show(this.#view.note(`the ${this.#sender} has ended its stream`));
  }

  get #direction(): "sent" | "received" {
    return this.#sender === "client" ? "sent" : "received";
  }

  #agree(status: number, extensions: readonly string[]): void {
    this.#agreement.deflates = extensions.some((value) =>
      /(?:^|,)\s*permessage-deflate\s*(?:[;,]|$)/i.test(value),
    );
    this.#agreement.isWebSocket = status === 101;
    if (status !== 101) this.#show(this.#view.note("this is no WebSocket: what follows is not shown"));
  }
}
