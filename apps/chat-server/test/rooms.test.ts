import { describe, expect, test } from "vitest";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";

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
});
