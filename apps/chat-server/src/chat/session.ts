import type { PreparedMessage, WebSocketConnection } from "@plyws/node";
import type { Answer, User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import { Bucket } from "./bucket.ts";

export type Socket = WebSocketConnection<Session>;

/** Messages that wait for the one before them, and how much they are: octets, or characters. */
const MAX_WAITING = 64;
const MAX_WAITING_SIZE = 2 ** 18;
const NOBODY: User = { id: "", name: "" };

/** One connection: who it is, where it is, and what it has asked for, one thing after the other. */
export class Session {
  /** The address that counts for limits. */
  readonly address: string;
  readonly bucket: Bucket;
  /** How often it may be told that it asks for too much. */
  readonly strikes = new Bucket(1, 100);
  readonly rooms = new Set<string>();
  /** How far it has said to have read, by room. */
  readonly marks = new Map<string, string>();
  user: User = NOBODY;
  /** Files that are being sent to it. */
  fetches = 0;
  #socket: Socket | null = null;
  readonly #waiting: (string | Uint8Array)[] = [];
  #waitingSize = 0;
  #busy = false;
  #end: NodeJS.Timeout | undefined;

  constructor(address: string, bucket: Bucket) {
    this.address = address;
    this.bucket = bucket;
  }

  open(socket: Socket): void {
    this.#socket = socket;
  }

  get welcomed(): boolean {
    return this.user !== NOBODY;
  }

  get gone(): boolean {
    return this.#socket?.state !== "open";
  }

  /** @throws Error before it is open */
  get socket(): Socket {
    if (this.#socket === null) throw new Error("This session has no connection yet");
    return this.#socket;
  }

  push(message: PreparedMessage | Uint8Array): void {
    this.#socket?.send(message);
  }

  tell(answer: Answer): void {
    this.#socket?.send(JSON.stringify(answer));
  }

  async caughtUp(): Promise<void> {
    await this.#socket?.drained();
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  /** Whoever is here has a time that is over some day: of the `hello`, then of the token. One timer at a time. */
  endAt(start: () => NodeJS.Timeout): void {
    clearTimeout(this.#end);
    if (!this.gone) this.#end = start().unref();
  }

  /** The connection has ended. */
  ended(): void {
    clearTimeout(this.#end);
    this.#waiting.length = 0;
  }

  /** @throws ChatError when this connection is not in the room */
  checkIn(room: string): void {
    if (!this.rooms.has(room)) throw new ChatError("not_joined", "Join the room first.");
  }

  /**
   * Handles messages in their order, the next one when this one is done and its answer was taken: what somebody writes
   * keeps its order. Whoever sends faster than that, or does not read the answers, is read no further.
   */
  receive(message: string | Uint8Array, handle: (message: string | Uint8Array) => Promise<void>): void {
    this.#waiting.push(message);
    this.#waitingSize += message.length;
    if (this.#waiting.length >= MAX_WAITING || this.#waitingSize >= MAX_WAITING_SIZE) this.#socket?.pause();
    if (!this.#busy) void this.#run(handle);
  }

  async #run(handle: (message: string | Uint8Array) => Promise<void>): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await handle(next);
      await this.caughtUp();
      this.#waitingSize -= next.length;
      if (this.#waiting.length === 0) this.#socket?.resume();
    }
    this.#busy = false;
  }
}
