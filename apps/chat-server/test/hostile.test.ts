import { connect } from "@plyws/node";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { groupOf } from "../src/chat/addresses.ts";
import { encodeChunk } from "../src/protocol/chunk.ts";
import { SUBPROTOCOL } from "../src/protocol/version.ts";
import { fold } from "../src/requests/lookup.ts";
import { SqliteStore } from "../src/storage/sqlite/store.ts";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";
import { folder } from "./support/program.ts";

describe("what is wrong gets an answer that says so, and harms nobody else", () => {
  test.each([
    ["not JSON", "{", { code: "invalid" }],
    ["nothing", "", { code: "invalid" }],
    ["an unknown type", { type: "shutdown", id: "1" }, { code: "invalid", id: "1" }],
    ["a number for a name", { type: "join", id: "1", room: 7 }, { code: "invalid", id: "1" }],
    [
      "a long text",
      { type: "send", id: "1", room: "lobby", text: "x".repeat(4001) },
      { code: "invalid", id: "1" },
    ],
    ["a huge message", "x".repeat(40_000), { code: "too_large" }],
    ["hello twice", { type: "hello", name: "Eve" }, { code: "hello_twice" }],
    [
      "a room not joined",
      { type: "send", id: "1", room: "other", text: "x" },
      { code: "not_joined", id: "1" },
    ],
    [
      "history of a room not joined",
      { type: "history", room: "other", before: "0".repeat(20) },
      { code: "not_joined" },
    ],
    [
      "a message that is not there",
      { type: "edit", id: "1", room: "lobby", seq: "0".repeat(20), text: "x" },
      { code: "not_found" },
    ],
    [
      "a file that is not there",
      { type: "fetch", id: "1", room: "lobby", file: "0".repeat(32) },
      { code: "not_found" },
    ],
    [
      "somebody's file",
      { type: "send", id: "1", room: "lobby", file: "0".repeat(32) },
      { code: "not_found" },
    ],
    ["a room of two others", { type: "join", id: "1", room: "@aaa~bbb" }, { code: "forbidden" }],
    ["nobody", { type: "direct", id: "1", name: "nobody" }, { code: "not_found" }],
    ["oneself", { type: "direct", id: "1", name: "Mallory" }, { code: "invalid" }],
  ])("%s", async (_, request, error) => {
    const { socket } = await serve();
    const [mallory, ann] = [await Peer.named(socket, "Mallory"), await Peer.named(socket, "Ann")];
    for (const peer of [mallory, ann]) await peer.join("lobby");
    expect(await mallory.ask("error", request)).toMatchObject(error);
    await ann.send("lobby", "still here");
    expect(await mallory.next("message")).toMatchObject({ text: "still here" });
  });

  test.each([
    ["no octets", new Uint8Array(0)],
    ["another kind", new Uint8Array(40)],
    [
      "an upload that was not begun",
      encodeChunk({ id: "0".repeat(32), offset: 0, content: new Uint8Array(9) }),
    ],
  ])("a binary message of %s", async (_, octets) => {
    const { socket } = await serve();
    const mallory = await Peer.named(socket, "Mallory");
    mallory.socket.send(octets);
    expect((await mallory.next("error")).code).toMatch(/^(invalid|not_found)$/);
    await mallory.settled();
  });

  test("whoever says no hello has to go, and nobody else", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { socket } = await serve();
    const silent = await Peer.connect(socket);
    const ann = await Peer.named(socket, "Ann");
    vi.advanceTimersByTime(10_001);
    expect(await silent.socket.closed).toMatchObject({ code: 1008, reason: "No hello within 10 seconds" });
    await ann.settled();
  });

  test("nothing is answered before hello", async () => {
    const { socket } = await serve();
    const peer = await Peer.connect(socket);
    expect(await peer.ask("error", { type: "join", room: "lobby" })).toMatchObject({ code: "hello_first" });
    peer.socket.send(new Uint8Array(30));
    expect(await peer.next("error")).toMatchObject({ code: "hello_first" });
  });

  test("a message beyond all measure closes the connection with a code that says why", async () => {
    const { socket } = await serve();
    const mallory = await Peer.named(socket, "Mallory");
    mallory.say("x".repeat(2 ** 20 + 1));
    expect((await mallory.socket.closed).code).toBe(1009);
  });
});

