import type { Answer } from "../src/protocol/answers.ts";
import type { Request } from "../src/protocol/requests.ts";
import { CLOSE, SUBPROTOCOL } from "../src/protocol/version.ts";

/** What is needed of a `WebSocket`: that of browsers, or one that is like it. */
export interface Socket {
  binaryType: string;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open", listener: () => void): void;
  // oxlint-disable-next-line typescript/no-explicit-any -- a text, or an ArrayBuffer
  addEventListener(type: "message", listener: (event: { data: any }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

export type LinkState =
  | { readonly is: "connecting" }
  | { readonly is: "open" }
  /** It tries again by itself at that time, in milliseconds since 1970. */
  | { readonly is: "waiting"; readonly until: number }
  /** It does not try again. */
  | { readonly is: "ended"; readonly reason: string };

export interface LinkEvents {
  /** There is a connection: nothing that was said on an earlier one counts. */
  opened(): void;
  state(state: LinkState): void;
  answer(answer: Answer): void;
  octets(message: Uint8Array): void;
}

export interface LinkOptions {
  /** Where to connect, asked anew every time. */
  readonly url: () => string;
  readonly open: (url: string, subprotocol: string) => Socket;
  /** Milliseconds: the longest first wait, and the longest of all. */
  readonly firstDelay?: number;
  readonly maxDelay?: number;
}

/** A connection that comes back whenever it is lost. */
export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #socket: Socket | null = null;
  #isOpen = false;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  #wait = 0;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  connect(): void {
    clearTimeout(this.#timer);
    if (this.#socket !== null || this.#ended) return;
    this.#events.state({ is: "connecting" });
    const socket = this.#options.open(this.#options.url(), SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    // What an old connection still says is of no interest.
    const current = () => this.#socket === socket;
    socket.addEventListener("open", () => {
      if (!current()) return;
      this.#isOpen = true;
      this.#events.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!current()) return;
      if (typeof data === "string") this.#events.answer(read(data));
      else if (data instanceof ArrayBuffer) this.#events.octets(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (current()) this.#lost(code, reason);
    });
  }

  /** The connection works: the next loss is the first again. */
  settled(): void {
    this.#attempts = 0;
    this.#events.state({ is: "open" });
  }

  /** The server asks to come back after so many milliseconds, when it has gone. */
  comeBackAfter(milliseconds: number): void {
    this.#wait = milliseconds;
  }

  /** The connection is of no use: take another. */
  renew(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#lost(1006, "");
    socket.close();
  }

  /** There is nothing to say for now: no connection until somebody is in a hurry. */
  rest(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    socket?.close(1000, "");
    this.#events.state({ is: "connecting" });
  }

  /** Something has changed for the better, such as the network: do not wait any longer. */
  hurry(): void {
    if (this.#socket === null) this.connect();
  }

  /** False when there is no connection. */
  say(request: Request): boolean {
    return this.#send(JSON.stringify(request));
  }

  sendOctets(message: Uint8Array<ArrayBuffer>): boolean {
    return this.#send(message);
  }

  end(reason: string): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close(1000, "");
    this.#events.state({ is: "ended", reason });
  }

  #send(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (!this.#isOpen || this.#socket === null) return false;
    this.#socket.send(data);
    return true;
  }

  #lost(code: number, reason: string): void {
    this.#socket = null;
    this.#isOpen = false;
    if (code === CLOSE.unauthorized) {
      this.end(reason);
      return;
    }
    const { firstDelay = 500, maxDelay = 15_000 } = this.#options;
    // A random part of a growing time: those who lost a server together do not come back together.
    const ceiling = Math.min(maxDelay, firstDelay * 2 ** Math.min(this.#attempts++, 16));
    const delay = this.#wait + Math.random() * ceiling;
    this.#wait = 0;
    this.#timer = setTimeout(() => this.connect(), delay);
    this.#events.state({ is: "waiting", until: Date.now() + delay });
  }
}

function read(data: string): Answer {
  return JSON.parse(data);
}
