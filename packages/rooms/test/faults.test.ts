import { afterEach, describe, expect, test, vi } from "vitest";
import { Rooms, type RoomsEvents } from "../src/index.ts";
import { PlainSocket, settle } from "./support/plain.ts";

const FAULT = new Error("broken");
const fail = (): never => {
  throw FAULT;
};
const reject = (): Promise<never> => Promise.reject(FAULT);

/** Rooms that collect what failed. */
function collecting(events: RoomsEvents = {}, encode?: () => never): { rooms: Rooms; errors: unknown[] } {
  const errors: unknown[] = [];
  const rooms = new Rooms(encode === undefined ? {} : { encode }, {
    ...events,
    error: (error) => errors.push(error),
  });
  return { rooms, errors };
}

describe("a socket that breaks", () => {
  test.each<[string, () => unknown]>([
    ["throws", fail],
    ["rejects", reject],
  ])("its send %s: it leaves, the others get what is said", async (_, send) => {
    const left: string[] = [];
    const { rooms, errors } = collecting({ left: (_room, _socket, reason) => left.push(reason) });
    const [before, after] = [new PlainSocket(), new PlainSocket()];
    await rooms.join("a", before);
    await rooms.join("a", { send });
    await rooms.join("a", after);
    await rooms.publish("a", "1");
    await settle();
    await rooms.publish("a", "2");
    expect([before.got, after.got]).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
    expect([errors, left]).toEqual([[FAULT], ["failed"]]);
  });

  test("its close throws: it has left all the same", async () => {
    const errors: unknown[] = [];
    const rooms = new Rooms({ maxBufferedAmount: 0 }, { error: (error) => errors.push(error) });
    await rooms.join("a", { send() {}, bufferedAmount: 1, close: fail });
    await rooms.publish("a", "1");
    expect([errors, [...rooms.names]]).toEqual([[FAULT], []]);
  });

  test("it closes while it joins: it is not in the room, and nobody heard of it", async () => {
    const presence: unknown[] = [];
    const { rooms } = collecting({ presence: (_room, change) => presence.push(change) });
    const socket = new PlainSocket();
    const joining = rooms.join("a", socket, { member: { id: "ann" } });
    rooms.leaveAll(socket);
    expect(await joining).toMatchObject({ joined: false });
    expect(await rooms.join("a", { send() {}, readyState: 2 })).toMatchObject({ joined: false });
    expect([presence, [...rooms.names]]).toEqual([[], []]);
  });

  test("it leaves in the middle of a replay: the replay ends", async () => {
    const { rooms } = collecting();
    for (let i = 0; i < 10; i++) await rooms.publish("a", `${i}`);
    const socket = new PlainSocket();
    socket.answer = () => (socket.got.length === 3 ? "closed" : undefined);
    expect(await rooms.join("a", socket, { after: "" })).toMatchObject({ joined: false });
    expect(socket.got).toEqual(["0", "1", "2", "3"]);
    expect([...rooms.names]).toEqual([]);
  });
});

describe("an application that breaks", () => {
  test("encode throws: nobody gets that message, everybody stays, and it is kept", async () => {
    const { rooms, errors } = collecting({}, fail);
    const socket = new PlainSocket();
    await rooms.join("a", socket);
    await rooms.publish("a", "1");
    rooms.signal("a", "2");
    expect([errors, socket.got, [...rooms.sockets("a")]]).toEqual([[FAULT, FAULT], [], [socket]]);
    await expect(rooms.join("a", new PlainSocket(), { after: "" })).rejects.toBe(FAULT);
    expect([...rooms.sockets("a")]).toEqual([socket]);
  });

  test.each([fail, reject])("events that break are told", async (event) => {
    const { rooms, errors } = collecting({ presence: event, left: event, state: event });
    const socket = new PlainSocket();
    await rooms.join("a", socket, { member: { id: "ann" } });
    rooms.leave("a", socket);
    await rooms.close();
    await settle();
    expect(errors).toEqual([FAULT, FAULT, FAULT, FAULT]);
  });

  describe("who hears of it", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    afterEach(() => print.mockClear());

    test.each<[string, RoomsEvents["error"]]>([
      ["without an error event", undefined],
      ["an error event that throws", fail],
      ["an error event that rejects", reject],
    ])("%s: it is printed", async (_, error) => {
      const rooms = new Rooms({ encode: fail }, error === undefined ? {} : { error });
      await rooms.join("a", new PlainSocket());
      await rooms.publish("a", "1");
      await settle();
      expect(print.mock.calls).toEqual([["@plyws/rooms:", FAULT]]);
    });
  });

  test("wrong arguments are its own fault", async () => {
    const { rooms } = collecting();
    const socket = new PlainSocket();
    expect(() => new Rooms({ maxBufferedAmount: Number.NaN })).toThrow(RangeError);
    // @ts-expect-error neither a text nor octets
    await expect(rooms.publish("a", 5)).rejects.toThrow(TypeError);
    // @ts-expect-error neither a text nor octets
    expect(() => rooms.signal("a", {})).toThrow(TypeError);
    await expect(rooms.history("a", { limit: 1.5 })).rejects.toThrow(RangeError);
    await rooms.join("a", socket, { member: { id: "ann" } });
    await expect(rooms.join("a", socket, { member: { id: "ben" } })).rejects.toThrow("leave the room first");
    expect(await rooms.members("a")).toEqual([{ id: "ann" }]);
  });

  test("what nobody waits for does not end the process", async () => {
    const { rooms } = collecting();
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    await rooms.close();
    void rooms.publish("a", "1");
    void rooms.join("a", new PlainSocket());
    await settle();
    await settle();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