describe("others' messages", () => {
  test("cannot be changed, and an id of somebody else is one's own when one uses it", async () => {
    const { socket } = await serve();
    const [ann, mallory] = [await Peer.named(socket, "Ann"), await Peer.named(socket, "Mallory")];
    for (const peer of [ann, mallory]) await peer.join("lobby");
    const { seq } = await ann.send("lobby", "mine", "same-id");
    for (const request of [
      { type: "edit", text: "hers", seq },
      { type: "delete", seq },
    ]) {
      expect(await mallory.ask("error", { ...request, id: "m1", room: "lobby" })).toMatchObject({
        code: "not_yours",
        id: "m1",
      });
    }
    const second = await mallory.send("lobby", "another", "same-id");
    expect(second.seq > seq).toBe(true);
    const { messages } = await mallory.ask("history", {
      type: "history",
      room: "lobby",
      before: "g".replace("g", "f".repeat(20)),
    });
    expect(messages.map(({ text, from }) => `${from.name}: ${text}`)).toEqual([
      "Ann: mine",
      "Mallory: another",
    ]);
  });

  test("of two cannot be read by a third", async () => {
    const { socket } = await serve();
    const [ann, ben, eve] = await Promise.all(["Ann", "Ben", "Eve"].map((name) => Peer.named(socket, name)));
    if (ann === undefined || ben === undefined || eve === undefined) throw new Error("Three came");
    const { room } = await ann.ask("direct", { type: "direct", name: "ben" });
    expect(await ben.next("direct")).toMatchObject({ room, with: { name: "Ann" } });
    for (const peer of [ann, ben]) await peer.join(room);
    await ann.send(room, "secret");
    expect(await ben.next("message")).toMatchObject({ text: "secret" });
    for (const request of [
      { type: "join", room },
      { type: "history", room, before: "f".repeat(20) },
      { type: "search", room, text: "secret" },
      { type: "send", id: "1", room, text: "x" },
    ]) {
      expect((await eve.ask("error", request)).code).toMatch(/^(forbidden|not_joined)$/);
    }
    expect(eve.all("message")).toEqual([]);
  });

  test("that were deleted are gone, with all that they once said", async () => {
    const { socket } = await serve();
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const { seq } = await ann.send("lobby", "first words");
    await ann.ask("ack", { type: "edit", id: "e", room: "lobby", seq, text: "second words" });
    await ann.ask("ack", { type: "delete", id: "d", room: "lobby", seq });
    const late = await Peer.named(socket, "Late");
    const { messages } = await late.join("lobby", { after: "" });
    expect(messages).toEqual([]);
    expect(await late.next("message")).toMatchObject({ text: "", deleted: true });
    // Its place stays, so that whoever had come as far as there goes on from there.
    expect(await late.next("edited")).toMatchObject({ of: seq, text: "" });
    expect(await late.next("deleted")).toMatchObject({ of: seq });
  });
});

describe("two pages of one person", () => {
  test("that edit and delete a message at the same time do not bring back what it said", async () => {
    const { socket } = await serve();
    const one = await Peer.connect(socket);
    const { key } = await one.ask("welcome", { type: "hello", name: "Ann" });
    const other = await Peer.connect(socket);
    await other.ask("welcome", { type: "hello", name: "Ann", key });
    for (const peer of [one, other]) await peer.join("lobby");
    for (let count = 0; count < 10; count++) {
      const { seq } = await one.send("lobby", "words");
      one.say({ type: "delete", id: `d${count}`, room: "lobby", seq });
      other.say({ type: "edit", id: `e${count}`, room: "lobby", seq, text: "other words" });
      await one.next("ack", ({ id }) => id === `d${count}`);
      await other.settled();
    }
    const { messages } = await one.ask("history", {
      type: "history",
      room: "lobby",
      before: "f".repeat(20),
    });
    expect(messages.map(({ text, deleted }) => [text, deleted])).toEqual(
      Array.from({ length: 10 }, () => ["", true]),
    );
  });

  test("that use an id again for another change make both, and nobody misses one", async () => {
    const { socket } = await serve();
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const { seq } = await ann.send("lobby", "one", "same");
    for (const text of ["two", "three", "three"]) {
      await ann.ask("ack", { type: "edit", id: "same", room: "lobby", seq, text });
    }
    expect(ann.all("edited").map(({ text }) => text)).toEqual(["two", "three"]);
  });
});

