import type { DatabaseSync } from "node:sqlite";
import { StorageError } from "../store.ts";

interface Waiting {
  /** Writes, and returns what is to be called after the commit. */
  readonly run: () => () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Writes of one turn of the event loop are one transaction: whoever waits is told after the commit. A commit waits for
 * the disk, and costs the same for one write as for many.
 */
export class Batch {
  readonly #database: DatabaseSync;
  #waiting: Waiting[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs a function inside of the next transaction. It must not throw for anything but a fault of the database. */
  write<Value>(run: () => Value): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      const write = () => {
        const value = run();
        return () => resolve(value);
      };
      this.#waiting.push({ run: write, reject });
    });
  }

  /** Commits at once what waits for the end of the turn. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const committed: (() => void)[] = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const { run } of waiting) committed.push(run());
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#undo();
      const cause = new StorageError("The database failed", { cause: error });
      for (const { reject } of waiting) reject(cause);
      return;
    }
    for (const tell of committed) tell();
  }

  #undo(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // A database that cannot even do this has said why already.
    }
  }
}
