import type { CloseRecord } from "@plyws/connection";
import { CloseCode, encodeClose } from "@plyws/frame";
import type { WebSocketConnection } from "../connection.ts";
import type { MessageData, WebSocketEvents } from "../events.ts";
import type { SendStatus } from "../outgoing.ts";
import { type Sendable, toOutgoable } from "../sendable.ts";
import { Alarm } from "./alarm.ts";
import { attempt, type ReconnectingTarget } from "./attempt.ts";
import { decide, warnOfGivingUp } from "./decide.ts";
import { Deferred } from "./deferred.ts";
import {
  eventsOfConnections,
  type ReconnectingEnd,
  type ReconnectingEvents,
  type ReconnectingState,
  tellState,
} from "./events.ts";
import type { AttemptEnd } from "./retry-policy.ts";
import { QueueingSender } from "./sender.ts";
import { type ReconnectingOptions, resolveSettings, type Settings } from "./settings.ts";

/**
 * A client that opens a new connection whenever it loses the one it has, after a random wait that grows (RFC 6455
 * section 7.2.3), until it is closed or there is a reason not to retry.
 *
 * Messages are sent at most once: those that a connection had taken when it ended may or may not have arrived, and
 * are not sent again. What must arrive needs an answer of the peer that says so.
 *
 * @example
 * ```ts
 * const client = new ReconnectingClient(
 *   async ({ signal }) => ({
 *     url: "wss://example.com/prices",
 *     headers: { authorization: `Bearer ${await freshToken(signal)}` },
 *   }),
 *   { queue: { maxMessages: 100 } },
 *   { open: (socket) => socket.send("subscribe") },
 * );
 * client.send("hello");
 * for await (const message of client) console.log(message);
 * ```
 */
export class ReconnectingClient implements AsyncIterable<MessageData> {
  readonly #target: ReconnectingTarget;
  readonly #options: ReconnectingOptions;
  readonly #events: ReconnectingEvents;
  readonly #settings: Settings;
  readonly #connectionEvents: WebSocketEvents;
  readonly #sender: QueueingSender;
  readonly #alarm = new Alarm();
  #state: ReconnectingState = "connecting";
  #retries = 0;
  #delay = 0;
  #last: AttemptEnd | null = null;
  #attempt: AbortController | null = null;
  #socket: WebSocketConnection | null = null;
  #openedAt = 0;
  #end: ReconnectingEnd | null = null;
  #opened: Deferred<WebSocketConnection | null> | null = null;
  #closed: Deferred<ReconnectingEnd> | null = null;

  /**
   * Begins to connect, once the caller's code has run.
   *
   * @throws TypeError when the URL is none
   * @throws RangeError when an option is not in its range
   */
  constructor(
    target: ReconnectingTarget,
    options: ReconnectingOptions = {},
    events: ReconnectingEvents = {},
  ) {
    this.#target = typeof target === "function" ? target : new URL(target);
    this.#options = options;
    this.#events = events;
    this.#settings = resolveSettings(options);
    this.#connectionEvents = eventsOfConnections(
      events,
      (socket) => this.#openedWith(socket),
      (socket, record) => this.#closedWith(socket, record),
    );
    this.#sender = new QueueingSender(this.#settings.queue);
    options.signal?.addEventListener("abort", this.#onAbort);
    // Not at once: handlers may refer to the variable that this client is about to be assigned to.
    queueMicrotask(() => {
      if (options.signal?.aborted) this.#onAbort();
      void this.#connect();
    });
  }

  get state(): ReconnectingState {
    return this.#state;
  }

  /** How many retries there were since the last stable connection, or the beginning. */
  get retries(): number {
    return this.#retries;
  }

  /** How long the wait for the next attempt is in all, in milliseconds; 0 unless the state is "waiting". */
  get delay(): number {
    return this.#delay;
  }

  /** How the last attempt that ended did so; `null` before. */
  get last(): AttemptEnd | null {
    return this.#last;
  }

  /** The connection that there is now, or `null`. Closing it leads to the next one. */
  get connection(): WebSocketConnection | null {
    return this.#socket;
  }

  /** How many messages wait in the queue. */
  get queueLength(): number {
    return this.#sender.queueLength;
  }

