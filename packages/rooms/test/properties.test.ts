import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { formatId, IdSource, MemoryLog, parseId, Rooms } from "../src/index.ts";
import { PlainSocket, settle } from "./support/plain.ts";

const parts = fc.record({ time: fc.nat({ max: 2 ** 48 - 2 }), count: fc.nat({ max: 2 ** 32 - 1 }) });

test.prop([parts, parts])(
  "the order of ids is that of their parts, and they are read as they were written",
  (a, b) => {
    const sign = Math.sign(a.time - b.time || a.count - b.count);
    const [x, y] = [formatId(a), formatId(b)];
    expect(x < y ? -1 : x > y ? 1 : 0).toBe(sign);
    expect(parseId(x)).toEqual(a);
  },
);

const clockSteps = fc.array(fc.integer({ min: -5, max: 5 }));

test.prop([clockSteps, fc.option(parts)])(
  "ids rise whatever the clock does, also after those of before",
  (steps, before) => {
    let now = 1000;
    let last = formatId(before ?? { time: 1000, count: 0 });
    const source = new IdSource({ now: () => now, ...(before === null ? {} : { after: last }) });
    for (const step of steps) {
      now += step;
      const next = source.next();
      expect(next > last).toBe(true);
      last = next;
    }
  },
);

const ROOMS = ["a", "b"];
const SOCKETS = 4;
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("publish" as const), room: fc.constantFrom(...ROOMS) }),
  },
  ...(["join", "resume", "leave", "end"] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant(kind),
      room: fc.constantFrom(...ROOMS),
      socket: fc.nat({ max: SOCKETS - 1 }),
      /** Whether others act before it is done. */
      wait: fc.boolean(),
    }),
  })),
);

/** A client that comes back with another socket, and what it should have seen. */
interface Client {
  socket: PlainSocket;
  /** Per room: the ids that it got, over all sockets, since it asked to resume from the beginning. */
  readonly seen: Map<string, string[]>;
}

test.prop([fc.array(action, { maxLength: 60 })])(
  "whoever resumes has every message once and in order; nobody gets one of a room that it is not in",
  async (actions) => {
    const rooms = new Rooms<PlainSocket>({ encode: ({ room, id }) => `${room} ${id}` });
    const published = new Map<string, string[]>(ROOMS.map((room) => [room, []]));
    const clients: Client[] = Array.from({ length: SOCKETS }, () => ({
      socket: new PlainSocket(),
      seen: new Map(),
    }));
    const collect = (client: Client): void => {
      for (const text of client.socket.got.splice(0)) {
        const [room = "", id = ""] = text.split(" ");
        const seen = client.seen.get(room);
        expect(seen, `${room} was never joined`).toBeDefined();
        seen?.push(id);
      }
    };
    const resume = (client: Client, room: string): Promise<unknown> => {
      collect(client);
      const seen = client.seen.get(room) ?? [];
      client.seen.set(room, seen);
      return rooms.join(room, client.socket, { after: seen.at(-1) ?? "" });
    };
    for (const step of actions) {
      if (step.kind === "publish") {
        published.get(step.room)?.push(await rooms.publish(step.room, "x"));
        continue;
      }
      const client = clients[step.socket]!;
      if (step.kind === "leave") rooms.leave(step.room, client.socket);
      else if (step.kind === "end") {
        client.socket.end();
        await settle();
        collect(client);
        client.socket = new PlainSocket();
      } else {
        const joining = resume(client, step.room);
        if (step.wait) await joining;
      }
    }
    await settle();
    for (const client of clients) {
      for (const room of client.seen.keys()) {
        await resume(client, room);
        collect(client);
        expect(client.seen.get(room)).toEqual(published.get(room));
      }
    }
    // The members are those who came and did not go.
    for (const room of ROOMS) {
      const inside = clients.filter(({ socket }) => [...rooms.roomsOf(socket)].includes(room));
      expect(new Set(rooms.sockets(room))).toEqual(new Set(inside.map(({ socket }) => socket)));
    }
    for (const { socket } of clients) rooms.leaveAll(socket);
    expect([...rooms.names]).toEqual([]);
  },
);

