import { mkdirSync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Files, StoredFile } from "../store.ts";
import type { Batch } from "./batch.ts";

const STALE_MS = 24 * 3600 * 1000;

/** Contents of files in two folders: what is being uploaded, and what is whole. Their names are ids that we have made or checked. */
export class DiskFiles implements Files {
  readonly #batch: Batch;
  readonly #statements;
  readonly #partial: string;
  readonly #whole: string;

  constructor(folder: string, database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    this.#partial = join(folder, "uploads");
    this.#whole = join(folder, "files");
    for (const part of [this.#partial, this.#whole]) mkdirSync(part, { recursive: true, mode: 0o700 });
    this.#statements = {
      add: database.prepare(
        "INSERT INTO files (file, room, user, name, size, media) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ),
      find: database.prepare("SELECT * FROM files WHERE file = ?"),
    };
  }

  async write(upload: string, offset: number, octets: Uint8Array): Promise<void> {
    // The first piece starts anew, whatever an earlier attempt has left.
    const handle = await open(join(this.#partial, upload), offset === 0 ? "w" : "r+", 0o600);
    try {
      await handle.write(octets, 0, octets.length, offset);
    } finally {
      await handle.close();
    }
  }

  start(upload: string, length: number): Promise<Uint8Array> {
    return readFrom(join(this.#partial, upload), 0, length);
  }

  async finish(upload: string, { file, room, user, name, size, media }: StoredFile): Promise<void> {
    const handle = await open(join(this.#partial, upload), "r+");
    try {
      await handle.truncate(size);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(join(this.#partial, upload), join(this.#whole, file));
    await this.#batch.write(() => this.#statements.add.run(file, room, user, name, size, media));
  }

  async discard(upload: string): Promise<void> {
    await rm(join(this.#partial, upload), { force: true });
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

  /** Removes uploads that nobody has gone on with for a day. */
  async sweep(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.#partial)) {
      const file = join(this.#partial, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > STALE_MS) await rm(file, { force: true });
    }
  }
}

async function readFrom(path: string, offset: number, length: number): Promise<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, "r");
    const octets = new Uint8Array(length);
    const { bytesRead } = await handle.read(octets, 0, length, offset);
    return octets.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}
