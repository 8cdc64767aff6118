import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

// One table for the order of all rooms. The row of a message holds what it says now, so that what was deleted is gone.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS rooms (
  name TEXT PRIMARY KEY,
  direct INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS events (
  room TEXT NOT NULL,
  seq TEXT NOT NULL,
  type TEXT NOT NULL,
  target TEXT,
  once TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (room, seq)
) WITHOUT ROWID;

CREATE UNIQUE INDEX IF NOT EXISTS once ON events (room, once);
CREATE INDEX IF NOT EXISTS changes ON events (room, target) WHERE target IS NOT NULL;

-- Somebody may have edited a message ten thousand times: a page of messages does not read all of that.
CREATE INDEX IF NOT EXISTS said ON events (room, seq) WHERE type = 'message';

CREATE TABLE IF NOT EXISTS people (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT UNIQUE,
  key_hash TEXT NOT NULL,
  seen INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS names (
  folded TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  seen INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS names_of ON names (person, seen);

CREATE TABLE IF NOT EXISTS directs (
  user TEXT NOT NULL,
  room TEXT NOT NULL,
  other TEXT NOT NULL,
  other_name TEXT NOT NULL,
  PRIMARY KEY (user, room)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS marks (
  room TEXT NOT NULL,
  user TEXT NOT NULL,
  seq TEXT NOT NULL,
  PRIMARY KEY (room, user)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS files (
  file TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  user TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  media TEXT NOT NULL,
  at INTEGER NOT NULL DEFAULT 0,
  message TEXT
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS unsent ON files (at) WHERE message IS NULL;
`;

/** What makes a database of this version one of the next. */
const UPGRADES = [
  "",
  "ALTER TABLE files ADD COLUMN at INTEGER NOT NULL DEFAULT 0; ALTER TABLE files ADD COLUMN message TEXT; UPDATE files SET message = '';",
];
// Whatever the version was: names that are in use are names that somebody has.
const FILL =
  "INSERT INTO names SELECT folded, id, seen FROM people WHERE folded IS NOT NULL ON CONFLICT DO NOTHING;";
const VERSION = UPGRADES.length;

/**
 * Opens the database of a folder, and makes both when they are not there. Nobody else on the machine may read them.
 *
 * @throws Error when it cannot be opened, is in use by another server, or was written by a newer one
 */
export function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "chat.sqlite");
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    chmodSync(file, 0o600);
    // One process owns the file: without this a second one would not notice what the first one adds.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    // A commit survives not only the end of this process, but a loss of power too.
    database.exec("PRAGMA synchronous = FULL");
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > VERSION) throw new Error(`${file} was written by a newer version of this program`);
    const upgrade = UPGRADES.slice(version).join(" ");
    database.exec(
      `BEGIN IMMEDIATE; ${version === 0 ? "" : upgrade} ${SCHEMA} ${FILL} PRAGMA user_version = ${VERSION}; COMMIT`,
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
