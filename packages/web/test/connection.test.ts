import { close, concat, filled, frame, MASK, parseFrames, ping, pong, type Role, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { overStreams, type StreamOptions } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import { pair, RawPeer, turns } from "./support/streams.ts";

const ROLES = ["client", "server"] as const;
const mask = (role: Role) => ({ mask: role === "server" ? MASK : null });

function open(role: Role, options: Partial<StreamOptions> = {}) {
  const peer = new RawPeer();
  return { peer, socket: overStreams(peer.stream, { role, ...options }) };
}

describe.each(ROLES)("what a %s reads", (role) => {
  test("is read only when somebody wants it", async () => {
    const { peer, socket } = open(role);
    for (let message = 0; message < 100; message++) peer.push(text(`${message}`, mask(role)));
    await turns();
    // One chunk, in which a message was found that nobody wants.
    expect(peer.pulls).toBeLessThanOrEqual(1);
    expect(await socket.receive()).toBe("0");
    expect(await Promise.all([socket.receive(), socket.receive()])).toEqual(["1", "2"]);
    await turns();
    expect(peer.pulls).toBeLessThanOrEqual(5);
    socket.terminate();
  });

  test("answers Pings up to the first message that nobody wants, and those behind one that was taken", async () => {
    const { peer, socket } = open(role);
    peer.push(concat(ping("a", mask(role)), text("b", mask(role)), ping("c", mask(role))));
    await turns();
    expect(parseFrames(peer.written)).toMatchObject([{ opcode: 10, payload: Uint8Array.of(97) }]);
    expect(await socket.receive()).toBe("b");
    socket.send("answer");
    await turns();
    expect(parseFrames(peer.written).map(({ opcode }) => opcode)).toEqual([10, 1, 10]);
    socket.terminate();
  });

  test("is not taken by a wait that was given up", async () => {
    const { peer, socket } = open(role);
    const controller = new AbortController();
    const reason = new Error("later");
    const waiting = socket.receive({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(socket.receive({ signal: controller.signal })).rejects.toBe(reason);
    peer.push(text("kept", mask(role)));
    await turns();
    expect(await socket.receive()).toBe("kept");
    socket.terminate();
  });

  test("can still be read when the peer has gone", async () => {
    const { peer, socket } = open(role);
    peer.push(concat(text("last", mask(role)), text("words", mask(role)), close(1001, "", mask(role))));
    peer.end();
    await turns();
    const heard: unknown[] = [];
    for await (const message of socket) heard.push(message);
    expect(heard).toEqual(["last", "words"]);
    expect(await socket.closed).toMatchObject({ code: 1001, clean: true });
    expect(await socket.receive()).toBeNull();
  });

  test("does not keep a large chunk alive by a small message", async () => {
    const { peer, socket } = open(role);
    const small = frame({ opcode: 2, payload: filled(10, 1), ...mask(role) });
    peer.push(concat(small, frame({ opcode: 2, payload: filled(50_000, 2), ...mask(role) })));
    const message = await socket.receive();
    expect(message).toEqual(filled(10, 1));
    expect(message).toMatchObject({ buffer: { byteLength: 10 } });
    socket.terminate();
  });

  test("is bounded", async () => {
    const { peer, socket } = open(role, { maxMessageSize: 10 });
    peer.push(text("more than ten", mask(role)));
    const received = socket.receive();
    await turns();
    expect(parseFrames(peer.written)).toMatchObject([
      { opcode: 8, payload: expect.objectContaining({ 0: 3, 1: 0xf1 }) },
    ]);
    peer.end();
    expect(await received).toBeNull();
    expect(await socket.closed).toMatchObject({ clean: false, error: { name: "ProtocolError" } });
  });
});

describe.each(ROLES)("what a %s sends", (role) => {
  test("goes out in one chunk for all of a turn, and is copied", async () => {
    const { peer, socket } = open(role);
    await turns();
    const octets = filled(20_000, 1);
    for (let message = 0; message < 100; message++) socket.send("x");
    socket.send(octets);
    octets.fill(9);
    await turns();
    expect(peer.writes).toBeLessThanOrEqual(3);
    const frames = parseFrames(peer.written);
    expect(frames).toHaveLength(101);
    expect(frames.at(-1)?.payload).toEqual(filled(20_000, 1));
    expect(socket.bufferedAmount).toBe(0);
    socket.terminate();
  });

  test("waits for a peer that does not take it, and tells so", async () => {
    const { peer, socket } = open(role);
    peer.block();
    let sent = 0;
    while (socket.send(filled(10_000, 1)) === "sent") sent++;
    expect(sent).toBe(6);
    let drained = false;
    const draining = socket.sendAsync("last").then((status) => {
      drained = true;
      return status;
    });
    await turns();
    expect(drained).toBe(false);
    expect(socket.bufferedAmount).toBeGreaterThan(65_536);
    peer.unblock();
    expect(await draining).toBe("buffered");
    expect(socket.bufferedAmount).toBeLessThanOrEqual(16_384);
    socket.terminate();
  });

  test("is bounded: the connection fails with 1013", async () => {
    const { peer, socket } = open(role, { maxBufferedAmount: 100_000, closeTimeout: 20 });
    peer.block();
    const statuses = Array.from({ length: 20 }, () => socket.send(filled(10_000, 1)));
    expect(statuses.filter((status) => status === "closed")).toHaveLength(10);
    const { sent, error } = await socket.closed;
    expect(sent?.code).toBe(1013);
    expect(error?.message).toContain("100000 octets wait");
  });

  test("costs little for a flood of Pings whose answers are not taken", async () => {
    const { peer, socket } = open(role);
    peer.block();
    const payloads = Array.from({ length: 10_000 }, (_, count) => `${count}`.padStart(100));
    peer.push(concat(...payloads.map((payload) => ping(payload, mask(role)))));
    await turns(5);
    expect(socket.bufferedAmount).toBeLessThan(20_000);
    peer.unblock();
    await turns();
    const frames = parseFrames(peer.written);
    expect(frames.length).toBeLessThan(200);
    // RFC 6455 section 5.5.3: only the latest of those that were not answered.
    expect(new TextDecoder().decode(frames.at(-1)?.payload)).toBe(payloads.at(-1));
    socket.terminate();
  });

  test("is octets or a string", () => {
    const { socket } = open(role);
    // @ts-expect-error: what programs without types may do
    expect(() => socket.send(5)).toThrow(TypeError);
    // @ts-expect-error: as above
    expect(() => socket.send([1])).toThrow(TypeError);
    socket.terminate();
    expect(socket.send("too late")).toBe("closed");
  });

  test("a Ping measures the way there and back", async () => {
    const { peer, socket } = open(role);
    const pings = [socket.ping(), socket.ping()];
    await turns();
    const [first, second] = parseFrames(peer.written);
    peer.push(pong("unasked", mask(role)), pong(second?.payload, mask(role)));
    for (const roundTripTime of await Promise.all(pings)) expect(roundTripTime).toBeGreaterThanOrEqual(0);
    expect(first?.opcode).toBe(9);
    const last = socket.ping();
    socket.terminate();
    expect(await last).toBeNull();
    expect(await socket.ping()).toBeNull();
  });
});

describe("the end", () => {
  test.each(ROLES)("a %s that closes is answered by the other one", async (role) => {
    const ends = pair();
    const sockets = {
      client: overStreams(ends.client, { role: "client" }),
      server: overStreams(ends.server, { role: "server" }),
    };
    const [here, there] =
      role === "client" ? [sockets.client, sockets.server] : [sockets.server, sockets.client];
    here.close(3000, "bye");
    expect(here.state).toBe("closing");
    here.close(3001);
    expect(await there.closed).toMatchObject({ code: 3000, reason: "bye", clean: true, initiator: "remote" });
    expect(await here.closed).toMatchObject({ code: 3000, clean: true, initiator: "local", error: null });
    expect([here.state, there.state]).toEqual(["closed", "closed"]);
    expect(() => here.close(1005 + 1)).toThrow(RangeError);
  });

  test.each(ROLES)(
    "a %s sees Close behind messages that nobody wants once it closes itself",
    async (role) => {
      const { peer, socket } = open(role);
      peer.push(concat(text("unwanted", mask(role)), close(4001, "", mask(role))));
      await turns();
      socket.close();
      await turns();
      peer.end();
      expect(await socket.closed).toMatchObject({ code: 4001, clean: true });
    },
  );

  test.each(ROLES)("a %s does not wait for ever", async (role) => {
    const { peer, socket } = open(role, { closeTimeout: 20 });
    socket.close();
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false, sent: { code: 1000 } });
    expect([peer.cancelled, peer.aborted]).toEqual([expect.anything(), expect.anything()]);
  });

  test.each(ROLES)("a %s does not wait for ever for a peer that goes on after Close", async (role) => {
    const { peer, socket } = open(role, { closeTimeout: 20 });
    peer.push(close(1000, "", mask(role)));
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
    expect(peer.cancelled).toBeDefined();
  });

  test.each(ROLES)("a %s gives up at once", async (role) => {
    const { peer, socket } = open(role);
    const waiting = socket.receive();
    socket.terminate();
    expect(await waiting).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false, initiator: "local" });
    expect([peer.cancelled, peer.aborted]).toEqual([expect.anything(), expect.anything()]);
    expect(socket.state).toBe("closed");
  });

  test.each(ROLES)("a %s hears what came before its stream broke", async (role) => {
    const { peer, socket } = open(role);
    peer.push(text("before", mask(role)));
    await turns();
    peer.failReading(new Error("reset"));
    expect(await socket.receive()).toBe("before");
    expect(await socket.receive()).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 1006, error: new Error("reset") });
  });

  test.each(ROLES)("a %s that cannot write still hears why", async (role) => {
    const { peer, socket } = open(role);
    peer.failWriting(new Error("broken pipe"));
    socket.send("nobody takes it");
    await turns();
    expect(socket.state).toBe("draining");
    expect(socket.send("no more")).toBe("closed");
    peer.push(concat(text("sorry", mask(role)), close(1012, "", mask(role))));
    peer.end();
    expect(await socket.receive()).toBe("sorry");
    expect(await socket.closed).toMatchObject({ code: 1012, error: new Error("broken pipe") });
  });

  test.each(ROLES)("a %s that cannot write does not wait for ever", async (role) => {
    const { peer, socket } = open(role, { closeTimeout: 20 });
    socket.send("taken");
    await turns();
    peer.failWriting(new Error("broken pipe"));
    socket.send("nobody takes it");
    expect(await socket.closed).toMatchObject({ code: 1006, error: new Error("broken pipe") });
    expect(peer.cancelled).toBeDefined();
  });
});

