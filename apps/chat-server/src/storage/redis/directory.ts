import type { DirectInfo, User } from "../../protocol/answers.ts";
import type { People, Person, RoomList } from "../store.ts";
import { list, type RedisClient } from "./client.ts";

const OPEN_ROOM = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 'known' end
if tonumber(ARGV[2]) > 0 and redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 'full' end
redis.call('SADD', KEYS[1], ARGV[1])
return 'new'
`;

const OPEN_DIRECT = `
local known = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
local limit = tonumber(ARGV[4])
if not known and (redis.call('HLEN', KEYS[1]) >= limit or redis.call('HLEN', KEYS[2]) >= limit) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return known and 'known' or 'new'
`;

/** Which rooms there are, in Redis. */
export class RedisRooms implements RoomList {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async has(room: string): Promise<boolean> {
    return (await this.#client.ask("SISMEMBER", this.#client.key("rooms"), room)) === 1;
  }

  async open(room: string, limit: number): Promise<"known" | "new" | "full"> {
    const reply = await this.#client.ask("EVAL", OPEN_ROOM, "1", this.#client.key("rooms"), room, `${limit}`);
    return reply === "new" || reply === "full" ? reply : "known";
  }

  async list(): Promise<string[]> {
    return list(await this.#client.ask("SMEMBERS", this.#client.key("rooms"))).toSorted();
  }

  async openDirect(
    room: string,
    [one, other]: readonly [User, User],
    limit: number,
  ): Promise<"known" | "new" | "full"> {
    const keys = [this.#directs(one.id), this.#directs(other.id)];
    const values = [room, JSON.stringify(other), JSON.stringify(one), `${limit}`];
    const reply = await this.#client.ask("EVAL", OPEN_DIRECT, "2", ...keys, ...values);
    return reply === "new" || reply === "full" ? reply : "known";
  }

  async directOf(user: string, room: string): Promise<DirectInfo | null> {
    const other = await this.#client.ask("HGET", this.#directs(user), room);
    return typeof other === "string" ? { room, with: JSON.parse(other) } : null;
  }

  async directsOf(user: string): Promise<DirectInfo[]> {
    const found = (await this.#client.hash(this.#directs(user))) ?? {};
    return Object.entries(found).map(([room, other]) => ({ room, with: JSON.parse(other) }));
  }

  #directs(user: string): string {
    return this.#client.key("directs", user);
  }
}

// A name leads to a person and to the time when it was last used; a person to their names.
const CLAIM = `
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner then
  local id, seen = string.match(owner, '^(%S+) (%d+)$')
  if id ~= ARGV[1] and tonumber(seen) >= tonumber(ARGV[6]) then return 'taken' end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[6])
if ARGV[4] == '' then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    local id = string.match(redis.call('HGET', KEYS[1], other) or '', '^%S+')
    if other ~= ARGV[2] and id == ARGV[1] then redis.call('HDEL', KEYS[1], other) end
  end
  redis.call('DEL', KEYS[3])
elseif not redis.call('ZSCORE', KEYS[3], ARGV[2]) and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[7]) then
  return 'too_many'
end
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[1] .. ' ' .. ARGV[5])
redis.call('HSET', KEYS[2], 'name', ARGV[3], 'folded', ARGV[2], 'keyHash', ARGV[4])
return 'claimed'
`;

/** Who has which name, in Redis. */
export class RedisPeople implements People {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async find(id: string): Promise<Person | null> {
    const found = await this.#client.hash(this.#client.key("person", id));
    return found === null ? null : { id, name: found["name"] ?? "", keyHash: found["keyHash"] ?? "" };
  }

  async findByName(folded: string): Promise<Person | null> {
    const owner = await this.#client.ask("HGET", this.#client.key("names"), folded);
    const [id = ""] = typeof owner === "string" ? owner.split(" ") : [];
    const current = await this.#client.ask("HGET", this.#client.key("person", id), "folded");
    return current === folded ? this.find(id) : null;
  }

  async claim(
    { id, name, keyHash }: Person,
    folded: string,
    unusedSince: number,
    limit: number,
  ): Promise<"claimed" | "taken" | "too_many"> {
    const keys = [
      this.#client.key("names"),
      this.#client.key("person", id),
      this.#client.key("names-of", id),
    ];
    const values = [id, folded, name, keyHash, `${Date.now()}`, `${unusedSince}`, `${limit}`];
    const reply = await this.#client.ask("EVAL", CLAIM, "3", ...keys, ...values);
    return reply === "claimed" || reply === "too_many" ? reply : "taken";
  }
}
