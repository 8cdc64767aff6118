import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { RedisStore } from "../src/storage/redis/store.ts";
import { SqliteStore } from "../src/storage/sqlite/store.ts";
import type { Files, Store } from "../src/storage/store.ts";
import { folder } from "./support/program.ts";
import { Redis, redisServer } from "./support/servers.ts";

vi.setConfig({ testTimeout: 60_000 });

const DAY = 24 * 3600 * 1000;

type Collecting = Store & { readonly files: Files & { collect(now: number): Promise<void> } };

async function keep(files: Files, octets: Uint8Array): Promise<string> {
  const [upload, file] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
  await files.write(upload, 0, octets);
  const about = { name: "a.txt", size: octets.length, media: "text/plain", room: "lobby", user: "ann" };
  await files.finish(upload, { file, ...about });
  return file;
}

async function sqlite(): Promise<Collecting> {
  return new SqliteStore(folder());
}

async function redis(): Promise<Collecting> {
  return RedisStore.open((await Redis.start()).url, () => {});
}

for (const [name, open, skip] of [
  ["SQLite and a folder", sqlite, false],
  ["Redis", redis, redisServer.skip],
] as const) {
  describe.skipIf(skip)(`files in ${name}`, () => {
    test("are collected a day later, unless they were sent", async () => {
      const store = await open();
      onTestFinished(async () => {
        await store.backplane.close();
        await store.close();
      });
      const { files } = store;
      const [sent, unsent] = [await keep(files, new Uint8Array(10)), await keep(files, new Uint8Array(20))];
      expect(await files.attach(sent, "ann/1")).toBe(true);
      expect(await files.attach(sent, "ann/1")).toBe(true);
      expect(await files.attach(sent, "ann/2")).toBe(false);
      expect(await files.attach("0".repeat(32), "ann/2")).toBe(false);
      expect(await files.size()).toBe(30);
      await files.collect(Date.now() + DAY - 60_000);
      expect(await files.find(unsent)).not.toBeNull();
      await files.collect(Date.now() + DAY + 60_000);
      expect(await files.find(unsent)).toBeNull();
      expect(await files.size()).toBe(10);
      expect(await files.read(sent, 0, 100)).toHaveLength(10);
      await files.remove(sent);
      await files.remove(sent);
      expect(await files.find(sent)).toBeNull();
      expect(await files.size()).toBe(0);
    });
  });
}

describe("a folder", () => {
  test("loses what a process that was cut short has left, and nothing else", async () => {
    const data = folder();
    const first = new SqliteStore(data);
    const file = await keep(first.files, new Uint8Array(10));
    await first.close();
    const left = [join(data, "uploads", "a"), join(data, "files", "b")];
    for (const path of left) writeFileSync(path, "left");
    const second = new SqliteStore(data);
    onTestFinished(() => second.close());
    expect(left.map((path) => existsSync(path))).toEqual([false, false]);
    expect(await second.files.read(file, 0, 100)).toHaveLength(10);
    expect(await second.files.size()).toBe(10);
  });

  test("of an earlier version goes on, and keeps its files", async () => {
    const data = folder();
    const before = new DatabaseSync(join(data, "chat.sqlite"));
    before.exec(`
      CREATE TABLE files (
        file TEXT PRIMARY KEY, room TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
        size INTEGER NOT NULL, media TEXT NOT NULL
      ) WITHOUT ROWID;
      INSERT INTO files VALUES ('f', 'lobby', 'ann', 'a.txt', 3, 'text/plain');
      PRAGMA user_version = 1`);
    before.close();
    const store = new SqliteStore(data);
    onTestFinished(() => store.close());
    await store.files.collect(Date.now() + 2 * DAY);
    expect(await store.files.find("f")).toMatchObject({ size: 3 });
  });
});
