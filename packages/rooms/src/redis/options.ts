import type { RedisClientOptions } from "redis";

export interface RedisBackplaneOptions {
  /** Where Redis or Valkey is: `redis://` or `rediss://`, with user, password and number of the database. */
  readonly url?: string;
  /** More options for the client of the `redis` package: TLS, credentials. How it reconnects is decided here. */
  readonly client?: RedisClientOptions;
  /** The beginning of all keys and channels. Default: "plyws:". Channels know no databases. */
  readonly prefix?: string;
  /** How many messages of a room are kept at least. Default: 1000. */
  readonly maxMessages?: number;
  /** How long the messages of a room in which nothing happens are kept, in milliseconds. Default: seven days. */
  readonly keepFor?: number;
  /** How long `once` is remembered, in milliseconds. Default: one hour. */
  readonly onceFor?: number;
  /**
   * How often this process says that it lives, in milliseconds; one that has not done so three times is dead. Redis is
   * lost when it does not answer for as long. Default: 5000.
   */
  readonly heartbeatInterval?: number;
  /** How many commands may wait for Redis. Default: 10,000. */
  readonly maxWaiting?: number;
}

/** The options with nothing left out. */
export type Settings = Required<Omit<RedisBackplaneOptions, "url" | "client">>;

const HOUR = 60 * 60 * 1000;

/** @throws RangeError when a number is not good */
export function settingsOf(options: RedisBackplaneOptions): Settings {
  const {
    prefix = "plyws:",
    maxMessages = 1000,
    keepFor = 7 * 24 * HOUR,
    onceFor = HOUR,
    heartbeatInterval = 5000,
    maxWaiting = 10_000,
  } = options;
  const numbers = { maxMessages, keepFor, onceFor, heartbeatInterval, maxWaiting };
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`${name} is a whole number from 1, not ${value}`);
    }
  }
  return { prefix, ...numbers };
}