describe("floods", () => {
  test("are slowed down by an answer that says for how long, and end in a closed connection", async () => {
    const { socket } = await serve("--rate", "5");
    const [mallory, ann] = [await Peer.named(socket, "Mallory"), await Peer.named(socket, "Ann")];
    for (const peer of [mallory, ann]) await peer.join("lobby");
    for (let count = 0; count < 200; count++) {
      mallory.say({ type: "send", id: `${count}`, room: "lobby", text: "x" });
    }
    const error = await mallory.next("error");
    expect(error.code).toBe("rate_limited");
    expect(error.retryAfter).toBeGreaterThan(0);
    expect(error.retryAfter).toBeLessThanOrEqual(200);
    expect(await mallory.socket.closed).toMatchObject({
      code: 1008,
      reason: "Too many requests, after many warnings",
    });
    await ann.send("lobby", "still here");
    expect(await ann.next("message", ({ text }) => text === "still here")).toBeDefined();
  });

  test("of binary messages are slowed down as well", async () => {
    const { socket } = await serve("--rate", "5");
    const mallory = await Peer.named(socket, "Mallory");
    for (let count = 0; count < 200; count++) mallory.socket.send(new Uint8Array(30));
    await mallory.next("error", ({ code }) => code === "rate_limited");
    expect((await mallory.socket.closed).code).toBe(1008);
  });

  test("of tiny pieces count for more than their octets", async () => {
    const { socket } = await serve("--rate", "0");
    const mallory = await Peer.named(socket, "Mallory");
    await mallory.join("lobby");
    const id = "0".repeat(32);
    await mallory.ask("uploading", {
      type: "upload",
      upload: id,
      room: "lobby",
      name: "a.txt",
      size: 2 ** 20,
    });
    const piece = encodeChunk({ id, offset: 2 ** 19, content: new Uint8Array(1) });
    for (let count = 0; count < 17_000; count++) mallory.socket.send(piece);
    expect(await mallory.next("error")).toMatchObject({ code: "rate_limited", upload: id });
  });

  test("of connections are refused before they are open", async () => {
    const { socket } = await serve("--address-connections", "3");
    const peers = await Promise.all([1, 2, 3].map(() => Peer.connect(socket)));
    await expect(connect(socket, { subprotocols: [SUBPROTOCOL] })).rejects.toMatchObject({ status: 429 });
    peers[0]?.socket.close();
    await peers[0]?.socket.closed;
    await Peer.connect(socket);
  });

  test("of many connections of one address share its limit", async () => {
    const { socket } = await serve("--address-rate", "5");
    const peers = await Promise.all(["A", "B", "C"].map((name) => Peer.named(socket, name)));
    for (const peer of peers)
      for (let count = 0; count < 10; count++) peer.say({ type: "rooms", id: `${count}` });
    // Each of them alone would be well within its own.
    const { code } = await Promise.race(peers.map((peer) => peer.next("error")));
    expect(code).toBe("rate_limited");
  });

  test("of rooms end at a limit", async () => {
    const { socket } = await serve("--max-rooms", "2");
    const mallory = await Peer.named(socket, "Mallory");
    await mallory.join("one");
    await mallory.join("two");
    expect(await mallory.ask("error", { type: "join", room: "three" })).toMatchObject({
      code: "too_many_rooms",
    });
    await mallory.join("two");
  });

  test("of rooms of two end at a limit, and are told once", async () => {
    const store = new SqliteStore(folder());
    onTestFinished(() => store.close());
    const somebody = { id: "ann", name: "Ann" };
    const open = (id: string) => store.rooms.openDirect(`@ann~${id}`, [somebody, { id, name: id }], 2);
    expect([await open("ben"), await open("ben"), await open("eve"), await open("dan")]).toEqual([
      "new",
      "known",
      "new",
      "full",
    ]);
    const { socket } = await serve();
    const [ann, ben] = [await Peer.named(socket, "Ann"), await Peer.named(socket, "Ben")];
    for (let count = 0; count < 3; count++) await ann.ask("direct", { type: "direct", name: "Ben" });
    await ben.settled();
    expect(ben.all("direct")).toHaveLength(1);
  });
});

