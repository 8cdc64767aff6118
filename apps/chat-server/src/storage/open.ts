import { StartError } from "@plyws/app-kit";
import type { Logger } from "pino";
import type { Options } from "../options.ts";
import { RedisStore } from "./redis/store.ts";
import type { Store } from "./store.ts";

/** Opens what the options ask for. @throws StartError that says what is wrong with it */
export async function openStore({ data, redis }: Options, log: Logger): Promise<Store> {
  return redis === null ? openSqlite(data) : openRedis(redis, log);
}

async function openRedis(url: string, log: Logger): Promise<Store> {
  const where = new URL(url).host;
  try {
    const store = await RedisStore.open(url, (error) => log.debug({ err: error }, "redis"));
    const durable = await store.isDurable().catch(() => true);
    if (!durable) {
      log.warn("This Redis forgets messages when it ends: start it with --appendonly yes");
    }
    return store;
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    throw new StartError(
      `Redis at ${where} is not reached: ${cause instanceof Error ? cause.message || message : message}`,
    );
  }
}

async function openSqlite(data: string): Promise<Store> {
  // Not every Node has it, and whoever uses Redis does not need it.
  const sqlite = await import("./sqlite/store.ts").catch((error: unknown) => {
    throw new StartError(
      `This Node (${process.version}) has no SQLite. Use Node 22.13 or later, or Redis by --redis, or npm start, which brings its own Node. (${String(error)})`,
    );
  });
  try {
    return new sqlite.SqliteStore(data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const locked = /locked|busy/i.test(reason);
    throw new StartError(
      locked
        ? `Another server is using the folder ${data}. Choose another with --data.`
        : `The folder ${data} cannot be used: ${reason}`,
    );
  }
}
