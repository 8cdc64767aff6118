import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type Files, StorageError, type StoredFile, UNSENT_MS } from "../store.ts";
import type { Batch } from "./batch.ts";

/** Contents of files in two folders: what is being uploaded, and what is whole. Their names are ids that we have made or checked. */
export class DiskFiles implements Files {
  readonly #batch: Batch;
  readonly #statements;
  readonly #partial: string;
  readonly #whole: string;
  #size: number;

  constructor(folder: string, database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    this.#partial = join(folder, "uploads");
    this.#whole = join(folder, "files");
    for (const part of [this.#partial, this.#whole]) mkdirSync(part, { recursive: true, mode: 0o700 });
    this.#statements = {
      add: database.prepare(
        "INSERT INTO files (file, room, user, name, size, media, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ),
      find: database.prepare("SELECT * FROM files WHERE file = ?"),
      attach: database.prepare("UPDATE files SET message = ? WHERE file = ? AND message IS NULL"),
      remove: database.prepare("DELETE FROM files WHERE file = ?"),
      unsent: database.prepare("SELECT * FROM files WHERE message IS NULL AND at < ?"),
    };
    this.#size = Number(database.prepare("SELECT total(size) AS size FROM files").get()?.["size"]);
    this.#tidy();
  }

  async write(upload: string, offset: number, octets: Uint8Array): Promise<void> {
    // The first piece starts anew, whatever an earlier attempt has left.
    await withFile(join(this.#partial, upload), offset === 0 ? "w" : "r+", async (handle) => {
      await handle.write(octets, 0, octets.length, offset);
    });
  }

  start(upload: string, length: number): Promise<Uint8Array> {
    return readFrom(join(this.#partial, upload), 0, length);
  }

  async finish(upload: string, { file, room, user, name, size, media }: StoredFile): Promise<void> {
    await withFile(join(this.#partial, upload), "r+", async (handle) => {
      await handle.truncate(size);
      await handle.sync();
      await rename(join(this.#partial, upload), join(this.#whole, file));
    });
    await this.#batch.write(() => {
      this.#statements.add.run(file, room, user, name, size, media, Date.now());
    });
    this.#size += size;
  }

  async discard(upload: string): Promise<void> {
    await rm(join(this.#partial, upload), { force: true });
  }

  async size(): Promise<number> {
    return this.#size;
  }

  attach(file: string, message: string): Promise<boolean> {
    return this.#batch.write(() => {
      this.#statements.attach.run(message, file);
      return this.#statements.find.get(file)?.["message"] === message;
    });
  }

  async remove(file: string): Promise<void> {
    await this.#remove(file, () => true);
  }

  /** Removes files that nobody has sent for a day. */
  async collect(now = Date.now()): Promise<void> {
    for (const row of this.#statements.unsent.all(now - UNSENT_MS)) {
      await this.#remove(String(row["file"]), ({ message }) => message === null);
    }
  }

  async find(file: string): Promise<StoredFile | null> {
    const row = this.#statements.find.get(file);
    if (row === undefined) return null;
    return {
      file,
      room: String(row["room"]),
      user: String(row["user"]),
      name: String(row["name"]),
      size: Number(row["size"]),
      media: String(row["media"]),
    };
  }

  read(file: string, offset: number, length: number): Promise<Uint8Array> {
    return readFrom(join(this.#whole, file), offset, length);
  }

  async #remove(file: string, isSo: (row: Record<string, SQLOutputValue>) => boolean): Promise<void> {
    const size = await this.#batch.write(() => {
      const row = this.#statements.find.get(file);
      if (row === undefined || !isSo(row)) return null;
      this.#statements.remove.run(file);
      return Number(row["size"]);
    });
    if (size === null) return;
    this.#size -= size;
    await rm(join(this.#whole, file), { force: true });
  }

  /** An earlier process may have been cut short: nobody goes on with its uploads, and nobody knows of its last file. */
  #tidy(): void {
    for (const name of readdirSync(this.#partial)) rmSync(join(this.#partial, name), { force: true });
    for (const name of readdirSync(this.#whole)) {
      if (this.#statements.find.get(name) === undefined) rmSync(join(this.#whole, name), { force: true });
    }
  }
}

/** @throws StorageError */
async function withFile<Value>(
  path: string,
  flags: string,
  work: (handle: FileHandle) => Promise<Value>,
): Promise<Value> {
  try {
    const handle = await open(path, flags, 0o600);
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new StorageError("The disk failed", { cause: error });
  }
}

function readFrom(path: string, offset: number, length: number): Promise<Uint8Array> {
  return withFile(path, "r", async (handle) => {
    const octets = new Uint8Array(length);
    const { bytesRead } = await handle.read(octets, 0, length, offset);
    return octets.subarray(0, bytesRead);
  });
}
