import { describe, expect, test, vi } from "vitest";
import type { ChatClient } from "../client/client.ts";
import { client, until } from "./support/client.ts";
import { chatWith, freePort, haproxy, nginx, proxy, Redis, redisServer } from "./support/servers.ts";

vi.setConfig({ testTimeout: 150_000 });

const all = process.env["PLYWS_REQUIRE_ALL"] === "1";
if (!all) console.warn("skipped: 200 clients of two servers, which PLYWS_REQUIRE_ALL=1 asks for");

const CLIENTS = 200;
const ROOMS = 10;

/** Two hundred people who write numbered messages through a proxy. */
class Crowd {
  readonly clients: ChatClient[] = [];
  readonly sent: number[] = [];
  readonly #ending = new AbortController();
  #written: Promise<void> = Promise.resolve();

  constructor(url: string) {
    for (let index = 0; index < CLIENTS; index++) {
      const made = client(url, `P${index}`, { firstDelay: 50, maxDelay: 500 });
      made.join(this.roomOf(index));
      this.clients.push(made);
      this.sent.push(0);
    }
  }

  roomOf(index: number): string {
    return `room-${index % ROOMS}`;
  }

  get together(): boolean {
    return this.clients.every(
      (each) => each.link.is === "open" && [...each.rooms.values()].every((room) => room.joined),
    );
  }

  begin(): void {
    this.#written = this.#write();
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#written;
  }

  /** Each writes about three messages a second, whether there is a connection or not. */
  async #write(): Promise<void> {
    for (let turn = 0; !this.#ending.signal.aborted; turn++) {
      for (let index = turn % 10; index < CLIENTS; index += 10) {
        const number = this.sent[index] ?? 0;
        this.sent[index] = number + 1;
        this.clients[index]?.send(this.roomOf(index), `${index}:${number}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 33));
    }
  }

  /** Waits until everything is stored and everybody has all of it. */
  async settle(): Promise<void> {
    const expected = Array.from({ length: ROOMS }, () => 0);
    for (const [index, count] of this.sent.entries())
      expected[index % ROOMS] = (expected[index % ROOMS] ?? 0) + count;
    await until(
      () =>
        this.clients.every((each, index) => {
          const size = each.rooms.get(this.roomOf(index))?.messages.length ?? 0;
          return each.outbox.waiting.length === 0 && size >= (expected[index % ROOMS] ?? 0);
        }),
      () => this.report(expected),
    );
  }

  report(expected: readonly number[]): string {
    const behind = this.clients.flatMap((each, index) => {
      const size = each.rooms.get(this.roomOf(index))?.messages.length ?? 0;
      const waits = each.outbox.waiting.length;
      return waits > 0 || size < (expected[index % ROOMS] ?? 0)
        ? [`${index}: ${size} of ${expected[index % ROOMS]}, ${waits} wait, ${each.link.is}`]
        : [];
    });
    return `${behind.length} are behind: ${behind.slice(0, 5).join("; ")}`;
  }

  /** Every message exactly once, in the same order for everybody, and those of one person in theirs. Resolves with their number. */
  async check(): Promise<number> {
    await this.end();
    await this.settle();
    for (let room = 0; room < ROOMS; room++) {
      const members = this.clients.filter((_, index) => index % ROOMS === room);
      const [first = [], ...others] = members.map((each) =>
        (each.rooms.get(`room-${room}`)?.messages ?? []).map(({ seq, text }) => `${seq} ${text}`),
      );
      for (const other of others) expect(other).toEqual(first);
      const texts = first.map((line) => line.split(" ")[1] ?? "");
      for (let index = room; index < CLIENTS; index += ROOMS) {
        const own = texts.filter((text) => text.startsWith(`${index}:`));
        expect(own).toEqual(
          Array.from({ length: this.sent[index] ?? 0 }, (_, number) => `${index}:${number}`),
        );
      }
    }
    return this.sent.reduce((sum, count) => sum + count);
  }
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.skipIf(!all || redisServer.skip)("200 people on two servers", () => {
  const ways = [
    ["nginx", nginx],
    ["haproxy", haproxy],
  ] as const;

  for (const [kind, server] of ways) {
    test.skipIf(server.skip)(
      `lose and double nothing behind ${kind}, when one server is killed under load`,
      async () => {
        const redis = await Redis.start();
        const ports = [await freePort(), await freePort()] as const;
        const [victim, other] = [chatWith(redis, ports[0]), chatWith(redis, ports[1])];
        await Promise.all([victim, other].map((program) => program.url("page")));
        const crowd = new Crowd(`ws://127.0.0.1:${await proxy(kind, ports)}/chat`);
        await until(() => crowd.together);
        crowd.begin();
        await wait(1500);
        await victim.kill();
        await wait(2000);
        await until(() => crowd.together);
        await chatWith(redis, ports[0]).url("page");
        await wait(500);
        expect(await crowd.check()).toBeGreaterThan(CLIENTS);
      },
    );
  }

  test("lose and double nothing when connections end all the time", async () => {
    const redis = await Redis.start();
    const ports = [await freePort(), await freePort()] as const;
    await Promise.all(ports.map((port) => chatWith(redis, port).url("page")));
    const crowd = new Crowd(`ws://127.0.0.1:${await proxy("nginx", ports)}/chat`);
    await until(() => crowd.together);
    crowd.begin();
    for (let count = 0; count < 100; count++) {
      for (let each = 0; each < 5; each++) crowd.clients[Math.floor(Math.random() * CLIENTS)]?.drop();
      await wait(50);
    }
    expect(await crowd.check()).toBeGreaterThan(CLIENTS);
  });

  test("lose and double nothing when Redis is killed under load, and are told meanwhile", async () => {
    const redis = await Redis.start();
    const ports = [await freePort(), await freePort()] as const;
    const programs = ports.map((port) => chatWith(redis, port));
    const urls = await Promise.all(programs.map((program) => program.url("socket")));
    const crowd = new Crowd(urls[0] ?? "");
    const witness = client(urls[1] ?? "", "Witness");
    await until(() => crowd.together && witness.link.is === "open");
    crowd.begin();
    await wait(1500);
    await redis.kill();
    await until(() => witness.notice === "storage_unavailable");
    await wait(1000);
    await redis.start();
    await until(() => witness.notice === null);
    await wait(1000);
    expect(await crowd.check()).toBeGreaterThan(CLIENTS);
  });
});
