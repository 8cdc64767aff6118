import { describe, expect, test } from "vitest";
import { LocalBackplane, type PresenceChange, type RoomSocket, Rooms } from "../src/index.ts";
import { deferred, PlainSocket, settle } from "./support/plain.ts";

const ID = /^[0-9a-f]{20}$/;

describe("join, publish, leave", () => {
  test("what is published goes to the members of that room, in order, and to nobody else", async () => {
    const rooms = new Rooms();
    const [ann, ben, cid] = [new PlainSocket(), new PlainSocket(), new PlainSocket()];
    await rooms.join("a", ann);
    await rooms.join("a", ben);
    await rooms.join("b", ben);
    await rooms.join("b", cid);
    const ids = [];
    for (const text of ["1", "2", "3"]) ids.push(await rooms.publish("a", text));
    await rooms.publish("b", "4");
    await rooms.publish("nobody is there", "5");
    expect([ann.got, ben.got, cid.got]).toEqual([["1", "2", "3"], ["1", "2", "3", "4"], ["4"]]);
    expect(ids).toEqual([...new Set(ids)].toSorted());
    for (const id of ids) expect(id).toMatch(ID);
    expect([...rooms.sockets("a")]).toEqual([ann, ben]);
    expect([...rooms.roomsOf(ben)]).toEqual(["a", "b"]);
    expect([...rooms.names]).toEqual(["a", "b"]);
    expect(rooms.counters).toEqual({ published: 5, sent: 8, dropped: 0, disconnected: 0 });
  });

  test("who has left gets nothing more, and an empty room is none", async () => {
    const left: unknown[] = [];
    const rooms = new Rooms<PlainSocket>(
      {},
      { left: (room, { name }, reason) => left.push([room, name, reason]) },
    );
    const ann = new PlainSocket("ann");
    await rooms.join("a", ann);
    expect(rooms.leave("a", ann)).toBe(true);
    expect(rooms.leave("a", ann)).toBe(false);
    await rooms.publish("a", "1");
    expect(ann.got).toEqual([]);
    expect([...rooms.names]).toEqual([]);
    await rooms.join("a", ann);
    await rooms.join("b", ann);
    rooms.leaveAll(ann);
    expect([...rooms.names]).toEqual([]);
    expect(left).toEqual([
      ["a", "ann", "left"],
      ["a", "ann", "left"],
      ["b", "ann", "left"],
    ]);
  });

  test("octets are sent as octets", async () => {
    const rooms = new Rooms();
    const ann = new PlainSocket();
    await rooms.join("a", ann);
    await rooms.publish("a", Uint8Array.of(1, 255));
    expect(ann.got).toEqual(["octets 01ff"]);
  });

  test("an object with nothing but send is a socket", async () => {
    const rooms = new Rooms();
    const got: unknown[] = [];
    const socket = { send: (message: unknown) => void got.push(message) };
    await rooms.join("a", socket);
    await rooms.publish("a", "hello");
    rooms.leaveAll(socket);
    await rooms.publish("a", "too late");
    expect(got).toEqual(["hello"]);
  });

  test.each<[string, string]>([
    ["an empty name", ""],
    ["a long name", "a".repeat(1025)],
    ["a lone surrogate", "a\ud800"],
  ])("%s is a TypeError, everywhere", async (_, name) => {
    const rooms = new Rooms();
    const socket = new PlainSocket();
    await expect(rooms.join(name, socket)).rejects.toThrow(TypeError);
    await expect(rooms.join("a", socket, { member: { id: name } })).rejects.toThrow(TypeError);
    await expect(rooms.publish(name, "x")).rejects.toThrow(TypeError);
    await expect(rooms.publish("a", "x", { once: name })).rejects.toThrow(TypeError);
    await expect(rooms.history(name)).rejects.toThrow(TypeError);
    await expect(rooms.members(name)).rejects.toThrow(TypeError);
    expect(() => rooms.signal(name, "x")).toThrow(TypeError);
    expect([...rooms.names]).toEqual([]);
  });
});

