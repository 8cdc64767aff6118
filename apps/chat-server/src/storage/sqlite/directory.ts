import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { DirectInfo, User } from "../../protocol/answers.ts";
import type { People, Person, RoomList } from "../store.ts";
import type { Batch } from "./batch.ts";

/** Which rooms there are, in SQLite. */
export class SqliteRooms implements RoomList {
  readonly #batch: Batch;
  readonly #statements;

  constructor(database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    this.#statements = {
      find: database.prepare("SELECT 1 FROM rooms WHERE name = ?"),
      count: database.prepare("SELECT count(*) AS count FROM rooms WHERE direct = 0"),
      add: database.prepare("INSERT INTO rooms (name, direct) VALUES (?, ?) ON CONFLICT DO NOTHING"),
      list: database.prepare("SELECT name FROM rooms WHERE direct = 0 ORDER BY name"),
      addDirect: database.prepare(
        "INSERT INTO directs (user, room, other, other_name) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET other_name = excluded.other_name",
      ),
      directs: database.prepare(
        `SELECT directs.room, directs.other, coalesce(people.name, directs.other_name) AS name
         FROM directs LEFT JOIN people ON people.id = directs.other
         WHERE directs.user = ? ORDER BY name`,
      ),
    };
  }

  async open(room: string, limit: number): Promise<"known" | "new" | "full"> {
    const { find, count, add } = this.#statements;
    if (find.get(room) !== undefined) return "known";
    return this.#batch.write(() => {
      if (find.get(room) !== undefined) return "known";
      if (limit > 0 && Number(count.get()?.["count"]) >= limit) return "full";
      add.run(room, 0);
      return "new";
    });
  }

  async list(): Promise<string[]> {
    return this.#statements.list.all().map((row) => String(row["name"]));
  }

  openDirect(room: string, [one, other]: readonly [User, User]): Promise<void> {
    const { add, addDirect } = this.#statements;
    return this.#batch.write(() => {
      add.run(room, 1);
      addDirect.run(one.id, room, other.id, other.name);
      addDirect.run(other.id, room, one.id, one.name);
    });
  }

  async directsOf(user: string): Promise<DirectInfo[]> {
    return this.#statements.directs.all(user).map((row) => ({
      room: String(row["room"]),
      with: { id: String(row["other"]), name: String(row["name"]) },
    }));
  }
}

/** Who has which name, in SQLite. */
export class SqlitePeople implements People {
  readonly #batch: Batch;
  readonly #statements;

  constructor(database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    this.#statements = {
      find: database.prepare("SELECT * FROM people WHERE id = ?"),
      findByName: database.prepare("SELECT * FROM people WHERE folded = ?"),
      free: database.prepare("UPDATE people SET folded = NULL WHERE folded = ? AND id <> ? AND seen < ?"),
      put: database.prepare(
        `INSERT INTO people (id, name, folded, key_hash, seen) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, seen = excluded.seen`,
      ),
    };
  }

  async find(id: string): Promise<Person | null> {
    return toPerson(this.#statements.find.get(id));
  }

  async findByName(folded: string): Promise<Person | null> {
    return toPerson(this.#statements.findByName.get(folded));
  }

  claim({ id, name, keyHash }: Person, folded: string, unusedSince: number): Promise<boolean> {
    const { findByName, free, put } = this.#statements;
    return this.#batch.write(() => {
      free.run(folded, id, unusedSince);
      const owner = findByName.get(folded);
      if (owner !== undefined && owner["id"] !== id) return false;
      put.run(id, name, folded, keyHash, Date.now());
      return true;
    });
  }
}

function toPerson(row: Record<string, SQLOutputValue> | undefined): Person | null {
  if (row === undefined) return null;
  return { id: String(row["id"]), name: String(row["name"]), keyHash: String(row["key_hash"]) };
}