  /** The connection that there is or that opens next; `null` when there will be none. Never rejects. */
  get opened(): Promise<WebSocketConnection | null> {
    if (this.#isOver) return Promise.resolve(null);
    if (this.#socket !== null) return Promise.resolve(this.#socket);
    this.#opened ??= new Deferred();
    return this.#opened.promise;
  }

  /** Why the client is over. Never rejects. */
  get closed(): Promise<ReconnectingEnd> {
    if (this.#end !== null) return Promise.resolve(this.#end);
    this.#closed ??= new Deferred();
    return this.#closed.promise;
  }

  /**
   * Sends a message on the connection that there is, or queues it for the next one. The queue is sent in order,
   * after the `open` event of the connection; what is sent while it is not empty joins it.
   *
   * @returns "sent" or "buffered" as the connection says; "queued"; "dropped" when there is neither a connection nor
   * room in a queue; "closed" when the client is closing or closed
   * @throws TypeError when `data` is neither a string nor octets
   */
  send(data: Sendable): SendStatus | "queued" {
    if (!this.#isOver) return this.#sender.send(this.#socket, data);
    // Throws what it throws in every state.
    toOutgoable(data);
    return "closed";
  }

  /** The messages of all connections to come, as by `for await` over each of them. Ends when the client is over. */
  async *[Symbol.asyncIterator](): AsyncGenerator<MessageData, void, undefined> {
    for (let socket = await this.opened; socket !== null; socket = await this.opened) yield* socket;
  }

  /**
   * Ends the client: its connection by the closing handshake, an attempt or a wait at once. What is queued is
   * dropped. Does nothing when it was closed before.
   *
   * @param code 1000 (default) to 1003, 1007 to 1014, or 3000 to 4999
   * @param reason at most 123 octets of UTF-8
   * @throws RangeError when the code or the reason cannot be sent
   */
  close(code: number = CloseCode.Normal, reason = ""): void {
    encodeClose({ code, reason });
    if (this.#isOver) return;
    this.#alarm.clear();
    this.#attempt?.abort();
    if (this.#socket === null) return this.#finish("closed");
    this.#move("closing");
    this.#socket?.close(code, reason);
  }

  /** Whether there will be no other connection. */
  get #isOver(): boolean {
    return this.#state === "closing" || this.#state === "closed";
  }

  readonly #onAbort = (): void => this.close(CloseCode.GoingAway);

  async #connect(): Promise<void> {
    if (this.#state !== "connecting") return;
    this.#attempt = new AbortController();
    const failure = await attempt(
      this.#target,
      { retries: this.#retries, controller: this.#attempt, timeout: this.#settings.handshakeTimeout },
      this.#options,
      this.#connectionEvents,
    );
    if (failure !== null) this.#ended(failure);
  }

  #openedWith(socket: WebSocketConnection): unknown {
    // Closed in the very moment in which the opening handshake was done.
    if (this.#isOver) return socket.terminate();
    this.#socket = socket;
    this.#attempt = null;
    this.#openedAt = performance.now();
    this.#opened?.resolve(socket);
    this.#opened = null;
    this.#move("open");
    if (this.#socket === null) return undefined;
    const result = this.#events.open?.(socket);
    void this.#sender.flush(socket);
    return result;
  }

  #closedWith(socket: WebSocketConnection, record: CloseRecord): unknown {
    if (socket !== this.#socket) return undefined;
    this.#socket = null;
    this.#ended({ stage: "open", record });
    return this.#events.close?.(socket, record);
  }

  #ended(end: AttemptEnd): void {
    if (this.#state === "closed") return;
    this.#last = end;
    this.#attempt = null;
    if (this.#state === "closing") return this.#finish("closed");
    if (end.stage === "open" && performance.now() - this.#openedAt >= this.#settings.stableAfter) {
      this.#retries = 0;
    }
    const next = decide(end, this.#retries, this.#settings);
    // The retry function may have closed the client.
    if (this.#end !== null) return;
    if (typeof next === "string") return this.#finish(next);
    this.#delay = next;
    this.#alarm.set(next, () => {
      this.#retries++;
      this.#delay = 0;
      this.#move("connecting");
      void this.#connect();
    });
    this.#move("waiting");
  }

  #finish(reason: ReconnectingEnd["reason"]): void {
    const last = this.#last;
    const end = { reason, last, unsent: this.#sender.queueLength };
    this.#end = end;
    this.#delay = 0;
    this.#sender.clear();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#opened?.resolve(null);
    this.#closed?.resolve(end);
    this.#move("closed");
    // A client that nobody watches must not fall silent.
    const watched = this.#closed !== null || this.#events.stateChange !== undefined;
    if (reason !== "closed" && !watched && last !== null) warnOfGivingUp(last);
  }

  /** Changes the state, and says so. The handler may have closed the client when this returns. */
  #move(state: ReconnectingState): void {
    this.#state = state;
    tellState(this.#events, this, state);
  }
}
