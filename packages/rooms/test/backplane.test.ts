import { expect, test } from "vitest";
import {
  type Backplane,
  BackplaneError,
  type BackplaneEvents,
  type RoomMessage,
  Rooms,
} from "../src/index.ts";
import { deferred, PlainSocket, settle } from "./support/plain.ts";

/** A backplane that does nothing by itself: a test says what has happened elsewhere. */
class ScriptedBackplane implements Backplane {
  readonly state = "ready";
  readonly log: RoomMessage[] = [];
  readonly released: string[] = [];
  opening = Promise.resolve("");
  reading = Promise.resolve();
  events: BackplaneEvents | null = null;

  start(events: BackplaneEvents): void {
    this.events = events;
  }

  open(): Promise<string> {
    return this.opening;
  }

  release(room: string): void {
    this.released.push(room);
  }

  publish(): Promise<string> {
    return Promise.reject(new BackplaneError("unknown", "lost"));
  }

  async history(_room: string, { after = "" }: { after?: string }) {
    const messages = this.log.filter(({ id }) => id > after);
    await this.reading;
    return { messages, more: false, gap: false };
  }

  async members() {
    return [];
  }

  signal(): void {}
  enter(): void {}
  exit(): void {}
  async close(): Promise<void> {}
}

const message = (id: string): RoomMessage => ({ room: "a", id, data: id });

test("a replay that is ahead of what is told: nobody gets anything twice", async () => {
  const backplane = new ScriptedBackplane();
  const rooms = new Rooms({ backplane });
  const [ann, ben] = [new PlainSocket(), new PlainSocket()];
  await rooms.join("a", ann);
  backplane.log.push(message("1"), message("2"));
  expect(await rooms.join("a", ben, { after: "" })).toEqual({
    joined: true,
    last: "2",
    replayed: 2,
    gap: false,
  });
  for (const id of ["1", "2", "3"]) backplane.events?.message(message(id));
  expect([ann.got, ben.got]).toEqual([
    ["1", "2", "3"],
    ["1", "2", "3"],
  ]);
});

test("what is told while a replay reads is read as well", async () => {
  const backplane = new ScriptedBackplane();
  const rooms = new Rooms({ backplane });
  const ann = new PlainSocket();
  const read = deferred();
  backplane.log.push(message("1"));
  backplane.reading = read.promise;
  const joining = rooms.join("a", ann, { after: "" });
  await settle();
  for (const id of ["1", "2"]) backplane.events?.message(message(id));
  backplane.log.push(message("2"));
  read.resolve();
  expect(await joining).toMatchObject({ last: "2", replayed: 2 });
  expect(ann.got).toEqual(["1", "2"]);
});

test("messages that are lost are told of, and those after them come, even with smaller ids", async () => {
  const backplane = new ScriptedBackplane();
  const lost: string[] = [];
  const rooms = new Rooms({ backplane }, { lost: (room) => lost.push(room) });
  const ann = new PlainSocket();
  await rooms.join("a", ann);
  backplane.events?.message(message("7"));
  backplane.events?.lost("a", "3");
  backplane.events?.message(message("4"));
  backplane.events?.lost("elsewhere", "3");
  expect([ann.got, lost]).toEqual([["7", "4"], ["a"]]);
});

test("a room that cannot be opened: all who wait for it are told, and it is tried again by the next", async () => {
  const backplane = new ScriptedBackplane();
  const rooms = new Rooms({ backplane });
  const [ann, ben] = [new PlainSocket(), new PlainSocket()];
  backplane.opening = Promise.reject(new BackplaneError("unavailable", "away"));
  const outcomes = await Promise.allSettled([
    rooms.join("a", ann),
    rooms.join("a", ben),
    rooms.join("a", ann),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect([[...rooms.names], backplane.released]).toEqual([[], ["a"]]);
  backplane.opening = Promise.resolve("5");
  expect(await rooms.join("a", ann)).toMatchObject({ joined: true, last: "5" });
});

test("who comes back while the room that was left is still being opened is in the new one", async () => {
  const backplane = new ScriptedBackplane();
  const rooms = new Rooms({ backplane });
  const ann = new PlainSocket();
  const first = deferred();
  backplane.opening = first.promise.then(() => "9");
  const leaving = rooms.join("a", ann);
  rooms.leave("a", ann);
  backplane.opening = Promise.resolve("1");
  expect(await rooms.join("a", ann)).toMatchObject({ joined: true, last: "1" });
  first.resolve();
  expect(await leaving).toMatchObject({ joined: false });
  backplane.events?.message(message("2"));
  expect([ann.got, backplane.released]).toEqual([["2"], ["a"]]);
});

test("a message that may have been kept is an error that says so", async () => {
  const rooms = new Rooms({ backplane: new ScriptedBackplane() });
  await expect(rooms.publish("a", "1")).rejects.toMatchObject({ name: "BackplaneError", code: "unknown" });
  expect(rooms.counters.published).toBe(0);
});
