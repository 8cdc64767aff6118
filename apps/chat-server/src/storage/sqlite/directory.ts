import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { DirectInfo, User } from "../../protocol/answers.ts";
import type { People, Person, RoomList } from "../store.ts";
import type { Batch } from "./batch.ts";

const DIRECTS = `
SELECT directs.room, directs.other, coalesce(people.name, directs.other_name) AS name
FROM directs LEFT JOIN people ON people.id = directs.other
WHERE directs.user = ?`;

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
      countDirects: database.prepare("SELECT count(*) AS count FROM directs WHERE user = ?"),
      directs: database.prepare(`${DIRECTS} ORDER BY name`),
      direct: database.prepare(`${DIRECTS} AND directs.room = ?`),
    };
  }

  async has(room: string): Promise<boolean> {
    return this.#statements.find.get(room) !== undefined;
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

  openDirect(
    room: string,
    [one, other]: readonly [User, User],
    limit: number,
  ): Promise<"known" | "new" | "full"> {
    const { find, add, addDirect, countDirects } = this.#statements;
    return this.#batch.write(() => {
      const known = find.get(room) !== undefined;
      const full = [one, other].some(({ id }) => Number(countDirects.get(id)?.["count"]) >= limit);
      if (!known && full) return "full";
      add.run(room, 1);
      addDirect.run(one.id, room, other.id, other.name);
      addDirect.run(other.id, room, one.id, one.name);
      return known ? "known" : "new";
    });
  }

  async directOf(user: string, room: string): Promise<DirectInfo | null> {
    const row = this.#statements.direct.get(user, room);
    return row === undefined ? null : toDirect(row);
  }

  async directsOf(user: string): Promise<DirectInfo[]> {
    return this.#statements.directs.all(user).map(toDirect);
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
      free: database.prepare("UPDATE people SET folded = NULL WHERE folded = ? AND id <> ?"),
      put: database.prepare(
        `INSERT INTO people (id, name, folded, key_hash, seen) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, seen = excluded.seen`,
      ),
      owner: database.prepare("SELECT person FROM names WHERE folded = ? AND seen >= ?"),
      others: database.prepare(
        "SELECT count(*) AS count FROM names WHERE person = ? AND folded <> ? AND seen >= ?",
      ),
      take: database.prepare(
        `INSERT INTO names (folded, person, seen) VALUES (?, ?, ?)
         ON CONFLICT (folded) DO UPDATE SET person = excluded.person, seen = excluded.seen`,
      ),
      forgetUnused: database.prepare("DELETE FROM names WHERE person = ? AND seen < ?"),
    };
  }

  async find(id: string): Promise<Person | null> {
    return toPerson(this.#statements.find.get(id));
  }

  async findByName(folded: string): Promise<Person | null> {
    return toPerson(this.#statements.findByName.get(folded));
  }

  claim(
    { id, name, keyHash }: Person,
    folded: string,
    unusedSince: number,
    limit: number,
  ): Promise<"claimed" | "taken" | "too_many"> {
    const { owner, others, take, forgetUnused, free, put } = this.#statements;
    return this.#batch.write(() => {
      const now = Date.now();
      const has = owner.get(folded, unusedSince)?.["person"];
      if (has !== undefined && has !== id) return "taken";
      const guest = keyHash !== "";
      if (guest && Number(others.get(id, folded, unusedSince)?.["count"]) >= limit) return "too_many";
      free.run(folded, id);
      take.run(folded, id, now);
      forgetUnused.run(id, guest ? unusedSince : now);
      put.run(id, name, folded, keyHash, now);
      return "claimed";
    });
  }
}

function toDirect(row: Record<string, SQLOutputValue>): DirectInfo {
  return { room: String(row["room"]), with: { id: String(row["other"]), name: String(row["name"]) } };
}

function toPerson(row: Record<string, SQLOutputValue> | undefined): Person | null {
  if (row === undefined) return null;
  return { id: String(row["id"]), name: String(row["name"]), keyHash: String(row["key_hash"]) };
}
