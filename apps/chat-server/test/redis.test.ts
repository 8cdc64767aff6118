import { randomBytes } from "node:crypto";
import { createPng } from "@plyws/testkit/node";
import { describe, expect, test, vi } from "vitest";
import { decodeChunk, encodeChunk } from "../src/protocol/chunk.ts";
import { serve } from "./support/chat.ts";
import { client, until } from "./support/client.ts";
import { Peer } from "./support/peer.ts";
import { start } from "./support/program.ts";
import { chatWith, Redis, redisServer } from "./support/servers.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Two servers with one Redis, and a person on each. */
async function two() {
  const redis = await Redis.start();
  const programs = [chatWith(redis, 0), chatWith(redis, 0)] as const;
  const [one, other] = await Promise.all(programs.map((program) => program.url("socket")));
  const ann = await Peer.named(one ?? "", "Ann");
  const ben = await Peer.named(other ?? "", "Ben");
  return { redis, programs, urls: [one ?? "", other ?? ""] as const, ann, ben };
}

describe.skipIf(redisServer.skip)("two servers with Redis", () => {
  test("are one chat: order, presence, names, rooms, signs", async () => {
    const { ann, ben, urls } = await two();
    for (const peer of [ann, ben]) await peer.join("lobby");
    await ann.next("presence", ({ user, here }) => user.name === "Ben" && here);
    expect((await ben.next("members")).members.map(({ name }) => name).toSorted()).toEqual(["Ann", "Ben"]);
    for (let count = 0; count < 50; count++) {
      ann.say({ type: "send", id: `a${count}`, room: "lobby", text: `${count}` });
      ben.say({ type: "send", id: `b${count}`, room: "lobby", text: `${count}` });
    }
    const orders: string[][] = [];
    for (const peer of [ann, ben]) {
      const order: string[] = [];
      for (let count = 0; count < 100; count++) order.push((await peer.next("message")).seq);
      orders.push(order);
    }
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).toEqual(orders[0]?.toSorted());
    ann.say({ type: "typing", room: "lobby" });
    expect((await ben.next("typing")).user.name).toBe("Ann");
    ben.say({ type: "read", room: "lobby", seq: orders[0]?.at(-1) });
    expect(await ann.next("read")).toMatchObject({ seq: orders[0]?.at(-1), user: { name: "Ben" } });

    const thief = await Peer.connect(urls[1]);
    expect(await thief.ask("error", { type: "hello", name: "ANN" })).toMatchObject({ code: "name_taken" });
    // Names and rooms of two are kept by the same rules as in SQLite.
    const { key } = await thief.ask("welcome", { type: "hello", name: "Eve" });
    const renamed = await Peer.connect(urls[0]);
    await renamed.ask("welcome", { type: "hello", name: "Eva", key });
    const late = await Peer.connect(urls[1]);
    for (const name of ["Eve", "Eva"]) {
      expect(await late.ask("error", { type: "hello", name })).toMatchObject({ code: "name_taken" });
    }
    expect(await ann.ask("error", { type: "direct", name: "Eve" })).toMatchObject({ code: "not_found" });
    await ben.join("garden");
    await ann.next("room", ({ room }) => room === "garden");
    expect((await ann.ask("rooms", { type: "rooms" })).rooms).toEqual(["garden", "lobby"]);
    const { room } = await ann.ask("direct", { type: "direct", name: "Ben" });
    expect(await ben.next("direct")).toMatchObject({ room, with: { name: "Ann" } });
    ann.socket.close();
    await ben.next("presence", ({ user, here }) => user.name === "Ann" && !here);
  });

  test("keep edits and deletions, history and search", async () => {
    const { ann, ben } = await two();
    for (const peer of [ann, ben]) await peer.join("lobby");
    const { seq } = await ann.send("lobby", "a mistaek");
    const secret = await ann.send("lobby", "a secret");
    await ann.ask("ack", { type: "edit", id: "e1", room: "lobby", seq: secret.seq, text: "a dark secret" });
    await ann.ask("ack", { type: "edit", id: "e2", room: "lobby", seq, text: "no mistake" });
    await ann.ask("ack", { type: "delete", id: "d", room: "lobby", seq: secret.seq });
    // The same again is the same.
    await ann.ask("ack", { type: "delete", id: "d", room: "lobby", seq: secret.seq });
    await ben.next("deleted");
    expect(await ben.ask("error", { type: "edit", id: "x", room: "lobby", seq, text: "his" })).toMatchObject({
      code: "not_yours",
    });
    const history = await ben.ask("history", { type: "history", room: "lobby", before: "f".repeat(20) });
    expect(
      history.messages.map(({ text, deleted, edited }) => [text, deleted === true, edited !== undefined]),
    ).toEqual([
      ["no mistake", false, true],
      ["", true, false],
    ]);
    expect(
      (await ben.ask("found", { type: "search", room: "lobby", text: "MISTAKE" })).messages,
    ).toHaveLength(1);
    expect((await ben.ask("found", { type: "search", room: "lobby", text: "secret" })).messages).toHaveLength(
      0,
    );
    // Whoever asks for everything does not get what was deleted either.
    const late = await Peer.named(ben.socket.url, "Late");
    await late.join("lobby", { after: "" });
    await late.next("members");
    expect(JSON.stringify([late.all("message"), late.all("edited")])).not.toContain("secret");
  });

  test("share files", async () => {
    const { ann, ben } = await two();
    for (const peer of [ann, ben]) await peer.join("lobby");
    const octets = Buffer.concat([createPng(100, 100), randomBytes(100_000)]);
    const id = randomBytes(16).toString("hex");
    await ann.ask("uploading", {
      type: "upload",
      upload: id,
      room: "lobby",
      name: "a.png",
      size: octets.length,
    });
    for (let offset = 0; offset < octets.length; offset += 65_536) {
      ann.socket.send(encodeChunk({ id, offset, content: octets.subarray(offset, offset + 65_536) }));
    }
    const { file } = await ann.next("uploaded");
    await ann.ask("ack", { type: "send", id: "1", room: "lobby", file: file.file });
    const message = await ben.next("message");
    await ben.ask("fetched", { type: "fetch", id: "f", room: "lobby", file: message.file?.file });
    const pieces: Uint8Array[] = [];
    for (let size = 0; size < octets.length; ) {
      const content = decodeChunk(await ben.octets())?.content ?? new Uint8Array();
      pieces.push(content);
      size += content.length;
    }
    expect(Buffer.compare(Buffer.concat(pieces), octets)).toBe(0);
  });

  test("say so while Redis is away, keep what is written, and go on when it is back", async () => {
    const { redis, programs, urls, ann } = await two();
    await ann.join("lobby");
    const writer = client(urls[1], "Writer");
    const room = writer.join("lobby");
    writer.send("lobby", "before");
    await until(() => room.messages.length === 1 && writer.outbox.waiting.length === 0);
    await redis.kill();
    expect(await ann.next("notice")).toMatchObject({ code: "storage_unavailable" });
    expect(await ann.ask("error", { type: "send", id: "1", room: "lobby", text: "x" })).toMatchObject({
      code: "storage_unavailable",
      retryAfter: expect.any(Number),
    });
    const page = await programs[0].url("page");
    expect((await fetch(`${page}readyz`)).status).toBe(503);
    expect((await fetch(`${page}healthz`)).status).toBe(200);
    writer.send("lobby", "while it is away");
    await until(() => writer.notice === "storage_unavailable");
    await redis.start();
    expect(await ann.next("notice")).toMatchObject({ code: "storage_available" });
    await until(
      () => room.messages.length === 2 && writer.outbox.waiting.length === 0 && writer.notice === null,
    );
    expect(room.messages.map(({ text }) => text)).toEqual(["before", "while it is away"]);
    expect(await ann.next("message", ({ text }) => text === "while it is away")).toBeDefined();
  });
});

