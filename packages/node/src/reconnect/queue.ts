import { PreparedMessage } from "@plyws/connection";
import type { Outgoable } from "../outgoing.ts";
import { type Sendable, toOutgoable } from "../sendable.ts";

/** How much a queue may hold. */
export interface QueueLimits {
  readonly maxMessages: number;
  /** Of all messages together; texts count as their UTF-8. */
  readonly maxOctets: number;
}

/** Messages that wait for a connection, in order and within limits. */
export class MessageQueue {
  readonly #limits: QueueLimits;
  #messages: Outgoable[] = [];
  /** The index of the first message that waits. */
  #head = 0;
  #octets = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#messages.length - this.#head;
  }

  /**
   * Takes a message as it is at the call. Returns whether there was room.
   *
   * @throws TypeError when `data` is neither a string nor octets
   */
  push(data: Sendable): boolean {
    const message = toOutgoable(data);
    const size = sizeOf(message);
    const { maxMessages, maxOctets } = this.#limits;
    if (this.length >= maxMessages || this.#octets + size > maxOctets) return false;
    this.#messages.push(snapshot(message));
    this.#octets += size;
    return true;
  }

  /** The message that waits longest, which stays where it is; `null` when there is none. */
  peek(): Outgoable | null {
    return this.#messages[this.#head] ?? null;
  }

  /** Removes the message that waits longest. */
  shift(): void {
    const first = this.peek();
    if (first === null) return;
    this.#octets -= sizeOf(first);
    this.#head++;
    // Array.shift moves all that is behind. Done once per half of the array, that costs next to nothing.
    if (this.#head * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#head);
    this.#head = 0;
  }

  clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.#octets = 0;
  }
}

/** How many octets of payload a message has. */
function sizeOf(message: Outgoable): number {
  if (typeof message === "string") return Buffer.byteLength(message);
  return message instanceof PreparedMessage ? message.payload.length : message.length;
}

/** The message as it is now, whatever happens to the memory that it is in. */
function snapshot(message: Outgoable): Outgoable {
  return message instanceof Uint8Array ? new Uint8Array(message) : message;
}
