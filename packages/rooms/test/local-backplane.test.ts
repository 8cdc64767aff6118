import { describe, expect, test } from "vitest";
import {
  type Appended,
  type BackplaneState,
  formatId,
  LocalBackplane,
  MemoryLog,
  type RoomLog,
  Rooms,
} from "../src/index.ts";
import { PlainSocket, settle } from "./support/plain.ts";

/** A log that answers when a test says so. */
class LateLog implements RoomLog {
  readonly #log = new MemoryLog();
  readonly waiting: ((failure?: Error) => void)[] = [];

  append(...args: Parameters<RoomLog["append"]>): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push((failure) => {
        if (failure === undefined) resolve(this.#log.append(...args));
        else reject(failure);
      });
    });
  }

  read(...args: Parameters<RoomLog["read"]>): ReturnType<RoomLog["read"]> {
    return this.#log.read(...args);
  }
}

describe("a log that answers later", () => {
  test("messages of a room wait for the one before, those of another do not; a failure is the caller's", async () => {
    const log = new LateLog();
    const rooms = new Rooms({ backplane: new LocalBackplane({ log }) });
    const ann = new PlainSocket();
    for (const room of ["a", "b"]) await rooms.join(room, ann);
    const octets = Uint8Array.of(1);
    const said = [
      rooms.publish("a", "1"),
      rooms.publish("a", "2"),
      rooms.publish("b", "3"),
      rooms.publish("a", octets),
    ];
    octets[0] = 9;
    expect(log.waiting).toHaveLength(2);
    expect(ann.got).toEqual([]);
    log.waiting[1]?.();
    await settle();
    expect(ann.got).toEqual(["3"]);
    log.waiting[0]?.(new Error("the disk is full"));
    await expect(said[0]).rejects.toThrow("the disk is full");
    await settle();
    expect(log.waiting).toHaveLength(3);
    log.waiting[2]?.();
    await settle();
    log.waiting[3]?.();
    await Promise.all(said.slice(1));
    // What waits was copied when it was said.
    expect(ann.got).toEqual(["3", "2", "octets 01"]);
    expect((await rooms.history("a")).messages.map(({ data }) => data)).toEqual(["2", Uint8Array.of(1)]);
  });

  test("so many may wait, and closing waits for them", async () => {
    const log = new LateLog();
    const rooms = new Rooms({ backplane: new LocalBackplane({ log, maxWaiting: 2 }) });
    const said = [rooms.publish("a", "1"), rooms.publish("a", "2")];
    await expect(rooms.publish("a", "3")).rejects.toMatchObject({ name: "BackplaneError", code: "busy" });
    let closed = false;
    const closing = rooms.close().then(() => {
      closed = true;
      return closed;
    });
    log.waiting[0]?.();
    await settle();
    expect(closed).toBe(false);
    log.waiting[1]?.();
    await closing;
    expect(await Promise.all(said)).toHaveLength(2);
  });
});

test("a log that keeps the order itself is not made to wait for its own answers", async () => {
  const waiting: (() => void)[] = [];
  const log: RoomLog = {
    keepsOrder: true,
    append: () => {
      const id = formatId({ time: 1, count: waiting.length });
      return new Promise((resolve) => waiting.push(() => resolve({ id, repeated: false })));
    },
    read: () => ({ messages: [], more: false, gap: false }),
  };
  const rooms = new Rooms({ backplane: new LocalBackplane({ log }) });
  const ann = new PlainSocket();
  await rooms.join("a", ann);
  const published = ["1", "2", "3"].map((text) => rooms.publish("a", text));
  expect(waiting).toHaveLength(3);
  for (const answer of waiting) answer();
  const ids = await Promise.all(published);
  expect(ids).toEqual(ids.toSorted());
  expect(ann.got).toEqual(["1", "2", "3"]);
});

test("the log of an application gives the ids, and tells what is said again", async () => {
  const kept: { id: string; data: string | Uint8Array; once: string | null }[] = [];
  const log: RoomLog = {
    append(_room, data, once) {
      const known = kept.find((entry) => once !== null && entry.once === once);
      if (known !== undefined) return { id: known.id, repeated: true };
      const id = formatId({ time: 1, count: kept.length });
      kept.push({ id, data, once });
      return { id, repeated: false };
    },
    read: (room, { after = "", limit = 100 }) => ({
      messages: kept
        .filter(({ id }) => id > after)
        .slice(0, limit)
        .map(({ id, data }) => ({ room, id, data })),
      more: false,
      gap: false,
    }),
  };
  const rooms = new Rooms({ backplane: new LocalBackplane({ log }) });
  const [ann, ben] = [new PlainSocket(), new PlainSocket()];
  await rooms.join("a", ann);
  const first = await rooms.publish("a", "1", { once: "k" });
  await rooms.publish("a", "1", { once: "k" });
  await rooms.publish("a", "2");
  await rooms.join("a", ben, { after: first });
  expect([ann.got, ben.got]).toEqual([["1", "2"], ["2"]]);
});