describe("peers that vanish at each octet", () => {
  const WAYS = ["ends", "resets", "takes nothing"] as const;

  test.each(ROLES)("of a %s leave a record and nothing else", async (role) => {
    const faults = watchProcess();
    const octets = concat(
      text("one", mask(role)),
      ping("?", mask(role)),
      text("t", { fin: false, ...mask(role) }),
      frame({ opcode: 0, payload: "wo", ...mask(role) }),
      close(1000, "done", mask(role)),
    );
    for (let size = 0; size <= octets.length; size++) {
      for (const way of WAYS) {
        const { peer, socket } = open(role, { closeTimeout: 5 });
        peer.push(octets.subarray(0, size));
        if (way === "takes nothing") peer.failWriting(new Error("broken pipe"));
        if (way === "resets") peer.failReading(new Error("reset"));
        else peer.end();
        const heard: unknown[] = [];
        for await (const message of socket) {
          heard.push(message);
          socket.send("answer");
        }
        const { clean, code } = await socket.closed;
        expect([way, size, code]).toEqual([way, size, clean ? 1000 : 1006]);
        expect(["one", "two"].slice(0, heard.length)).toEqual(heard);
        expect(socket.state).toBe("closed");
      }
    }
    await turns();
    expect(faults).toEqual([]);
  });
});

test.each<[Partial<StreamOptions>, new () => Error]>([
  // @ts-expect-error: what programs without types may do
  [{ role: "both" }, TypeError],
  [{ closeTimeout: -1 }, RangeError],
])("a mistake is thrown: %j", (options, type) => {
  const { stream } = new RawPeer();
  expect(() => overStreams(stream, { role: "client", ...options })).toThrow(type);
  expect(stream.readable).toMatchObject({ locked: false });
});
