import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { foldName, toName } from "../src/protocol/names.ts";
import { LIMITS } from "../src/protocol/version.ts";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";

const soon = () => Math.floor(Date.now() / 1000) + 60;

describe("guests", () => {
  test("have their name as long as they want, by a key", async () => {
    const { socket } = await serve();
    const first = await Peer.connect(socket);
    const { user, key } = await first.ask("welcome", { type: "hello", name: "Ann" });
    first.socket.close();
    const thief = await Peer.connect(socket);
    for (const name of ["Ann", "ANN", "Ａｎｎ", " ann "]) {
      expect(await thief.ask("error", { type: "hello", name })).toMatchObject({ code: "name_taken" });
    }
    for (const forged of [`${user.id}.`, `${user.id}.${"x".repeat(32)}`, "", "..", "__proto__.x"]) {
      expect(await thief.ask("error", { type: "hello", name: "Ann", key: forged })).toMatchObject({
        code: "name_taken",
      });
    }
    const again = await Peer.connect(socket);
    expect(await again.ask("welcome", { type: "hello", name: "Ann", key })).toMatchObject({ user, key });
  });

  test("may take another name, stay who they are, and keep the earlier one", async () => {
    const { socket } = await serve();
    const first = await Peer.connect(socket);
    const { user, key } = await first.ask("welcome", { type: "hello", name: "Ann" });
    await first.join("lobby");
    const { seq } = await first.send("lobby", "mine");
    const second = await Peer.connect(socket);
    const renamed = await second.ask("welcome", { type: "hello", name: "Anna", key });
    expect(renamed.user).toEqual({ id: user.id, name: "Anna" });
    await second.join("lobby");
    await second.ask("ack", { type: "edit", id: "1", room: "lobby", seq, text: "still mine" });
    // The first page goes on as Ann: nobody else may be called so meanwhile.
    await first.send("lobby", "from the first page");
    expect((await second.next("message", ({ text }) => text.includes("first"))).from.name).toBe("Ann");
    const other = await Peer.connect(socket);
    for (const name of ["Ann", "Anna"]) {
      expect(await other.ask("error", { type: "hello", name })).toMatchObject({ code: "name_taken" });
    }
    // A room of two is with whoever has the name now.
    await other.ask("welcome", { type: "hello", name: "Ben" });
    expect(await other.ask("error", { type: "direct", name: "Ann" })).toMatchObject({ code: "not_found" });
    expect(await other.ask("direct", { type: "direct", name: "Anna" })).toMatchObject({ with: renamed.user });
  });

  test("cannot take all names", async () => {
    const { socket } = await serve();
    let key: string | undefined;
    for (let count = 0; count < LIMITS.names; count++) {
      const peer = await Peer.connect(socket);
      ({ key } = await peer.ask("welcome", { type: "hello", name: `Ann ${count}`, key }));
    }
    const peer = await Peer.connect(socket);
    expect(await peer.ask("error", { type: "hello", name: "Another", key })).toMatchObject({
      code: "too_many_names",
    });
    await peer.ask("welcome", { type: "hello", name: "Ann 0", key });
    await Peer.named(socket, "Another");
  });

  test("of one address come in no great number", async () => {
    const { socket } = await serve("--address-connections", "0", "--address-rate", "1000");
    for (let count = 0; count < 100; count++) {
      const peer = await Peer.connect(socket);
      await peer.ask("welcome", { type: "hello", name: `Guest ${count}` });
      peer.socket.terminate();
    }
    const peer = await Peer.connect(socket);
    const error = await peer.ask("error", { type: "hello", name: "One more" });
    expect(error).toMatchObject({ code: "rate_limited", retryAfter: expect.any(Number) });
  });

  test.each([
    "",
    " ",
    "<script>",
    "a\u202eb",
    "a\u200db",
    "x".repeat(40),
    "\u3164",
    "Ann\u2800",
    // With a Cyrillic, a Greek letter.
    "\u0410nn",
    "\u0396o\u00eb",
  ])("are not called %j", async (name) => {
    const { socket } = await serve();
    const peer = await Peer.connect(socket);
    expect(await peer.ask("error", { type: "hello", name })).toMatchObject({ code: "name_invalid" });
    await peer.ask("welcome", { type: "hello", name: "Ann" });
  });
});

test.each([
  ["case", "ann", "ANN"],
  ["width", "Ann", "\uff21nn"],
  ["letters of mathematics", "Ann", "\u{1d400}nn"],
  ["what is not to be seen", "Ann", "Ann\ufe0f"],
  ["accents that compose", "Zo\u00eb", "Zoe\u0308"],
  ["Cyrillic letters", "BOB", "\u0412\u041e\u0412"],
  ["Greek letters", "KATO", "\u039a\u0391\u03a4\u039f"],
  ["the form of a letter at the end of a word", "\u03a3\u03b1\u03c2", "\u03a3\u03b1\u03c3"],
])("names that differ in %s only are one name", (_, one, other) => {
  const [first, second] = [toName(one), toName(other)];
  expect(foldName(first ?? "")).toBe(foldName(second ?? "-"));
});

describe("people with tokens", () => {
  const secret = "a secret of thirty-two characters";
  const sign = (claims: object, key = secret, algorithm = "HS256") =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: algorithm }).sign(new TextEncoder().encode(key));

  test("are who the token says, on every connection", async () => {
    const { socket } = await serve("--auth-secret", secret);
    const token = await sign({ sub: "ann@example.com", name: "Ann", exp: soon() });
    const [one, two] = await Promise.all([Peer.connect(socket), Peer.connect(socket)]);
    const first = await one.ask("welcome", { type: "hello", token });
    expect(first).toMatchObject({ user: { name: "Ann" } });
    expect(first.key).toBeUndefined();
    expect(JSON.stringify(first)).not.toContain("example.com");
    expect((await two.ask("welcome", { type: "hello", token, name: "Somebody" })).user).toEqual(first.user);
    const other = await Peer.connect(socket);
    const taken = await sign({ sub: "eve", name: "ann", exp: soon() });
    expect(await other.ask("error", { type: "hello", token: taken })).toMatchObject({ code: "name_taken" });
  });

  test.each([
    ["none", async () => undefined],
    ["one that is none", async () => "a.b.c"],
    [
      "one of another secret",
      () => sign({ sub: "a", exp: soon() }, "another secret of thirty-two characters"),
    ],
    ["one of another algorithm", () => sign({ sub: "a", exp: soon() }, secret, "HS512")],
    ["one that is over", () => sign({ sub: "a", exp: soon() - 120 })],
    ["one without an end", () => sign({ sub: "a" })],
    ["one of nobody", () => sign({ exp: soon() })],
    [
      "one that nobody has signed",
      async () => `${btoa('{"alg":"none"}')}.${btoa(`{"sub":"a","exp":${soon()}}`)}.`.replaceAll("=", ""),
    ],
  ])("need a token: not %s", async (_, make) => {
    const { socket } = await serve("--auth-secret", secret);
    const peer = await Peer.connect(socket);
    const token = await make();
    const hello = { type: "hello", name: "Ann", ...(token !== undefined && { token }) };
    expect(await peer.ask("error", hello)).toMatchObject({ code: "unauthorized" });
  });

  test("have to go when the token is over", async () => {
    const { socket } = await serve("--auth-secret", secret);
    const peer = await Peer.connect(socket);
    const token = await sign({ sub: "a", name: "Ann", exp: Math.floor(Date.now() / 1000) + 2 });
    await peer.ask("welcome", { type: "hello", token });
    expect(await peer.socket.closed).toMatchObject({ code: 3000, reason: "The token has expired" });
  });
});
