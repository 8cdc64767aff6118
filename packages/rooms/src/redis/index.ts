import { BackplaneError } from "../backplane.ts";
import { RedisBackplane } from "./backplane.ts";
import { loadRedis } from "./load.ts";
import { type RedisBackplaneOptions, settingsOf } from "./options.ts";

export type { RedisBackplane } from "./backplane.ts";
export type { RedisBackplaneOptions } from "./options.ts";

/**
 * Joins the rooms of several processes over one Redis or Valkey, by the `redis` package, which has to be installed.
 * Resolves when Redis is reached. When it is lost later, it is tried again until the rooms are closed.
 *
 * @throws BackplaneError "unavailable" when Redis is not reached now
 * @throws RangeError when a number is not good
 *
 * @example
 * ```ts
 * const rooms = new Rooms({ backplane: await redisBackplane({ url: "redis://127.0.0.1:6379" }) });
 * ```
 */
export async function redisBackplane<Info = unknown>(
  options: RedisBackplaneOptions = {},
): Promise<RedisBackplane<Info>> {
  const settings = settingsOf(options);
  const backplane = new RedisBackplane<Info>(await loadRedis(options), settings);
  try {
    await backplane.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new BackplaneError("unavailable", `Redis is not reached: ${reason}`, { cause });
  }
  return backplane;
}
