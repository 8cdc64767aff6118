import type { MessageData, WebSocketConnection } from "@plyws/node";

/** A message whose echo is awaited. */
interface Awaited {
  readonly data: MessageData;
  /** When it was sent, or should have been. */
  readonly since: number;
}

/** What is told of the echoes of one connection. */
export interface LaneEvents {
  /** @param latency in milliseconds; null when the echo is not what was sent */
  echo(latency: number | null): void;
}

/** One connection of a load: knows what it has sent, and in which order the echoes have to come. */
export class Lane {
  readonly socket: WebSocketConnection;
  readonly #events: LaneEvents;
  /** A queue: what is before `#first` has been answered. */
  #awaited: Awaited[] = [];
  #first = 0;

  constructor(socket: WebSocketConnection, events: LaneEvents) {
    this.socket = socket;
    this.#events = events;
  }

  /** How many messages wait for their echo. */
  get inFlight(): number {
    return this.#awaited.length - this.#first;
  }

  send(data: MessageData, since: number): void {
    this.#awaited.push({ data, since });
    this.socket.send(data);
  }

  /** A message has come. */
  receive(data: MessageData): void {
    const awaited = this.#awaited[this.#first];
    // Not an answer to anything: a greeting, for instance.
    if (awaited === undefined) return;
    this.#first++;
    if (this.#first > 1024 || this.#first === this.#awaited.length) {
      this.#awaited = this.#awaited.slice(this.#first);
      this.#first = 0;
    }
    this.#events.echo(isSame(awaited.data, data) ? performance.now() - awaited.since : null);
  }
}

function isSame(sent: MessageData, echo: MessageData): boolean {
  if (typeof sent === "string" || typeof echo === "string") return sent === echo;
  return Buffer.compare(sent, echo) === 0;
}

/** The message of this number: each is different from those around it, as far as its size allows. */
export function messageOf(number: number, size: number, binary: boolean): MessageData {
  const mark = number
    .toString(36)
    .padStart(8, "0")
    .slice(-Math.max(1, Math.min(8, size)));
  const text = `${mark}${"-".repeat(Math.max(0, size - mark.length))}`.slice(0, size);
  return binary ? new Uint8Array(Buffer.from(text, "latin1")) : text;
}
