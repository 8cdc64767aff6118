import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { type BackplaneState, type PresenceChange, Rooms, type RoomsEvents } from "../src/index.ts";
import { type RedisBackplaneOptions, redisBackplane } from "../src/redis/index.ts";
import { PlainSocket } from "./support/plain.ts";
import { redisServer, TestRedis } from "./support/redis-server.ts";
import { until } from "./support/until.ts";

/** Rooms over Redis that last as long as the test: as many as there would be processes. */
async function startRooms(
  redis: TestRedis,
  events: RoomsEvents<PlainSocket> = {},
  options: RedisBackplaneOptions = {},
): Promise<Rooms<PlainSocket>> {
  const backplane = await redisBackplane({ url: redis.url, ...options });
  const rooms = new Rooms<PlainSocket>(
    { backplane, encode: ({ data }) => data },
    { error: (error) => expect.unreachable(String(error)), ...events },
  );
  onTestFinished(() => rooms.close());
  return rooms;
}

async function openClient(redis: TestRedis) {
  const client = await createClient({ url: redis.url }).connect();
  onTestFinished(() => client.destroy());
  return client;
}

describe.skipIf(redisServer.skip)("two processes over Redis", { timeout: 60_000 }, () => {
  test("what is published on one goes to the members on both, in one order", async () => {
    const redis = await TestRedis.start();
    const [a, b] = [await startRooms(redis), await startRooms(redis)];
    const [ann, ben] = [new PlainSocket(), new PlainSocket()];
    await a.join("x", ann);
    await b.join("x", ben);
    const publishing: Promise<string>[] = [];
    for (let i = 0; i < 200; i++) publishing.push((i % 2 === 0 ? a : b).publish("x", `${i}`));
    const ids = await Promise.all(publishing);
    await until("all came", () => ann.got.length === 200 && ben.got.length === 200);
    expect(ann.got).toEqual(ben.got);
    expect(new Set(ids).size).toBe(200);
    const byId = ids.map((id, i) => ({ id, text: `${i}` })).toSorted((x, y) => (x.id < y.id ? -1 : 1));
    expect(ann.got).toEqual(byId.map(({ text }) => text));
  });

  test("what is published while a room is being opened comes, unless it was before", async () => {
    const redis = await TestRedis.start();
    const [a, b] = [await startRooms(redis), await startRooms(redis)];
    const rounds = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const room = `room ${index}`;
        const socket = new PlainSocket();
        const joining = b.join(room, socket);
        const said =
          index % 3 === 0 ? await joining.then(() => a.publish(room, "x")) : await a.publish(room, "x");
        return { socket, said, last: (await joining).last };
      }),
    );
    await until("all came", () =>
      rounds.every(({ socket, said, last }) => socket.got.length === (said > last ? 1 : 0)),
    );
    // Both happen: else this would show nothing.
    expect(rounds.filter(({ said, last }) => said > last).length).toBeGreaterThan(0);
  });

  test("octets, texts, empty and strange ones arrive as they are", async () => {
    const redis = await TestRedis.start();
    const [a, b] = [await startRooms(redis), await startRooms(redis)];
    const ben = new PlainSocket();
    const room = "} {€ / \u0000 room";
    await b.join(room, ben);
    await a.publish(room, "");
    await a.publish(room, "é\u0000\r\n€😀 x");
    await a.publish(room, new Uint8Array(0));
    await a.publish(room, Uint8Array.of(0, 255, 13, 10, 32).subarray(1));
    a.signal(room, "s ");
    await until("all came", () => ben.got.length === 5);
    expect(ben.got).toEqual(["", "é\u0000\r\n€😀 x", "octets ", "octets ff0d0a20", "s "]);
    const { messages } = await a.history(room);
    expect(messages.map(({ data }) => data)).toEqual([
      "",
      "é\u0000\r\n€😀 x",
      new Uint8Array(0),
      Uint8Array.of(255, 13, 10, 32),
    ]);
  });

  test("signals come once, also where they were made, and not to whom they came from", async () => {
    const redis = await TestRedis.start();
    const [a, b] = [await startRooms(redis), await startRooms(redis)];
    const [ann, amy, ben] = [new PlainSocket(), new PlainSocket(), new PlainSocket()];
    await a.join("x", ann);
    await a.join("x", amy);
    await b.join("x", ben);
    a.signal("x", "ann types", { except: ann });
    await a.publish("x", "end");
    await until("all came", () => ben.got.length === 2 && ann.got.length === 1);
    expect([ann.got, amy.got, ben.got]).toEqual([["end"], ["ann types", "end"], ["ann types", "end"]]);
    expect((await a.history("x")).messages).toHaveLength(1);
  });

  test("the same `once` is one message, whoever publishes it again", async () => {
    const redis = await TestRedis.start();
    const [a, b] = [await startRooms(redis), await startRooms(redis)];
    const ids = await Promise.all([a, b, a, b].map((rooms) => rooms.publish("x", "hi", { once: "ann 1" })));
    expect(new Set(ids).size).toBe(1);
    expect((await b.history("x")).messages).toEqual([{ room: "x", id: ids[0], data: "hi" }]);
  });
});