const membership = fc.record({
  kind: fc.constantFrom("join", "leave", "end"),
  room: fc.constantFrom(...ROOMS),
  socket: fc.nat({ max: 5 }),
});

test.prop([fc.array(membership, { maxLength: 50 })])(
  "members are present while any of their sockets is",
  async (steps) => {
    const present = new Map(ROOMS.map((room) => [room, new Set<string>()]));
    const rooms = new Rooms<PlainSocket>(
      {},
      {
        presence: (room, { id, change }) => {
          const ids = present.get(room)!;
          // Nobody comes twice, nor goes twice.
          expect(ids.has(id)).toBe(change === "went");
          if (change === "came") ids.add(id);
          else ids.delete(id);
        },
        error: (error) => {
          throw error;
        },
      },
    );
    // Six sockets of three members.
    const sockets = Array.from({ length: 6 }, (_, i) => new PlainSocket(`member ${i % 3}`));
    const inside = new Map(ROOMS.map((room) => [room, new Set<PlainSocket>()]));
    for (const { kind, room, socket: index } of steps) {
      const socket = sockets[index]!;
      if (kind === "join") {
        await rooms.join(room, socket, { member: { id: socket.name } });
        inside.get(room)?.add(socket);
      } else if (kind === "leave") {
        rooms.leave(room, socket);
        inside.get(room)?.delete(socket);
      } else {
        socket.end();
        await settle();
        for (const set of inside.values()) set.delete(socket);
        sockets[index] = new PlainSocket(socket.name);
      }
      for (const name of ROOMS) {
        const names = new Set([...(inside.get(name) ?? [])].map((each) => each.name));
        expect(present.get(name)).toEqual(names);
        expect(new Set((await rooms.members(name)).map(({ id }) => id))).toEqual(names);
      }
    }
  },
);

/** The id of the message of this number, by a clock that goes on by one for each. */
const idOf = (number: number): string => formatId({ time: 1002 + number, count: 0 });

const range = fc.record(
  { after: fc.nat({ max: 45 }), before: fc.nat({ max: 45 }), limit: fc.integer({ min: 1, max: 12 }) },
  { requiredKeys: [] },
);

test.prop([fc.nat({ max: 40 }), fc.integer({ min: 1, max: 50 }), range])(
  "a log gives what a filter over all messages would, of those that it keeps",
  (count, maxMessages, { after, before, limit = 100 }) => {
    let now = 1000;
    const log = new MemoryLog({ maxMessages, now: () => now++ });
    const all = Array.from({ length: count }, (_, i) => log.append("a", `${i}`, null).id);
    const kept = all.slice(-maxMessages);
    const [afterId, beforeId] = [after, before].map((n) => (n === undefined ? undefined : idOf(n)));
    const fitting = kept.filter(
      (id) => (afterId === undefined || id > afterId) && (beforeId === undefined || id < beforeId),
    );
    const chosen = afterId === undefined ? fitting.slice(-limit) : fitting.slice(0, limit);
    const history = log.read("a", {
      limit,
      ...(afterId === undefined ? {} : { after: afterId }),
      ...(beforeId === undefined ? {} : { before: beforeId }),
    });
    expect(history.messages.map(({ id }) => id)).toEqual(chosen);
    expect(history.more).toBe(fitting.length > limit);
    const dropped = all.slice(0, all.length - kept.length);
    expect(history.gap).toBe(afterId !== undefined && dropped.some((id) => id > afterId));
  },
);

test("what is no id is said to be none", () => {
  expect(() => new IdSource({ after: "1-1" })).toThrow(RangeError);
  for (const id of ["", "0".repeat(19), "0".repeat(21), "g".repeat(20), "0".repeat(19) + "A"]) {
    expect(parseId(id)).toBeNull();
  }
  for (const id of [
    { time: -1, count: 0 },
    { time: 2 ** 48, count: 0 },
    { time: 0, count: 2 ** 32 },
    { time: 0.5, count: 0 },
  ]) {
    expect(() => formatId(id)).toThrow(RangeError);
  }
});
