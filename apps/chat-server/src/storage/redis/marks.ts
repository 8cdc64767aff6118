import type { Marks } from "../store.ts";
import type { RedisClient } from "./client.ts";

const SAVE = `
for index = 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[index])
  if not known or known < ARGV[index + 1] then redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
end
`;

/** How far people have read, in Redis: a hash for each room. */
export class RedisMarks implements Marks {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async save(marks: ReadonlyMap<string, ReadonlyMap<string, string>>): Promise<void> {
    for (const [room, seqs] of marks) {
      await this.#client.ask("EVAL", SAVE, "1", this.#client.key("marks", room), ...[...seqs].flat());
    }
  }

  async of(room: string, users: readonly string[]): Promise<string[]> {
    if (users.length === 0) return [];
    const found = await this.#client.ask("HMGET", this.#client.key("marks", room), ...users);
    return Array.isArray(found) ? found.map((seq) => (typeof seq === "string" ? seq : "")) : [];
  }
}