describe("closed rooms", () => {
  test("refuse everything, once and for all", async () => {
    const states: BackplaneState[] = [];
    const left: string[] = [];
    const rooms = new Rooms(
      {},
      { state: (state) => states.push(state), left: (_room, _socket, reason) => left.push(reason) },
    );
    const ann = new PlainSocket();
    await rooms.join("a", ann, { member: { id: "ann" } });
    expect(rooms.state).toBe("ready");
    await rooms.close();
    await rooms.close();
    expect([rooms.state, states, left]).toEqual(["closed", ["closed"], ["left"]]);
    for (const refused of [
      rooms.publish("a", "1"),
      rooms.history("a"),
      rooms.join("a", ann),
      rooms.members("a"),
    ]) {
      await expect(refused).rejects.toMatchObject({ name: "BackplaneError", code: "unavailable" });
    }
    rooms.signal("a", "nobody hears it");
    expect([ann.got, [...rooms.names]]).toEqual([[], []]);
  });

  test("a backplane serves one Rooms", () => {
    const backplane = new LocalBackplane();
    const rooms = new Rooms({ backplane });
    expect(rooms.state).toBe("ready");
    expect(() => new Rooms({ backplane })).toThrow(TypeError);
  });
});

describe("the memory log", () => {
  test("forgets the oldest of the rooms that were silent for the longest, and says so", async () => {
    const log = new MemoryLog({ maxOctets: 10_000 });
    const first = log.append("quiet", "x", null).id;
    const second = log.append("quiet", "y", "k").id;
    const last: string[] = [];
    for (let i = 0; i < 100; i++) last.push(log.append("busy", "z".repeat(500), null).id);
    expect(log.read("quiet", {})).toEqual({ messages: [], more: false, gap: false });
    expect(log.read("quiet", { after: first })).toMatchObject({ messages: [], gap: true });
    expect(log.read("quiet", { after: second })).toMatchObject({ messages: [], gap: false });
    const { messages } = log.read("busy", {});
    expect(messages.length).toBeGreaterThan(4);
    expect(messages.length).toBeLessThan(20);
    expect(messages.at(-1)?.id).toBe(last.at(-1));
    // `once` is forgotten with its message.
    expect(log.append("quiet", "y", "k").repeated).toBe(false);
  });

  test("a message that is larger than everything is told and not kept", async () => {
    const rooms = new Rooms({ backplane: new LocalBackplane({ log: new MemoryLog({ maxOctets: 1000 }) }) });
    const ann = new PlainSocket();
    await rooms.join("a", ann);
    const id = await rooms.publish("a", "x".repeat(1000));
    expect(ann.got).toHaveLength(1);
    expect(await rooms.history("a", { after: "" })).toEqual({ messages: [], more: false, gap: false });
    expect(await rooms.join("a", new PlainSocket(), { after: "0".repeat(20) })).toMatchObject({
      last: id,
      gap: true,
    });
  });

  test("another process begins: who comes back with an id of before learns that there is a gap", async () => {
    const [before, now] = [new MemoryLog({ now: () => 1000 }), new MemoryLog({ now: () => 2000 })];
    const { id } = before.append("a", "x", null);
    const rooms = new Rooms({ backplane: new LocalBackplane({ log: now }) });
    const next = await rooms.publish("a", "y");
    expect(next > id).toBe(true);
    const ann = new PlainSocket();
    expect(await rooms.join("a", ann, { after: id })).toEqual({
      joined: true,
      last: next,
      replayed: 1,
      gap: true,
    });
  });

  test("an id of the future is of another order: what comes is got all the same", async () => {
    const rooms = new Rooms();
    const id = await rooms.publish("a", "x");
    const ann = new PlainSocket();
    expect(await rooms.join("a", ann, { after: "f".repeat(20) })).toEqual({
      joined: true,
      last: id,
      replayed: 0,
      gap: true,
    });
    await rooms.publish("a", "y");
    expect(ann.got).toEqual(["y"]);
  });

  test.each([{ maxMessages: 0 }, { maxOctets: 0 }, { maxMessages: Number.NaN }])(
    "%j is a RangeError",
    (options) => {
      expect(() => new MemoryLog(options)).toThrow(RangeError);
    },
  );
});