describe.skipIf(redisServer.skip)("a Redis", () => {
  test("that does not answer is one that is away: requests are answered, and the server ends", async () => {
    const redis = await Redis.start();
    const [server, other] = await Promise.all([1, 2].map(() => serve("--redis", redis.url, "--rate", "0")));
    if (server === undefined || other === undefined) throw new Error("Two were started");
    const ann = await Peer.named(server.socket, "Ann");
    const ben = await Peer.named(other.socket, "Ben");
    await ann.join("lobby");
    redis.signal("SIGSTOP");
    for (const peer of [ann, ben]) peer.say({ type: "rooms", id: "1" });
    for (const peer of [ann, ben]) {
      expect((await peer.next("error", ({ id }) => id === "1")).code).toBe("storage_unavailable");
    }
    await server.close();
    expect((await ann.socket.closed).code).toBe(1012);
    redis.signal("SIGCONT");
    await until(() => {
      ben.say({ type: "rooms" });
      return ben.all("rooms").length > 0;
    });
  });

  test("that is not there is said in one line", async () => {
    const outcome = await start(["--port", "0", "--redis", "redis://127.0.0.1:1"]).ended;
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^Redis at 127\.0\.0\.1:1 is not reached: .+\n$/);
  });

  test("that forgets is warned about", async () => {
    const redis = await Redis.start();
    await redis.ask("CONFIG", "SET", "appendonly", "no");
    const program = chatWith(redis, 0);
    await program.url("page");
    await until(() => program.stderr.includes("\n"));
    expect(program.stderr).toContain("start it with --appendonly yes");
  });
});