describe.skipIf(redisServer.skip)("history in Redis", { timeout: 60_000 }, () => {
  test("pages forward and back, and says when messages are gone", async () => {
    const redis = await TestRedis.start();
    // A stream is cut in whole nodes of 100 entries.
    const rooms = await startRooms(redis, {}, { maxMessages: 100 });
    const ids: string[] = [];
    for (let i = 0; i < 450; i++) ids.push(await rooms.publish("x", `${i}`));
    const texts = async (range: object): Promise<[string, string, boolean, boolean]> => {
      const { messages, more, gap } = await rooms.history("x", range);
      return [String(messages[0]?.data), String(messages.at(-1)?.data), more, gap];
    };
    expect(await texts({ limit: 3 })).toEqual(["447", "449", true, false]);
    expect(await texts({ before: ids[440], limit: 3 })).toEqual(["437", "439", true, false]);
    expect(await texts({ after: ids[440], limit: 3 })).toEqual(["441", "443", true, false]);
    expect(await texts({ after: ids[446], limit: 3 })).toEqual(["447", "449", false, false]);
    expect(await texts({ after: ids[440], before: ids[443], limit: 9 })).toEqual([
      "441",
      "442",
      false,
      false,
    ]);
    expect(await texts({ after: ids[449] })).toEqual(["undefined", "undefined", false, false]);
    const [first, , , gap] = await texts({ after: ids[5] });
    expect(Number(first)).toBeGreaterThan(200);
    expect(gap).toBe(true);
    expect((await texts({ after: "" }))[3]).toBe(false);
    expect(await texts({ after: "f".repeat(20).replace(/^./, "0") })).toEqual([
      "undefined",
      "undefined",
      false,
      true,
    ]);
    await expect(rooms.history("x", { after: "1-1" })).rejects.toThrow(RangeError);
    await expect(rooms.history("x", { before: "zzz" })).rejects.toThrow(RangeError);
    await expect(rooms.history("x", { limit: 0 })).rejects.toThrow(RangeError);
  });
});

describe.skipIf(redisServer.skip)("presence over Redis", { timeout: 60_000 }, () => {
  test("a member is one, with sockets on both; what is said last counts", async () => {
    const redis = await TestRedis.start();
    const log: PresenceChange[] = [];
    const [a, b] = [
      await startRooms(redis),
      await startRooms(redis, { presence: (_room, change) => log.push(change) }),
    ];
    const [one, two, viewer] = [new PlainSocket(), new PlainSocket(), new PlainSocket()];
    await a.join("x", one, { member: { id: "ann", info: { at: "a" } } });
    await b.join("x", viewer);
    expect(await b.members("x")).toEqual([{ id: "ann", info: { at: "a" } }]);
    await b.join("x", two, { member: { id: "ann", info: { at: "b" } } });
    await until("a knows", async () => JSON.stringify(await a.members("x")).includes("b"));
    b.leave("x", two);
    one.end();
    await until("ann is gone", async () => (await b.members("x")).length === 0);
    expect(await (await startRooms(redis)).members("x")).toEqual([]);
    expect(log).toEqual([
      { id: "ann", info: { at: "a" }, change: "came" },
      { id: "ann", info: { at: "b" }, change: "changed" },
      { id: "ann", info: { at: "a" }, change: "changed" },
      { id: "ann", info: { at: "a" }, change: "went" },
    ]);
  });
});

