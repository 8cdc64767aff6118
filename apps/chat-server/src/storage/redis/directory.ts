import type { DirectInfo, User } from "../../protocol/answers.ts";
import type { People, Person, RoomList } from "../store.ts";
import { list, type RedisClient } from "./client.ts";

const OPEN_ROOM = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 'known' end
if tonumber(ARGV[2]) > 0 and redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 'full' end
redis.call('SADD', KEYS[1], ARGV[1])
return 'new'
`;

/** Which rooms there are, in Redis. */
export class RedisRooms implements RoomList {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async open(room: string, limit: number): Promise<"known" | "new" | "full"> {
    const reply = await this.#client.ask("EVAL", OPEN_ROOM, "1", this.#client.key("rooms"), room, `${limit}`);
    return reply === "new" || reply === "full" ? reply : "known";
  }

  async list(): Promise<string[]> {
    return list(await this.#client.ask("SMEMBERS", this.#client.key("rooms"))).toSorted();
  }

  async openDirect(room: string, [one, other]: readonly [User, User]): Promise<void> {
    await Promise.all([
      this.#client.ask("HSET", this.#client.key("directs", one.id), room, JSON.stringify(other)),
      this.#client.ask("HSET", this.#client.key("directs", other.id), room, JSON.stringify(one)),
    ]);
  }

  async directsOf(user: string): Promise<DirectInfo[]> {
    const found = (await this.#client.hash(this.#client.key("directs", user))) ?? {};
    return Object.entries(found).map(([room, other]) => ({ room, with: JSON.parse(other) }));
  }
}

// A name leads to a person, and the person to the time when they were last here.
const CLAIM = `
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner and owner ~= ARGV[1] then
  local seen = redis.call('HGET', ARGV[7] .. owner, 'seen')
  if seen and tonumber(seen) >= tonumber(ARGV[6]) then return 0 end
end
local before = redis.call('HGET', KEYS[2], 'folded')
if before and before ~= ARGV[2] then redis.call('HDEL', KEYS[1], before) end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'name', ARGV[3], 'folded', ARGV[2], 'keyHash', ARGV[4], 'seen', ARGV[5])
return 1
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
    const id = await this.#client.ask("HGET", this.#client.key("names"), folded);
    return typeof id === "string" ? this.find(id) : null;
  }

  async claim({ id, name, keyHash }: Person, folded: string, unusedSince: number): Promise<boolean> {
    const person = this.#client.key("person", "");
    const names = this.#client.key("names");
    const reply = await this.#client.ask(
      "EVAL",
      CLAIM,
      "2",
      names,
      `${person}${id}`,
      id,
      folded,
      name,
      keyHash,
      `${Date.now()}`,
      `${unusedSince}`,
      person,
    );
    return reply === 1;
  }
}
