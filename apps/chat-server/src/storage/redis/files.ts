import { type Files, type StoredFile, UNSENT_MS } from "../store.ts";
import type { RedisClient } from "./client.ts";

const UNFINISHED_S = 3600;

// How many octets there are stands in a key of its own; files that are no part of a message in a set, by their time.
const FINISH = `
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[3], unpack(ARGV, 4))
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
redis.call('INCRBY', KEYS[5], ARGV[3])
`;
const ATTACH = `
local known = redis.call('HGET', KEYS[1], 'message')
if known then return known == ARGV[2] and 1 or 0 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'message', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`;
const REMOVE = `
local size = redis.call('HGET', KEYS[1], 'size')
if not size then return 0 end
if ARGV[2] ~= '' then
  local since = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if not since or tonumber(since) > tonumber(ARGV[2]) then return 0 end
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DECRBY', KEYS[4], size)
return 1
`;

/** Contents of files as strings of Redis, written piece by piece. Uploads that nobody goes on with are forgotten. */
export class RedisFiles implements Files {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async write(upload: string, offset: number, octets: Uint8Array): Promise<void> {
    const key = this.#client.key("upload", upload);
    await this.#client.ask("SETRANGE", key, `${offset}`, Buffer.from(octets));
    await this.#client.ask("EXPIRE", key, `${UNFINISHED_S}`);
  }

  start(upload: string, length: number): Promise<Uint8Array> {
    return this.#client.octets("GETRANGE", this.#client.key("upload", upload), "0", `${length - 1}`);
  }

  async finish(upload: string, { file, room, user, name, size, media }: StoredFile): Promise<void> {
    const keys = [this.#client.key("upload", upload), this.#content(file), this.#about(file)];
    const fields = ["room", room, "user", user, "name", name, "size", `${size}`, "media", media];
    const values = [file, `${Date.now()}`, `${size}`, ...fields];
    await this.#client.ask("EVAL", FINISH, "5", ...keys, this.#unsent, this.#size, ...values);
  }

  async discard(upload: string): Promise<void> {
    await this.#client.ask("DEL", this.#client.key("upload", upload));
  }

  async size(): Promise<number> {
    return Number((await this.#client.ask("GET", this.#size)) ?? 0);
  }

  async attach(file: string, message: string): Promise<boolean> {
    const reply = await this.#client.ask("EVAL", ATTACH, "2", this.#about(file), this.#unsent, file, message);
    return reply === 1;
  }

  async remove(file: string): Promise<void> {
    await this.#remove(file, "");
  }

  /** Removes files that nobody has sent for a day. */
  async collect(now = Date.now()): Promise<void> {
    const until = `${now - UNSENT_MS}`;
    const found = await this.#client.ask("ZRANGE", this.#unsent, "-inf", until, "BYSCORE");
    for (const file of Array.isArray(found) ? found : []) await this.#remove(String(file), until);
  }

  async find(file: string): Promise<StoredFile | null> {
    const found = await this.#client.hash(this.#about(file));
    if (found === null) return null;
    const { room = "", user = "", name = "", size = "0", media = "" } = found;
    return { file, room, user, name, size: Number(size), media };
  }

  read(file: string, offset: number, length: number): Promise<Uint8Array> {
    const end = `${offset + length - 1}`;
    return this.#client.octets("GETRANGE", this.#content(file), `${offset}`, end);
  }

  /** @param until only when nobody has sent it since then, in milliseconds since 1970; "": in any case */
  async #remove(file: string, until: string): Promise<void> {
    const keys = [this.#about(file), this.#content(file), this.#unsent, this.#size];
    await this.#client.ask("EVAL", REMOVE, "4", ...keys, file, until);
  }

  #content(file: string): string {
    return this.#client.key("content", file);
  }

  #about(file: string): string {
    return this.#client.key("file", file);
  }

  get #unsent(): string {
    return this.#client.key("unsent");
  }

  get #size(): string {
    return this.#client.key("octets");
  }
}