describe.skipIf(redisServer.skip)("what others write to Redis", { timeout: 60_000 }, () => {
  test("a process that was taken for dead is present again with its next heartbeat", async () => {
    const redis = await TestRedis.start();
    const log: string[] = [];
    const a = await startRooms(redis, {}, { heartbeatInterval: 300 });
    const events = { presence: (_room: string, { change }: PresenceChange) => log.push(change) };
    const b = await startRooms(redis, events, { heartbeatInterval: 300 });
    await b.join("x", new PlainSocket());
    await a.join("x", new PlainSocket(), { member: { id: "ann" } });
    await until("she is there", () => log.length === 1);
    const client = await openClient(redis);
    const [field = ""] = Object.keys(await client.hGetAll("plyws:{x}:members"));
    // As if it had been busy for longer than its key lives.
    await until("she was buried", async () => {
      await client.del(`plyws:process:${field.split(" ")[0]}`);
      return log.includes("went");
    });
    await until("she is back", () => log.at(-1) === "came");
    expect(await b.members("x")).toEqual([{ id: "ann" }]);
  });

  test("things that rooms do not say are reported and left out", async () => {
    const redis = await TestRedis.start();
    const errors: unknown[] = [];
    const a = await startRooms(redis, { error: (error) => errors.push(error) });
    const ann = new PlainSocket();
    await a.join("x", ann);
    const client = await openClient(redis);
    const channel = "plyws:{x}:live";
    const junk = [
      "",
      "m",
      "m1-1 2-2",
      "m1-1 x t",
      "sno words",
      "z z z",
      "pz [1]",
      'pz ["a",5]',
      'pz ["a","{"]',
      "pz {",
    ];
    for (const said of junk) await client.publish(channel, said);
    await client.xAdd("plyws:{x}:log", "*", { other: "1", field: "2" });
    await client.hSet("plyws:{x}:members", { nospace: "1", "gone ann": "{}", "dead ben": "{" });
    const id = await a.publish("x", "hello");
    await until("it came", () => ann.got.length === 1);
    expect(ann.got).toEqual(["hello"]);
    expect(errors).toHaveLength(junk.length + 1);
    expect((await a.history("x")).messages).toEqual([{ room: "x", id, data: "hello" }]);
    expect(await (await startRooms(redis)).members("x")).toEqual([]);
  });

  test("a key of another type is an error of that room only", async () => {
    const redis = await TestRedis.start();
    const a = await startRooms(redis);
    const client = await openClient(redis);
    await client.set("plyws:{bad}:log", "a text");
    const ann = new PlainSocket();
    await expect(a.publish("bad", "1")).rejects.toMatchObject({
      code: "failed",
      message: expect.stringMatching("WRONGTYPE"),
    });
    await expect(a.join("bad", ann)).rejects.toMatchObject({ code: "failed" });
    await expect(a.history("bad")).rejects.toMatchObject({ code: "failed" });
    await a.join("good", ann);
    await a.publish("good", "1");
    await until("it came", () => ann.got.length === 1);
    expect(a.state).toBe("ready");
  });
});

