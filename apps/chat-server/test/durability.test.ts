import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ChatClient } from "../client/client.ts";
import { Marks } from "../src/chat/marks.ts";
import { RedisStore } from "../src/storage/redis/store.ts";
import { serve } from "./support/chat.ts";
import { client, until } from "./support/client.ts";
import { Peer } from "./support/peer.ts";
import { folder, start } from "./support/program.ts";
import { Redis, redisServer } from "./support/servers.ts";

vi.setConfig({ testTimeout: 120_000 });

const all = process.env["PLYWS_REQUIRE_ALL"] === "1";
if (!all) console.warn("skipped: ten kills in the middle of writes, which PLYWS_REQUIRE_ALL=1 asks for");

describe("a request that comes again", () => {
  test("is stored once, and answered alike, also by the next server", async () => {
    const data = folder();
    const program = start(["--port", "0", "--data", data]);
    const ann = await Peer.connect(await program.url("socket"));
    const { key } = await ann.ask("welcome", { type: "hello", name: "Ann" });
    await ann.join("lobby");
    const ack = await ann.send("lobby", "once", "the-id");
    expect(await ann.send("lobby", "once", "the-id")).toEqual(ack);
    await program.kill();
    const again = await Peer.connect(await start(["--port", "0", "--data", data]).url("socket"));
    await again.ask("welcome", { type: "hello", name: "Ann", key });
    const { messages } = await again.join("lobby");
    expect(messages.map(({ text, id }) => `${id} ${text}`)).toEqual(["the-id once"]);
    expect(await again.send("lobby", "once", "the-id")).toEqual(ack);
    await again.settled();
    expect(again.all("message")).toEqual([]);
  });
});

describe("somebody who comes back", () => {
  test("gets what they have missed, in order, and nothing twice", async () => {
    const program = start(["--port", "0", "--data", folder(), "--rate", "0"]);
    const url = await program.url("socket");
    const [ann, ben] = [await Peer.named(url, "Ann"), await Peer.named(url, "Ben")];
    await ann.join("lobby");
    await ben.join("lobby");
    const { seq } = await ann.send("lobby", "seen");
    await ben.next("message");
    ben.socket.terminate();
    const missed = Array.from({ length: 250 }, (_, index) => `missed ${index}`);
    for (const text of missed) ann.say({ type: "send", id: text.replace(" ", "-"), room: "lobby", text });
    await ann.next("ack", ({ id }) => id === "missed-249");
    const back = await Peer.named(url, "Bob");
    const joined = await back.join("lobby", { after: seq });
    expect(joined).toMatchObject({ head: seq, messages: [], more: true });
    await back.next("members");
    expect(back.all("message").map(({ text }) => text)).toEqual(missed);
  });

  test("from another world is told to forget what they knew", async () => {
    const program = start(["--port", "0", "--data", folder()]);
    const url = await program.url("socket");
    const ann = await Peer.named(url, "Ann");
    await ann.join("lobby");
    await ann.send("lobby", "new world");
    const stranger = await Peer.named(url, "Stranger");
    await stranger.join("lobby", { after: "f".repeat(20) });
    const reset = await stranger.next("joined");
    expect(reset).toMatchObject({ reset: true, messages: [{ text: "new world" }] });
  });
});

const marksFor = async (peer: Peer) =>
  (await peer.next("members")).members.map(({ name, read }) => [name, read]);

