import { createClient, RESP_TYPES } from "redis";
import { StorageError } from "../store.ts";

/** How long Redis may leave a question unanswered, in milliseconds, before it counts as lost; and how often it is asked. */
const TIMEOUT_MS = 3000;
const PING_MS = 1000;
const MAX_DELAY_MS = 2000;

type Argument = string | Buffer;

/** Commands for Redis, that fail at once while it is away: whoever asks is to be told, and not to wait. */
export class RedisClient {
  readonly #client;
  readonly #prefix: string;
  readonly #failed: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string, prefix: string, failed: (error: Error) => void) {
    this.#prefix = prefix;
    this.#client = createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
        reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, MAX_DELAY_MS),
      },
    });
    this.#client.on("error", failed);
    this.#failed = failed;
  }

  /** @throws Error when it is not reached now */
  async connect(): Promise<void> {
    await this.#client.connect();
    this.#watch();
  }

  key(...parts: readonly string[]): string {
    return `${this.#prefix}${parts.join(":")}`;
  }

  /** @throws StorageError */
  async ask(...command: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#client.sendCommand([...command]);
    } catch (error) {
      throw new StorageError(`Redis failed at ${String(command[0])}`, { cause: error });
    }
  }

  /** As {@link ask}, for octets. @throws StorageError */
  async octets(...command: readonly Argument[]): Promise<Buffer> {
    try {
      const client = this.#client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      const reply: unknown = await client.sendCommand([...command]);
      return Buffer.isBuffer(reply) ? reply : Buffer.alloc(0);
    } catch (error) {
      throw new StorageError(`Redis failed at ${String(command[0])}`, { cause: error });
    }
  }

  /** A hash as an object without a prototype; null when there is none. */
  async hash(key: string): Promise<Record<string, string> | null> {
    const reply = await this.ask("HGETALL", key);
    const pairs = list(reply);
    if (pairs.length === 0) return null;
    const found: Record<string, string> = Object.create(null);
    for (let index = 0; index + 1 < pairs.length; index += 2)
      found[pairs[index] ?? ""] = pairs[index + 1] ?? "";
    return found;
  }

  /** Not before all that was asked is answered, unless Redis is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (!this.#client.isOpen) return;
    const late = setTimeout(() => this.#client.destroy(), this.#client.isReady ? TIMEOUT_MS : 0);
    await this.#client.close().catch(() => {});
    clearTimeout(late);
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** A Redis that is there and does not answer is as good as none: whoever waits for it is told. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      if (!this.#client.isReady) return this.#watch();
      this.#timer = setTimeout(() => this.#renew(), TIMEOUT_MS).unref();
      const again = () => this.#watch();
      this.#client.ping().then(again, again);
    }, PING_MS).unref();
  }

  #renew(): void {
    this.#client.destroy();
    this.#client.connect().catch(this.#failed);
  }
}

/** A reply that is a list of texts, of pairs one after the other where it is a map. */
export function list(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.map(String);
  if (reply instanceof Set) return [...reply].map(String);
  if (reply instanceof Map) return [...reply].flat().map(String);
  return typeof reply === "object" && reply !== null ? Object.entries(reply).flat().map(String) : [];
}