describe.skipIf(redisServer.skip)("Redis goes away and comes back", { timeout: 60_000 }, () => {
  test("it is told, refused meanwhile, and caught up with", async () => {
    const redis = await TestRedis.start();
    const states: [BackplaneState, boolean][] = [];
    const a = await startRooms(redis, { state: (state, error) => states.push([state, error !== null]) });
    const b = await startRooms(redis);
    const [ann, ben] = [new PlainSocket(), new PlainSocket()];
    await a.join("x", ann, { member: { id: "ann" } });
    await b.join("x", ben, { member: { id: "ben" } });
    await a.publish("x", "1");
    await until("it came", () => ann.got.length === 1 && ben.got.length === 1);
    await redis.kill();
    await until("both know", () => a.state === "away" && b.state === "away");
    await expect(a.publish("x", "refused")).rejects.toMatchObject({ code: "unavailable" });
    await expect(a.history("x")).rejects.toMatchObject({ code: "unavailable" });
    await expect(a.join("y", ann)).rejects.toMatchObject({ code: "unavailable" });
    expect([...a.roomsOf(ann)]).toEqual(["x"]);
    const cid = new PlainSocket();
    await a.join("x", cid, { member: { id: "cid" } });
    b.leave("x", ben);
    a.signal("x", "near");
    await redis.start();
    await until("both are back", () => a.state === "ready" && b.state === "ready");
    await b.publish("x", "2");
    await until("it came", () => ann.got.length === 3);
    expect(ann.got).toEqual(["1", "near", "2"]);
    expect(ben.got).toEqual(["1"]);
    await until("ben is gone", async () => (await a.members("x")).length === 2);
    expect((await b.members("x")).map(({ id }) => id).toSorted()).toEqual(["ann", "cid"]);
    expect(states).toEqual([
      ["away", true],
      ["ready", false],
    ]);
  });

  test("that it has lost everything is told", async () => {
    const redis = await TestRedis.start();
    const lost: string[] = [];
    const a = await startRooms(redis, { lost: (room) => lost.push(room) });
    const ann = new PlainSocket();
    await a.join("x", ann);
    const before = await a.publish("x", "1");
    await until("it came", () => ann.got.length === 1);
    await (await openClient(redis)).flushAll();
    const id = await a.publish("x", "2");
    expect(id > before).toBe(true);
    await until("it came", () => ann.got.length === 2);
    expect(lost).toEqual(["x"]);
    expect(await a.history("x", { after: before })).toMatchObject({ gap: false, messages: [{ data: "2" }] });
  });

  test("it stops to answer: that is noticed, and what was said meanwhile is safe to say again", async () => {
    const redis = await TestRedis.start();
    const a = await startRooms(redis, {}, { heartbeatInterval: 300 });
    const ann = new PlainSocket();
    await a.join("x", ann);
    await a.publish("x", "1");
    redis.freeze();
    const said = a.publish("x", "2", { once: "ann 2" });
    await expect(said).rejects.toMatchObject({ name: "BackplaneError", code: "unknown" });
    expect(a.state).toBe("away");
    redis.thaw();
    await until("it is back", () => a.state === "ready");
    // It had heard the first, or not: nobody can know.
    const id = await a.publish("x", "2", { once: "ann 2" });
    await until("it came", () => ann.got.length === 2);
    expect(ann.got).toEqual(["1", "2"]);
    expect((await a.history("x")).messages.map((message) => message.data)).toEqual(["1", "2"]);
    expect((await a.history("x")).messages.at(-1)?.id).toBe(id);
  });

  test("while too much waits for it, more is refused", async () => {
    const redis = await TestRedis.start();
    const a = await startRooms(redis, {}, { maxWaiting: 10 });
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, (_, i) => a.publish("x", `${i}`)));
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject(Array.from({ length: 5 }, () => ({ reason: { code: "busy" } })));
    expect((await a.history("x")).messages.map(({ data }) => data)).toEqual("0123456789".split(""));
  });

  test("closed rooms refuse everything, and say goodbye to the others at once", async () => {
    const redis = await TestRedis.start();
    const states: BackplaneState[] = [];
    const [a, b] = [
      await startRooms(redis, { state: (state) => states.push(state) }),
      await startRooms(redis),
    ];
    const [ann, ben] = [new PlainSocket(), new PlainSocket()];
    await a.join("x", ann, { member: { id: "ann" } });
    await b.join("x", ben, { member: { id: "ben" } });
    await until("b knows", async () => (await b.members("x")).length === 2);
    await a.close();
    await a.close();
    expect(states).toEqual(["closed"]);
    await until("b knows", async () => (await b.members("x")).length === 1);
    for (const refused of [a.publish("x", "1"), a.history("x"), a.join("x", ann), a.members("x")]) {
      await expect(refused).rejects.toMatchObject({ code: "unavailable", message: "The rooms were closed" });
    }
    a.signal("x", "nobody hears it");
  });

  test("one that is not there at the start is an error that says so", async () => {
    await expect(redisBackplane({ url: "redis://127.0.0.1:1" })).rejects.toMatchObject({
      name: "BackplaneError",
      code: "unavailable",
      message: expect.stringMatching(/^Redis is not reached: .*ECONNREFUSED/),
    });
  });
});
