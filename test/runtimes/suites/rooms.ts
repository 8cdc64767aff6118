import { IdSource, LocalBackplane, MemoryLog, type PresenceChange, parseId, Rooms } from "@plyws/rooms";
import { octets } from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

/** A socket that keeps what it was sent. */
class Recorder {
  readonly got: unknown[] = [];
  readonly closes: (number | undefined)[] = [];
  bufferedAmount = 0;

  send(message: unknown): void {
    this.got.push(message);
  }

  close(code?: number): void {
    this.closes.push(code);
  }
}

const rejects = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return "nothing";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

async function publishing(check: Check): Promise<void> {
  const rooms = new Rooms<Recorder>();
  const [ann, ben, cid] = [new Recorder(), new Recorder(), new Recorder()];
  await rooms.join("a", ann);
  await rooms.join("a", ben);
  await rooms.join("b", ben);
  await rooms.join("b", cid);
  const ids: string[] = [];
  for (const text of ["1", "2", "3"]) ids.push(await rooms.publish("a", text));
  await rooms.publish("b", "4");
  await rooms.publish("nobody is there", "5");
  check.equal("who gets what", [ann.got, ben.got, cid.got], [["1", "2", "3"], ["1", "2", "3", "4"], ["4"]]);
  check.equal("ids rise", ids, [...new Set(ids)].toSorted());
  check.equal(
    "ids are ids",
    ids.every((id) => /^[0-9a-f]{20}$/.test(id)),
    true,
  );
  check.equal(
    "what is counted",
    { ...rooms.counters },
    { published: 5, sent: 8, dropped: 0, disconnected: 0 },
  );
  check.equal("names", [...rooms.names], ["a", "b"]);
  check.equal("rooms of one", [...rooms.roomsOf(ben)], ["a", "b"]);

  await rooms.publish("a", Uint8Array.of(1, 255));
  check.equal("octets", ann.got.at(-1), Uint8Array.of(1, 255));
  rooms.signal("a", "typing", { except: ann });
  check.equal("a signal", [ann.got.length, ben.got.at(-1)], [4, "typing"]);
  rooms.tell("a", "as it is");
  check.equal("told", [ann.got.at(-1), ben.got.at(-1)], ["as it is", "as it is"]);
  check.equal("leaving", [rooms.leave("a", ann), rooms.leave("a", ann)], [true, false]);
  await rooms.publish("a", "6");
  check.equal("nothing more", ann.got.at(-1), "as it is");
  rooms.leaveAll(ben);
  check.equal("an empty room is none", [...rooms.names], ["b"]);
  await rooms.close();
  check.equal("closed", [rooms.state, await rejects(rooms.publish("a", "x"))], ["closed", "BackplaneError"]);
}

async function replay(check: Check): Promise<void> {
  const rooms = new Rooms<Recorder>();
  const ids: string[] = [];
  for (let at = 0; at < 250; at++) ids.push(await rooms.publish("a", `${at}`));
  const ann = new Recorder();
  const joining = rooms.join("a", ann, { after: ids[9] ?? "" });
  for (let at = 250; at < 255; at++) await rooms.publish("a", `${at}`);
  const report = await joining;
  await rooms.publish("a", "255");
  check.equal("the report", [report.joined, report.gap, report.replayed >= 240], [true, false, true]);
  check.equal(
    "each once, in order",
    ann.got,
    Array.from({ length: 246 }, (_, at) => `${at + 10}`),
  );

  const first = await rooms.publish("a", "x", { once: "ann 1" });
  check.equal("published again", await rooms.publish("a", "x", { once: "ann 1" }), first);
  check.equal("published once", ann.got.slice(246), ["x"]);
  const { messages, more } = await rooms.history("a", { limit: 2 });
  check.equal("history", [messages.map(({ data }) => data), more], [["255", "x"], true]);
  await rooms.close();

  const short = new Rooms<Recorder>({
    backplane: new LocalBackplane({ log: new MemoryLog({ maxMessages: 2 }) }),
  });
  const old = await short.publish("a", "1");
  for (const text of ["2", "3", "4"]) await short.publish("a", text);
  const late = new Recorder();
  check.equal("a gap", (await short.join("a", late, { after: old })).gap, true);
  check.equal("what is left", late.got, ["3", "4"]);
  await short.close();
}

