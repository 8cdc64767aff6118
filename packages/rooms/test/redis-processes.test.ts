import { describe, expect, onTestFinished, test } from "vitest";
import { Speaker, Worker } from "./support/crew.ts";
import { redisServer, TestRedis } from "./support/redis-server.ts";
import { until } from "./support/until.ts";

const SPEAKERS = 20;
const EACH = 25;
const TOTAL = SPEAKERS * EACH;

/** Two processes with a room each, and speakers spread over both; something goes wrong at a third of the work. */
async function underLoad(accident: (crew: Worker[], redis: TestRedis) => Promise<void>): Promise<Speaker[]> {
  const redis = await TestRedis.start();
  const crew = await Promise.all([Worker.start(redis.url), Worker.start(redis.url)]);
  const urls = (): string[] => crew.map(({ url }) => url);
  const speakers = Array.from({ length: SPEAKERS }, (_, index) => {
    const speaker = new Speaker(`speaker ${index}`, urls);
    speaker.comings = index;
    return speaker;
  });
  onTestFinished(() => {
    for (const speaker of speakers) speaker.leave();
  });
  const acknowledged = (): number => speakers.reduce((sum, speaker) => sum + speaker.acknowledged.size, 0);
  const saying = Promise.all(speakers.map((speaker) => speaker.say(EACH)));
  await until("a third is acknowledged", () => acknowledged() > TOTAL / 3);
  expect(acknowledged()).toBeLessThan(TOTAL);
  await accident(crew, redis);
  await saying;
  await until("everybody has everything", async () => {
    await Promise.all(speakers.map((speaker) => speaker.come()));
    return speakers.every(({ seen }) => seen.length >= TOTAL);
  });
  return speakers;
}

async function sees(worker: Worker, names: string): Promise<boolean> {
  const { members } = await worker.ask();
  return members.toSorted().join(" ") === names;
}

/** Every message exactly once, in one order, as it was acknowledged. */
function expectAll(speakers: readonly Speaker[]): void {
  const [first] = speakers;
  const ids = first!.seen.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(TOTAL);
  expect(new Set(first!.seen.map(({ text }) => text)).size).toBe(TOTAL);
  const idOf = new Map(first!.seen.map(({ id, text }) => [text, id]));
  for (const { seen, acknowledged, gap, name } of speakers) {
    expect(seen).toEqual(first!.seen);
    expect(gap).toBe(false);
    expect(acknowledged.size).toBe(EACH);
    for (const [key, id] of acknowledged) expect(idOf.get(key)).toBe(id);
    // What one says comes in the order in which it was said.
    const own = seen.filter(({ text }) => text.startsWith(`${name} `)).map(({ text }) => text);
    expect(own).toEqual(Array.from({ length: EACH }, (_, number) => `${name} ${number}`));
  }
}

describe.skipIf(redisServer.skip)("two processes under load", { timeout: 120_000 }, () => {
  test("one is killed: nothing that was acknowledged is lost, and nothing is doubled", async () => {
    const speakers = await underLoad(async (crew, redis) => {
      await crew.shift()?.kill();
      crew.push(await Worker.start(redis.url));
    });
    expectAll(speakers);
    // Half of them had to come back.
    expect(speakers.reduce((sum, { comings }, index) => sum + comings - index, 0)).toBeGreaterThan(SPEAKERS);
  });

  test("Redis is killed and comes back, twice: the same", async () => {
    const speakers = await underLoad(async (crew, redis) => {
      for (let time = 0; time < 2; time++) {
        await redis.kill();
        await until("it is noticed", async () => (await crew[0]!.ask()).state === "away");
        await redis.start();
        await until("it is back", async () => (await crew[0]!.ask()).state === "ready");
      }
    });
    expectAll(speakers);
    expect(speakers.reduce((sum, { refusals }) => sum + refusals, 0)).toBeGreaterThan(0);
  });

  test("who was present on a process that is dead is not present any more", async () => {
    const redis = await TestRedis.start();
    const [a, b] = await Promise.all([Worker.start(redis.url), Worker.start(redis.url)]);
    const ann = new Speaker("ann", () => [a.url]);
    const ben = new Speaker("ben", () => [b.url]);
    onTestFinished(() => {
      ann.leave();
      ben.leave();
    });
    await Promise.all([ann.come(), ben.come()]);
    await until("both see both", () => sees(a, "ann ben"));
    await until("both see both", () => sees(b, "ann ben"));
    await a.kill();
    await until("ann is gone", () => sees(b, "ben"));
    const c = await Worker.start(redis.url);
    expect((await c.ask()).members).toEqual(["ben"]);
  });
});
