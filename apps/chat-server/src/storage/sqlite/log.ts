import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import {
  type Appended,
  formatId,
  type History,
  type HistoryRange,
  parseId,
  type RoomLog,
} from "@plyws/rooms";
import type { Message } from "../../protocol/answers.ts";
import { type Change, changed, toMessage } from "../change.ts";
import type { Entry, Messages } from "../store.ts";
import type { Batch } from "./batch.ts";

type Row = Record<string, SQLOutputValue>;

/** Greater than every place. */
const LAST = "g";

/** The order of the rooms, and what their messages say now, in SQLite. */
export class SqliteLog implements RoomLog, Messages {
  /** What is said in one turn is one transaction, also within a room. */
  readonly keepsOrder = true;
  readonly #batch: Batch;
  readonly #statements;

  constructor(database: DatabaseSync, batch: Batch) {
    this.#batch = batch;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      sent: prepare("SELECT seq FROM events WHERE room = ? AND once = ?"),
      last: prepare("SELECT max(seq) AS seq FROM events WHERE room = ?"),
      insert: prepare("INSERT INTO events (room, seq, type, target, once, data) VALUES (?, ?, ?, ?, ?, ?)"),
      after: prepare("SELECT seq, data FROM events WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?"),
      before: prepare("SELECT seq, data FROM events WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?"),
      messages: prepare(
        "SELECT seq, data FROM events INDEXED BY said WHERE room = ? AND seq < ? AND type = 'message' ORDER BY seq DESC LIMIT ?",
      ),
      find: prepare("SELECT seq, data FROM events WHERE room = ? AND seq = ? AND type = 'message'"),
      change: prepare("UPDATE events SET data = ? WHERE room = ? AND seq = ?"),
      forget: prepare(
        "UPDATE events SET data = json_set(data, '$.text', '') WHERE room = ? AND target = ? AND type = 'edited'",
      ),
    };
  }

  append(room: string, data: string | Uint8Array, once: string | null): Promise<Appended> {
    const text = String(data);
    const entry: Entry = JSON.parse(text);
    return this.#batch.write(() => {
      const { sent, insert } = this.#statements;
      const known = once === null ? undefined : sent.get(room, once)?.["seq"];
      if (known !== undefined) return { id: String(known), repeated: true };
      const id = this.#next(room);
      insert.run(room, id, entry.type, "of" in entry ? entry.of : null, once, text);
      return { id, repeated: false };
    });
  }

  read(room: string, { after, before = LAST, limit = 100 }: HistoryRange): History {
    const statements = this.#statements;
    // One more than is asked for tells whether there is more.
    const rows =
      after === undefined
        ? statements.before.all(room, before, limit + 1)
        : statements.after.all(room, after, limit + 1);
    const messages = rows
      .slice(0, limit)
      .map((row) => ({ room, id: String(row["seq"]), data: String(row["data"]) }));
    if (after === undefined) messages.reverse();
    return { messages, more: rows.length > limit, gap: false };
  }

  async before(room: string, before: string | null, limit: number): Promise<Message[]> {
    return this.#statements.messages
      .all(room, before ?? LAST, limit)
      .map(messageOf)
      .toReversed();
  }

  async find(room: string, seq: string): Promise<Message | null> {
    const row = this.#statements.find.get(room, seq);
    return row === undefined ? null : messageOf(row);
  }

  change(room: string, seq: string, change: Change): Promise<boolean> {
    const { find, change: write, forget } = this.#statements;
    return this.#batch.write(() => {
      const row = find.get(room, seq);
      if (row === undefined) return false;
      if (messageOf(row).deleted === true) return change === "deleted";
      write.run(changed(String(row["data"]), change), room, seq);
      // Their places stay: a client may go on from one, and the next place is greater than all.
      if (change === "deleted") forget.run(room, seq);
      return true;
    });
  }

  /** Later places are greater, whatever the clock does. */
  #next(room: string): string {
    const last = parseId(String(this.#statements.last.get(room)?.["seq"] ?? ""));
    const time = Date.now();
    if (last === null || time > last.time) return formatId({ time, count: 0 });
    return formatId({ time: last.time, count: last.count + 1 });
  }
}

function messageOf(row: Row): Message {
  return toMessage(String(row["seq"]), String(row["data"]));
}