async function presence(check: Check): Promise<void> {
  const changes: PresenceChange[] = [];
  const rooms = new Rooms<Recorder>({}, { presence: (_room, change) => changes.push(change) });
  const [one, two] = [new Recorder(), new Recorder()];
  await rooms.join("a", one, { member: { id: "ann", info: 1 } });
  await rooms.join("a", two, { member: { id: "ann", info: 1 } });
  await rooms.join("a", two, { member: { id: "ann", info: 2 } });
  check.equal("who is there", await rooms.members("a"), [{ id: "ann", info: 2 }]);
  rooms.leave("a", one);
  rooms.leave("a", two);
  check.equal("who is left", await rooms.members("a"), []);
  check.equal(
    "what was told",
    changes.map(({ id, info, change }) => [id, info, change]),
    [
      ["ann", 1, "came"],
      ["ann", 2, "changed"],
      ["ann", 2, "went"],
    ],
  );
  await rooms.close();
}

/** The ends of a connection that every runtime has: a promise, an event of the platform, what a socket says. */
async function ends(check: Check): Promise<void> {
  const left: unknown[] = [];
  const rooms = new Rooms({}, { left: (room, _socket, reason) => left.push([room, reason]) });
  const ending = new EventTarget();
  const closed = new Promise<void>((resolve) => ending.addEventListener("end", () => resolve()));
  const target = Object.assign(new EventTarget(), { send() {} });
  await rooms.join("promise", { send() {}, closed });
  await rooms.join("event", target);
  await rooms.join("state", { send() {}, readyState: 3 });
  ending.dispatchEvent(new Event("end"));
  target.dispatchEvent(new Event("close"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await rooms.publish("state", "x");
  check.equal("all have left", [...rooms.names], []);
  check.equal("and why", left.map(String).toSorted(), ["event,closed", "promise,closed", "state,closed"]);
  await rooms.close();
}

async function slowness(check: Check): Promise<void> {
  for (const [slow, got, closes] of [
    ["disconnect", [], [1013]],
    ["drop", [], []],
    ["buffer", ["x"], []],
  ] as const) {
    const rooms = new Rooms<Recorder>({ slow, maxBufferedAmount: 10 });
    const [lazy, quick] = [new Recorder(), new Recorder()];
    await rooms.join("a", lazy);
    await rooms.join("a", quick);
    lazy.bufferedAmount = 11;
    await rooms.publish("a", "x");
    check.equal(`${slow}: the slow one`, [lazy.got, lazy.closes], [got, closes]);
    check.equal(`${slow}: the other one`, [quick.got, quick.closes], [["x"], []]);
    await rooms.close();
  }
}

async function callers(check: Check): Promise<void> {
  const rooms = new Rooms<Recorder>();
  for (const name of ["", "a".repeat(1025), "a\ud800"]) {
    check.equal("a room", await rejects(rooms.join(name, new Recorder())), "TypeError");
    check.equal("a message", await rejects(rooms.publish(name, "x")), "TypeError");
    check.throws("a signal", () => rooms.signal(name, "x"), { name: "TypeError" });
  }
  // @ts-expect-error what is no text
  check.equal("no text", await rejects(rooms.publish("a", 1)), "TypeError");
  check.equal("an id", await rejects(rooms.history("a", { limit: 0 })), "RangeError");
  await rooms.close();

  const stopped = new IdSource({ now: () => 1000 });
  const ids = Array.from({ length: 5 }, () => stopped.next());
  check.equal("a clock that stands still", ids, [...new Set(ids)].toSorted());
  check.equal(
    "its time",
    ids.map((id) => parseId(id)?.time),
    [1000, 1000, 1000, 1000, 1000],
  );
  const late = new IdSource({ after: ids.at(-1) ?? "", now: () => 10 });
  check.equal("a clock that goes back", late.next() > (ids.at(-1) ?? ""), true);
  check.equal("no id", parseId("x"), null);

  const source = octets("abc");
  const kept = new Rooms<Recorder>();
  await kept.publish("a", source);
  source.fill(0);
  check.equal("a buffer that is used again", (await kept.history("a")).messages[0]?.data, octets("abc"));
  await kept.close();
}

const suite: Suite = {
  name: "@plyws/rooms",
  groups: {
    publishing,
    "what was missed": replay,
    presence,
    "the end of a connection": ends,
    "slow members": slowness,
    "what a caller does": callers,
  },
};
export default suite;
