import { createClient, RESP_TYPES } from "redis";
import { StorageError } from "../store.ts";

/** How long one command may take, in milliseconds, before it counts as failed. */
const TIMEOUT_MS = 5000;
const MAX_DELAY_MS = 2000;

type Argument = string | Buffer;

/** Commands for Redis, that fail at once while it is away: whoever asks is to be told, and not to wait. */
export class RedisClient {
  readonly #client;
  readonly #prefix: string;

  constructor(url: string, prefix: string, failed: (error: Error) => void) {
    this.#prefix = prefix;
    this.#client = createClient({
      url,
      disableOfflineQueue: true,
      commandOptions: { timeout: TIMEOUT_MS },
      socket: {
        connectTimeout: TIMEOUT_MS,
        reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, MAX_DELAY_MS),
      },
    });
    this.#client.on("error", failed);
  }

  /** @throws Error when it is not reached now */
  async connect(): Promise<void> {
    await this.#client.connect();
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

  /** Not before all that was asked is answered. */
  async close(): Promise<void> {
    if (this.#client.isOpen) await this.#client.close().catch(() => this.#client.destroy());
  }
}

/** A reply that is a list of texts, of pairs one after the other where it is a map. */
export function list(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.map(String);
  if (reply instanceof Set) return [...reply].map(String);
  if (reply instanceof Map) return [...reply].flat().map(String);
  return typeof reply === "object" && reply !== null ? Object.entries(reply).flat().map(String) : [];
}
