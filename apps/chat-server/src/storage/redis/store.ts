import { redisBackplane } from "@plyws/rooms/redis";
import { COLLECT_MS, type Info, StorageError, type Store } from "../store.ts";
import { list, RedisClient } from "./client.ts";
import { RedisPeople, RedisRooms } from "./directory.ts";
import { RedisFiles } from "./files.ts";
import { RedisLog } from "./log.ts";
import { RedisMarks } from "./marks.ts";

const DAY_MS = 24 * 3600 * 1000;
/** Rooms keep this many messages; when nobody says anything for ten years they are forgotten. */
const MAX_MESSAGES = 1_000_000;
const KEEP_MS = 3650 * DAY_MS;
/** A request that comes again after a longer time is a new one. */
const ONCE_MS = 7 * DAY_MS;
const PREFIX = "plyws-chat:";

/** Everything in Redis or Valkey, for any number of processes. */
export class RedisStore implements Store {
  readonly backplane: RedisLog;
  readonly messages: RedisLog;
  readonly rooms: RedisRooms;
  readonly people: RedisPeople;
  readonly files: RedisFiles;
  readonly marks: RedisMarks;
  readonly #client: RedisClient;
  // Each process looks: whoever comes first removes.
  readonly #collect = setInterval(() => void this.files.collect().catch(() => {}), COLLECT_MS).unref();

  private constructor(log: RedisLog, client: RedisClient) {
    this.backplane = log;
    this.messages = log;
    this.rooms = new RedisRooms(client);
    this.people = new RedisPeople(client);
    this.files = new RedisFiles(client);
    this.marks = new RedisMarks(client);
    this.#client = client;
  }

  /** @throws Error when Redis is not reached */
  static async open(url: string, failed: (error: Error) => void): Promise<RedisStore> {
    const client = new RedisClient(url, PREFIX, failed);
    const backplane = await redisBackplane<Info>({
      url,
      prefix: `${PREFIX}room:`,
      maxMessages: MAX_MESSAGES,
      keepFor: KEEP_MS,
      onceFor: ONCE_MS,
      heartbeatInterval: 2000,
    });
    try {
      await client.connect();
    } catch (error) {
      await backplane.close();
      throw error;
    }
    return new RedisStore(new RedisLog(backplane, client), client);
  }

  /** Whether what Redis acknowledges survives its restart. */
  async isDurable(): Promise<boolean> {
    return list(await this.#client.ask("CONFIG", "GET", "appendonly")).includes("yes");
  }

  async check(): Promise<void> {
    await this.#client.ask("PING");
    if (this.backplane.state !== "ready") throw new StorageError("The rooms have lost Redis");
  }

  close(): Promise<void> {
    clearInterval(this.#collect);
    return this.#client.close();
  }
}
