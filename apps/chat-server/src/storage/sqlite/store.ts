import type { DatabaseSync } from "node:sqlite";
import { LocalBackplane } from "@plyws/rooms";
import { COLLECT_MS, type Info, type Store } from "../store.ts";
import { Batch } from "./batch.ts";
import { openDatabase } from "./database.ts";
import { SqlitePeople, SqliteRooms } from "./directory.ts";
import { DiskFiles } from "./files.ts";
import { SqliteLog } from "./log.ts";
import { SqliteMarks } from "./marks.ts";

/** Everything in one folder: a database, and the contents of files. For one process. */
export class SqliteStore implements Store {
  readonly backplane: LocalBackplane<Info>;
  readonly messages: SqliteLog;
  readonly rooms: SqliteRooms;
  readonly people: SqlitePeople;
  readonly files: DiskFiles;
  readonly marks: SqliteMarks;
  readonly #database: DatabaseSync;
  readonly #batch: Batch;
  readonly #collect: NodeJS.Timeout;

  /** @throws Error when the folder cannot be used */
  constructor(folder: string) {
    this.#database = openDatabase(folder);
    this.#batch = new Batch(this.#database);
    this.messages = new SqliteLog(this.#database, this.#batch);
    this.backplane = new LocalBackplane<Info>({ log: this.messages });
    this.rooms = new SqliteRooms(this.#database, this.#batch);
    this.people = new SqlitePeople(this.#database, this.#batch);
    this.files = new DiskFiles(folder, this.#database, this.#batch);
    this.marks = new SqliteMarks(this.#database, this.#batch);
    const collect = () => void this.files.collect().catch(() => {});
    this.#collect = setInterval(collect, COLLECT_MS).unref();
    collect();
  }

  async check(): Promise<void> {
    this.#database.prepare("SELECT 1").get();
  }

  async close(): Promise<void> {
    clearInterval(this.#collect);
    this.#batch.flush();
    this.#database.close();
  }
}