describe("what takes long", () => {
  test("endless marks are searched by their beginning: to put them in order takes time that grows with the square", () => {
    expect(fold(`Ａ${"\u0316\u0300".repeat(1999)}Ｂ`)).toBe(fold(`a${"\u0316\u0300".repeat(8)}b`));
  });

  test("a search looks at a part of what is there, and says where to go on", async () => {
    const { socket } = await serve("--rate", "0", "--address-rate", "0");
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    await ann.send("lobby", "needle");
    const ids = Array.from({ length: 260 }, (_, index) => `${index}`);
    for (const id of ids) ann.say({ type: "send", id, room: "lobby", text: "x".repeat(4000) });
    for (const id of ids) await ann.next("ack", (ack) => ack.id === id);
    const first = await ann.ask("found", { type: "search", room: "lobby", text: "needle" });
    expect(first).toMatchObject({ messages: [], before: expect.stringMatching(/^[0-9a-f]{20}$/) });
    const second = await ann.ask("found", {
      type: "search",
      room: "lobby",
      text: "needle",
      before: first.before,
    });
    expect(second).toMatchObject({ messages: [{ text: "needle" }], before: null });
  });

  test("long messages come in shorter pages, and all of them come", async () => {
    const { socket } = await serve("--rate", "0", "--address-rate", "0");
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const long = "x".repeat(3990);
    const ids = Array.from({ length: 45 }, (_, index) => `${index}`);
    for (const id of ids) ann.say({ type: "send", id, room: "lobby", text: `${id} ${long}` });
    for (const id of ids) await ann.next("ack", (ack) => ack.id === id);
    const late = await Peer.named(socket, "Late");
    const joined = await late.join("lobby", { last: 100 });
    expect(joined.messages.length).toBeLessThan(20);
    const seen = [...joined.messages];
    for (let { more } = joined; more; ) {
      const request = { type: "history", room: "lobby", before: seen[0]?.seq, limit: 100 };
      const page = await late.ask("history", request);
      expect(page.messages.length).toBeGreaterThan(0);
      seen.unshift(...page.messages);
      ({ more } = page);
    }
    expect(seen.map(({ id }) => id)).toEqual(ids);
    const short = await late.ask("history", {
      type: "history",
      room: "lobby",
      before: "f".repeat(20),
      limit: 3,
    });
    expect(short.messages.map(({ id }) => id)).toEqual(["42", "43", "44"]);
    expect((await late.join("lobby", { last: 0 })).messages).toEqual([]);
  });

  test("a peer that reads no answers is not answered any more, and not read", async () => {
    const { socket, page } = await serve("--rate", "0", "--address-rate", "0");
    const ann = await Peer.named(socket, "Ann");
    const mallory = await Peer.named(socket, "Mallory");
    for (const peer of [ann, mallory]) await peer.join("lobby");
    for (let count = 0; count < 10; count++) await ann.send("lobby", "\u0001".repeat(4000));
    await mallory.settled();
    mallory.socket.pause();
    const asked = async () => {
      const text = await (await fetch(`${page}metrics`)).text();
      return Number(/^plyws_chat_requests_total\{type="history"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const request = { type: "history", room: "lobby", before: "f".repeat(20), limit: 10 };
    for (let count = 0; count < 300; count++) mallory.say(request);
    for (let last = -1, now = await asked(); now !== last; now = await asked()) {
      last = now;
      await ann.send("lobby", "still here");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // The system takes some megabytes for a peer that does not read.
    expect(await asked()).toBeLessThan(200);
    mallory.socket.resume();
    for (let count = 0; count < 300; count++) await mallory.next("history");
  });
});

describe("who may connect", () => {
  test.each([
    ["no subprotocol", undefined, [], 400],
    ["another subprotocol", undefined, ["plyws.chat.0"], 400],
    ["a page of another host", "https://evil.example", [SUBPROTOCOL], 403],
    ["a page of no origin", "null", [SUBPROTOCOL], 403],
  ])("not %s", async (_, origin, subprotocols, status) => {
    const { socket } = await serve();
    await expect(connect(socket, { origin, subprotocols })).rejects.toMatchObject({ status });
  });

  test("pages of this host, or of those that were named", async () => {
    const own = await serve();
    const origin = new URL(own.page).origin;
    await Peer.connect(own.socket, {}, origin);
    const named = await serve("--origin", "https://chat.example");
    await Peer.connect(named.socket, {}, "https://chat.example");
    await expect(
      connect(named.socket, { origin: new URL(named.page).origin, subprotocols: [SUBPROTOCOL] }),
    ).rejects.toMatchObject({ status: 403 });
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::"],
    ["2001:db8::6", "2001:db8:0:0::"],
    ["::1", "0:0:0:0::"],
    ["fe80::1%eth0", "fe80:0:0:0::"],
    ["no address", "no address"],
  ])("%s counts as %s", (address, group) => expect(groupOf(address)).toBe(group));

  test("addresses behind a proxy count for themselves, when the proxy is trusted", async () => {
    const { socket } = await serve("--address-connections", "1", "--trust-proxy");
    await Peer.connect(socket, { "x-forwarded-for": "forged, 192.0.2.1" });
    await Peer.connect(socket, { "x-forwarded-for": "192.0.2.2" });
    await expect(Peer.connect(socket, { "x-forwarded-for": "192.0.2.1" })).rejects.toMatchObject({
      status: 429,
    });
  });
});

describe("the page", () => {
  test.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "/page.js/../../package.json",
    "/files/x",
    "/__proto__",
    "/constructor",
    "//etc/passwd",
    "/page.js%00.txt",
    "/index.html/",
  ])("serves nothing for %s", async (path) => {
    const { page } = await serve();
    const { hostname, port } = new URL(page);
    const { request } = await import("node:http");
    // Not by fetch, which would tidy the path.
    const status = await new Promise((resolve, reject) => {
      request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(404);
  });

  test("lets nothing run but its own script, and says no to other methods", async () => {
    const { page } = await serve();
    const response = await fetch(page);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await fetch(page, { method: "POST", body: "x" })).status).toBe(405);
    const again = await fetch(page, { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });
});
