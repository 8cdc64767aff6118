import type { DatabaseSync } from "node:sqlite";
import type { Marks } from "../store.ts";
import type { Batch } from "./batch.ts";

/** How far people have read, in SQLite. */
export class SqliteMarks implements Marks {
  readonly #batch: Batch;
  readonly #statements;

  constructor(database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    this.#statements = {
      find: database.prepare("SELECT seq FROM marks WHERE room = ? AND user = ?"),
      put: database.prepare(
        `INSERT INTO marks (room, user, seq) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
      ),
    };
  }

  save(marks: ReadonlyMap<string, ReadonlyMap<string, string>>): Promise<void> {
    return this.#batch.write(() => {
      for (const [room, seqs] of marks)
        for (const [user, seq] of seqs) this.#statements.put.run(room, user, seq);
    });
  }

  async of(room: string, users: readonly string[]): Promise<string[]> {
    return users.map((user) => String(this.#statements.find.get(room, user)?.["seq"] ?? ""));
  }
}