describe("the end of a connection", () => {
  const ways: [string, () => { socket: RoomSocket; end: () => void }][] = [
    [
      "closed, a promise",
      () => {
        const { promise, resolve } = deferred();
        return { socket: { send() {}, closed: promise }, end: resolve };
      },
    ],
    [
      "closed, a promise that rejects",
      () => {
        const { promise, reject } = deferred();
        return { socket: { send() {}, closed: promise }, end: () => reject(new Error("reset")) };
      },
    ],
    [
      "an event of the standard",
      () => {
        const socket = Object.assign(new EventTarget(), { send() {} });
        return { socket, end: () => void socket.dispatchEvent(new Event("close")) };
      },
    ],
    ["send says that it is closed", () => ({ socket: { send: () => "closed" }, end: () => {} })],
    ["readyState", () => ({ socket: { send() {}, readyState: 3 }, end: () => {} })],
  ];
  test.each(ways)("%s: leaves all rooms", async (_, make) => {
    const left: unknown[] = [];
    const rooms = new Rooms({}, { left: (room, _socket, reason) => left.push([room, reason]) });
    const { socket, end } = make();
    await rooms.join("a", socket);
    await rooms.join("b", socket);
    end();
    await settle();
    await rooms.publish("a", "x");
    expect([...rooms.names]).toEqual([]);
    expect(left).toEqual([
      ["a", "closed"],
      ["b", "closed"],
    ]);
  });
});

test("presence: a member comes with the first socket and goes with the last", async () => {
  const changes: PresenceChange[] = [];
  const rooms = new Rooms({}, { presence: (_room, change) => changes.push(change) });
  const [one, two] = [new PlainSocket(), new PlainSocket()];
  await rooms.join("a", one, { member: { id: "ann", info: 1 } });
  await rooms.join("a", two, { member: { id: "ann", info: 1 } });
  expect(await rooms.members("a")).toEqual([{ id: "ann", info: 1 }]);
  await rooms.join("a", two, { member: { id: "ann", info: 2 } });
  one.end();
  await settle();
  expect(await rooms.members("a")).toEqual([{ id: "ann", info: 2 }]);
  rooms.leave("a", two);
  expect(await rooms.members("a")).toEqual([]);
  expect(changes).toEqual([
    { id: "ann", info: 1, change: "came" },
    { id: "ann", info: 2, change: "changed" },
    { id: "ann", info: 2, change: "went" },
  ]);
});

describe("what was missed", () => {
  test("is replayed after an id, before what comes live", async () => {
    const rooms = new Rooms();
    const ids: string[] = [];
    for (let i = 0; i < 250; i++) ids.push(await rooms.publish("a", `${i}`));
    const ann = new PlainSocket();
    const joining = rooms.join("a", ann, { after: ids[9]! });
    for (let i = 250; i < 255; i++) ids.push(await rooms.publish("a", `${i}`));
    const report = await joining;
    expect(report).toMatchObject({ joined: true, gap: false });
    // Some of the last came by the replay and some live, as it happened.
    expect(report.replayed).toBeGreaterThanOrEqual(240);
    await rooms.publish("a", "255");
    expect(ann.got).toEqual(Array.from({ length: 246 }, (_, i) => `${i + 10}`));
  });

  test("a message that is published twice with the same `once` is told once", async () => {
    const rooms = new Rooms({ backplane: new LocalBackplane() });
    const ann = new PlainSocket();
    await rooms.join("a", ann);
    const id = await rooms.publish("a", "x", { once: "ann 1" });
    expect(await rooms.publish("a", "x", { once: "ann 1" })).toBe(id);
    expect(await rooms.publish("a", "y", { once: "ann 2" })).not.toBe(id);
    expect(ann.got).toEqual(["x", "y"]);
    expect(await rooms.history("a", { limit: 1 })).toMatchObject({ messages: [{ data: "y" }], more: true });
  });
});
