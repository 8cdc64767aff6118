import { describe, expect, onTestFinished, test } from "vitest";
import { Rooms } from "../src/index.ts";
import { RedisBackplane } from "../src/redis/backplane.ts";
import { loadRedis } from "../src/redis/load.ts";
import { settingsOf } from "../src/redis/options.ts";
import type { Client } from "../src/redis/session.ts";
import { deferred, PlainSocket } from "./support/plain.ts";
import { redisServer, TestRedis } from "./support/redis-server.ts";
import { until } from "./support/until.ts";

/** Holds back the answers to one command, while `hold` says which. */
class Gate {
  hold: string | null = null;
  held = 0;
  #open = deferred();

  pass(): void {
    this.hold = null;
    this.#open.resolve();
    this.#open = deferred();
  }

  wrap(client: Client): Client {
    const send = client.sendCommand.bind(client);
    client.sendCommand = async <Answer>(args: Parameters<Client["sendCommand"]>[0]): Promise<Answer> => {
      const isHeld = args[0] === this.hold;
      const answer = await send<Answer>(args);
      if (!isHeld) return answer;
      this.held++;
      await this.#open.promise;
      return answer;
    };
    return client;
  }
}

async function startRooms(redis: TestRedis, gate: Gate | null): Promise<Rooms<PlainSocket>> {
  const options = { url: redis.url };
  const library = await loadRedis(options);
  const createClient = (): Client => {
    const client = library.createClient();
    return gate === null ? client : gate.wrap(client);
  };
  const backplane = new RedisBackplane({ ...library, createClient }, settingsOf(options));
  await backplane.connect();
  const rooms = new Rooms<PlainSocket>(
    { backplane },
    { error: (error) => expect.unreachable(String(error)) },
  );
  onTestFinished(() => rooms.close());
  return rooms;
}

describe.skipIf(redisServer.skip)(
  "answers of Redis that come later than its news",
  { timeout: 60_000 },
  () => {
    test.each(["HGETALL", "XREVRANGE"])("%s: what was said meanwhile comes, once", async (command) => {
      const redis = await TestRedis.start();
      const gate = new Gate();
      const [a, b] = [await startRooms(redis, gate), await startRooms(redis, null)];
      const [ann, ben] = [new PlainSocket(), new PlainSocket()];
      await b.join("x", ben, { member: { id: "ben" } });
      await b.publish("x", "before");
      gate.hold = command;
      const joining = a.join("x", ann);
      await until("the answer is held", () => gate.held === 1);
      await b.publish("x", "1");
      await b.publish("x", "2");
      await b.join("x", new PlainSocket(), { member: { id: "bob" } });
      await until("it was said", () => ben.got.length === 3);
      b.leave("x", ben);
      // News come in order: when these have been heard, the others have been, too.
      const probe = new PlainSocket();
      gate.hold = null;
      await a.join("probe", probe);
      await b.publish("probe", "x");
      await until("the news were heard", () => probe.got.length === 1);
      gate.pass();
      const { last } = await joining;
      const { messages } = await a.history("x", { after: last });
      await until("all came", () => ann.got.length === messages.length);
      expect(ann.got).toEqual(messages.map(({ data }) => data));
      await until("bob is there", async () => JSON.stringify(await a.members("x")) === '[{"id":"bob"}]');
    });

    test("XRANGE: what is said while what was missed is read comes after it", async () => {
      const redis = await TestRedis.start();
      const gate = new Gate();
      const [a, b] = [await startRooms(redis, gate), await startRooms(redis, null)];
      const [ann, probe] = [new PlainSocket(), new PlainSocket()];
      await a.join("x", ann);
      await a.join("probe", probe);
      await b.publish("x", "1");
      await until("it came", () => ann.got.length === 1);
      await redis.kill();
      await until("it is noticed", () => a.state === "away");
      gate.hold = "XRANGE";
      await redis.start();
      await until("both rooms are read", () => gate.held === 2);
      await until("b is back", () => b.state === "ready");
      await b.publish("x", "2");
      await b.publish("x", "3");
      await until("they are kept", async () => (await b.history("x")).messages.length === 3);
      // This room is told when all are read: until then nothing comes.
      expect(ann.got).toEqual(["1"]);
      gate.pass();
      await until("all came", () => ann.got.length === 3);
      expect(ann.got).toEqual(["1", "2", "3"]);
    });
  },
);