describe("how far somebody has read", () => {
  test("is known after a restart, and only goes forward", async () => {
    const data = folder();
    const server = await serve("--data", data);
    const ann = await Peer.connect(server.socket);
    const { key } = await ann.ask("welcome", { type: "hello", name: "Ann" });
    const ben = await Peer.named(server.socket, "Ben");
    for (const peer of [ann, ben]) await peer.join("lobby");
    const [first, second] = [await ben.send("lobby", "one"), await ben.send("lobby", "two")];
    for (const { seq } of [second, first, second]) ann.say({ type: "read", room: "lobby", seq });
    await ann.settled();
    expect(ben.all("read").map(({ seq }) => seq)).toEqual([second.seq]);
    const late = await Peer.named(server.socket, "Late");
    await late.join("lobby");
    expect(await marksFor(late)).toContainEqual(["Ann", second.seq]);
    await server.close();

    const { socket } = await serve("--data", data);
    const again = await Peer.connect(socket);
    await again.ask("welcome", { type: "hello", name: "Ann", key });
    await again.join("lobby");
    expect(await marksFor(again)).toEqual([["Ann", second.seq]]);
  });

  test.skipIf(redisServer.skip)(
    "is kept in Redis alike, and while Redis is away a while longer",
    async () => {
      const redis = await Redis.start();
      const store = await RedisStore.open(redis.url, () => {});
      onTestFinished(async () => {
        await store.backplane.close();
        await store.close();
      });
      const marks = new Marks(store.marks, pino({ level: "silent" }));
      marks.set("lobby", "ann", "2");
      marks.set("lobby", "ben", "1");
      await marks.flush();
      await redis.kill();
      marks.set("lobby", "ann", "1");
      marks.set("lobby", "ben", "3");
      await marks.flush();
      await redis.start();
      await until(() => store.backplane.state === "ready");
      // The other connection to Redis comes back by itself as well.
      for (let tries = 0; tries < 100 && (await store.check().catch(() => false)) === false; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await marks.flush();
      expect(await store.marks.of("lobby", ["ann", "ben", "eve"])).toEqual(["2", "3", ""]);
    },
  );
});

test.skipIf(!all)(
  "a server that is killed ten times in the middle of writes loses and doubles nothing",
  async () => {
    const data = folder();
    let program = start(["--port", "0", "--data", data, "--rate", "0", "--address-rate", "0"]);
    const url = await program.url("socket");
    const { port } = new URL(url);
    const acknowledged = new Set<string>();
    const clients: ChatClient[] = [];
    for (let count = 0; count < 8; count++) {
      const each = client(url, `Writer ${count}`, { firstDelay: 20, maxDelay: 200 });
      each.join(`room-${count % 2}`);
      clients.push(each);
    }
    let written = 0;
    const writing = new AbortController();
    const write = async () => {
      while (!writing.signal.aborted) {
        for (const [index, each] of clients.entries()) {
          if (each.outbox.waiting.length < 20) each.send(`room-${index % 2}`, `${index} ${written++}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    };
    const writes = write();
    for (let kill = 0; kill < 10; kill++) {
      const before = clients.map((each) => each.rooms.get("room-0")?.messages.length ?? 0);
      await until(() => clients.every((each) => each.link.is === "open"));
      await until(() =>
        clients.some(
          (each, index) => (each.rooms.get("room-0")?.messages.length ?? 0) > (before[index] ?? 0),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 150));
      await program.kill();
      // Whatever a client does not hold any more was acknowledged.
      for (const each of clients) {
        for (const room of each.rooms.values()) {
          for (const { from, text } of room.messages) if (from.id === each.me?.id) acknowledged.add(text);
        }
      }
      program = start(["--port", port, "--data", data, "--rate", "0", "--address-rate", "0"]);
      await program.url("socket");
    }
    writing.abort();
    await writes;
    await until(() => clients.every((each) => each.outbox.waiting.length === 0));
    await until(() =>
      [0, 1].every((room) => {
        const counts = clients
          .filter((_, index) => index % 2 === room)
          .map((each) => each.rooms.get(`room-${room}`)?.messages.length);
        return new Set(counts).size === 1;
      }),
    );
    const everything: string[] = [];
    for (const room of [0, 1]) {
      const members = clients.filter((_, index) => index % 2 === room);
      const [first, ...others] = members.map(
        (each) => each.rooms.get(`room-${room}`)?.messages.map(({ text }) => text) ?? [],
      );
      for (const other of others) expect(other).toEqual(first);
      everything.push(...(first ?? []));
    }
    expect(everything.length).toBe(written);
    expect(new Set(everything).size).toBe(written);
    for (const text of acknowledged) expect(everything).toContain(text);
    expect(acknowledged.size).toBeGreaterThan(10);
  },
);
