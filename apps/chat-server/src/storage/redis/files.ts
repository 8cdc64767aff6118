import type { Files, StoredFile } from "../store.ts";
import type { RedisClient } from "./client.ts";

const DAY_S = 24 * 3600;

/** Contents of files as strings of Redis, written piece by piece. Uploads that nobody goes on with are forgotten. */
export class RedisFiles implements Files {
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async write(upload: string, offset: number, octets: Uint8Array): Promise<void> {
    const key = this.#client.key("upload", upload);
    await this.#client.ask("SETRANGE", key, `${offset}`, Buffer.from(octets));
    await this.#client.ask("EXPIRE", key, `${DAY_S}`);
  }

  start(upload: string, length: number): Promise<Uint8Array> {
    return this.#client.octets("GETRANGE", this.#client.key("upload", upload), "0", `${length - 1}`);
  }

  async finish(upload: string, { file, room, user, name, size, media }: StoredFile): Promise<void> {
    const content = this.#client.key("content", file);
    await this.#client.ask("RENAME", this.#client.key("upload", upload), content);
    await this.#client.ask("PERSIST", content);
    const fields = ["room", room, "user", user, "name", name, "size", `${size}`, "media", media];
    await this.#client.ask("HSET", this.#client.key("file", file), ...fields);
  }

  async discard(upload: string): Promise<void> {
    await this.#client.ask("DEL", this.#client.key("upload", upload));
  }

  async find(file: string): Promise<StoredFile | null> {
    const found = await this.#client.hash(this.#client.key("file", file));
    if (found === null) return null;
    const { room = "", user = "", name = "", size = "0", media = "" } = found;
    return { file, room, user, name, size: Number(size), media };
  }

  read(file: string, offset: number, length: number): Promise<Uint8Array> {
    const end = `${offset + length - 1}`;
    return this.#client.octets("GETRANGE", this.#client.key("content", file), `${offset}`, end);
  }
}
