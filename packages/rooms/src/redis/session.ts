import type { Argument, Reply } from "./reply.ts";

/** What is used of a client of the `redis` package. */
export interface Client {
  connect(): Promise<unknown>;
  destroy(): void;
  readonly isOpen: boolean;
  on(event: "error" | "end", listener: (error?: unknown) => void): unknown;
  sendCommand<Answer>(args: readonly Argument[]): Promise<Answer>;
  subscribe(channel: string, listener: (message: Buffer) => void, bufferMode: true): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: Buffer) => void, bufferMode: true): Promise<unknown>;
}

/** What is used of the `redis` package. */
export interface Redis {
  /** A client that does not connect by itself, neither now nor again. */
  createClient(): Client;
  /** Whether an error is what Redis answered. */
  isAnswer(error: unknown): error is Error;
}

/** Answers of a server that is of no use now, though it can be reached; and that our script is not there any more. */
const NOT_IN_SERVICE = /^(?:LOADING|READONLY|MASTERDOWN|NOSCRIPT)/;

/** Called once when a session is over by itself. */
export type Ended = (session: Session, error: Error) => void;

export type Listener = (message: Buffer) => void;

/**
 * Two connections to Redis, one for commands and one for channels, that begin and end together: whoever holds a session
 * knows that nothing was lost since it began.
 */
export class Session {
  readonly #redis: Redis;
  readonly #commands: Client;
  readonly #channels: Client;
  readonly #timeout: number;
  readonly #ended: Ended;
  #over = false;
  #failure: Error | null = null;

  /** Connects. @throws whatever the client throws, or Error after `timeout` milliseconds */
  static async open(redis: Redis, timeout: number, ended: Ended): Promise<Session> {
    const session = new Session(redis, timeout, ended);
    try {
      await session.#within(Promise.all([session.#commands.connect(), session.#channels.connect()]));
    } catch (error) {
      session.destroy();
      // What failed first says more than what that brought about.
      throw session.#failure ?? error;
    }
    return session;
  }

  private constructor(redis: Redis, timeout: number, ended: Ended) {
    this.#redis = redis;
    this.#commands = redis.createClient();
    this.#channels = redis.createClient();
    this.#timeout = timeout;
    this.#ended = ended;
    for (const client of [this.#commands, this.#channels]) {
      client.on("error", (error) => this.fail(error));
      client.on("end", () => this.fail(new Error("Redis closed the connection")));
    }
  }

  get over(): boolean {
    return this.#over;
  }

  /**
   * Asks Redis. What was asked before was done before.
   *
   * @throws Error an answer that is an error, or, when the session is over, that there was none
   */
  async command(...args: readonly Argument[]): Promise<Reply> {
    try {
      return await this.#commands.sendCommand<Reply>(args);
    } catch (error) {
      if (!this.#redis.isAnswer(error) || NOT_IN_SERVICE.test(error.message)) this.fail(error);
      throw error;
    }
  }

  async subscribe(channel: string, listener: Listener): Promise<void> {
    await this.#channels.subscribe(channel, listener, true);
  }

  unsubscribe(channel: string, listener: Listener): void {
    this.#channels.unsubscribe(channel, listener, true).catch((error: unknown) => this.fail(error));
  }

  /** Ends the session unless both connections answer in time. */
  async check(): Promise<void> {
    try {
      await this.#within(Promise.all([this.command("PING"), this.#channels.sendCommand(["PING"])]));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.destroy();
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#ended(this, this.#failure);
  }

  /** Ends the session and says nothing of it. */
  destroy(): void {
    this.#over = true;
    for (const client of [this.#commands, this.#channels]) {
      if (client.isOpen) client.destroy();
    }
  }

  async #within(answer: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = (): void => reject(new Error(`Redis did not answer within ${this.#timeout} ms`));
      // When this process was busy for long, the answer may be there and not be read yet: then it is before this.
      timer = setTimeout(() => void setImmediate(() => void setImmediate(giveUp)), this.#timeout);
    });
    try {
      await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
