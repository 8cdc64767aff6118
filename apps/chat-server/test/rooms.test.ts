import { describe, expect, test, vi } from "vitest";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("a room", () => {
  test("brings what one says to all, in one order, and acknowledges it", async () => {
    const { socket } = await serve();
    const [ann, ben] = await Promise.all([Peer.named(socket, "Ann"), Peer.named(socket, "Ben")]);
    await ann.join("lobby");
    await ben.join("lobby");
    expect((await ben.next("members")).members.map(({ name }) => name)).toEqual(["Ann", "Ben"]);
    await ann.next("presence", ({ user, here }) => user.name === "Ben" && here);

    const ack = await ann.send("lobby", "hello", "a1");
    expect(ack).toMatchObject({ id: "a1", room: "lobby", seq: expect.stringMatching(/^[0-9a-f]{20}$/) });
    for (const peer of [ann, ben]) {
      expect(await peer.next("message")).toMatchObject({
        seq: ack.seq,
        at: ack.at,
        id: "a1",
        text: "hello",
        from: { name: "Ann" },
      });
    }
    const texts = Array.from({ length: 40 }, (_, index) => `${index}`);
    for (const text of texts) {
      ann.say({ type: "send", id: `a-${text}`, room: "lobby", text });
      ben.say({ type: "send", id: `b-${text}`, room: "lobby", text });
    }
    const seen: string[][] = [];
    for (const peer of [ann, ben]) {
      const order: string[] = [];
      for (let count = 0; count < 80; count++) {
        const { seq, from, text } = await peer.next("message");
        order.push(`${seq} ${from.name} ${text}`);
      }
      seen.push(order);
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toEqual(seen[0]?.toSorted());
    for (const name of ["Ann", "Ben"]) {
      const own = seen[0]?.filter((line) => line.includes(name)).map((line) => line.split(" ")[2]);
      expect(own).toEqual(texts);
    }
  });

  test("waits for nobody: who reads nothing is let go, comes back, and gets all of it", async () => {
    const { socket, page } = await serve("--rate", "0", "--address-rate", "0");
    const slow = await Peer.connect(socket);
    const { key } = await slow.ask("welcome", { type: "hello", name: "Slow" });
    const { head } = await slow.join("lobby");
    await slow.next("members");
    slow.socket.pause();
    const names = Array.from({ length: 20 }, (_, index) => `Writer ${index}`);
    const writers = await Promise.all(names.map((name) => Peer.named(socket, name)));
    for (const writer of writers) await writer.join("lobby");
    // More than the system takes for a peer that does not read, and the mebibyte that the server keeps.
    const text = "长".repeat(4000);
    const disconnected = async () =>
      /^plyws_chat_slow_disconnected 1$/m.test(await (await fetch(`${page}metrics`)).text());
    let rounds = 0;
    do {
      await Promise.all(writers.map((writer) => writer.send("lobby", text)));
      rounds++;
    } while (!(await disconnected()));
    slow.socket.resume();
    expect((await slow.socket.closed).code).toBe(1013);
    const [first] = writers;
    for (let count = 0; count < rounds * writers.length; count++) await first?.next("message");

    const back = await Peer.connect(socket);
    await back.ask("welcome", { type: "hello", name: "Slow", key });
    await back.join("lobby", { after: head });
    await back.next("members");
    expect(back.all("message")).toHaveLength(rounds * writers.length);
  });
});
