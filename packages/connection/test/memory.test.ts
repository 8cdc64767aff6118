import {
  BINARY,
  binary,
  chopped,
  concat,
  continuation,
  filled,
  frame,
  octets,
  ping,
  text,
} from "@plyws/testkit";
import { collectGarbage } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import { Connection, type ConnectionHandler, OctetQueue } from "../src/index.ts";
import { ROLES, setUp, towards } from "./support.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const silent: ConnectionHandler = { text() {}, binary() {}, closed() {} };

/** The octets at the end of a buffer as large as a read of the operating system. */
function inLargeBuffer(data: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(128 * KIB);
  buffer.set(data, buffer.length - data.length);
  return buffer.subarray(buffer.length - data.length);
}

async function measured(work: () => unknown): Promise<{ buffers: number; heap: number }> {
  await collectGarbage();
  const before = process.memoryUsage();
  const kept = work();
  await collectGarbage();
  const after = process.memoryUsage();
  // What was made lives until after the measurement.
  expect(kept).toBeDefined();
  return { buffers: after.arrayBuffers - before.arrayBuffers, heap: after.heapUsed - before.heapUsed };
}

describe.each(ROLES)("%s", { timeout: 60_000 }, (role) => {
  const to = towards(role);

  const PINNING: readonly (readonly [string, Uint8Array])[] = [
    ["whole messages", concat(text("a", to), binary("b", to))],
    ["a part of a header", binary(filled(300, 1), to).subarray(0, 3)],
    ["a header alone", frame({ opcode: BINARY, announcedLength: 1_000_000n, ...to })],
    ["a part of a message", binary(filled(300, 1), to).subarray(0, 100)],
    ["a fragment", text("more", { fin: false, ...to })],
    ["a part of a control frame", ping("x".repeat(100), to).subarray(0, 50)],
    ["a Ping", ping("x", to)],
    ["a violation", concat(frame({ opcode: 3, ...to }), text("rest", to))],
  ];

  test.each(PINNING)("nothing keeps the chunk after %s", async (_, wire) => {
    const { connection } = setUp(role);
    const reference = (() => {
      const chunk = inLargeBuffer(wire);
      connection.receive(chunk);
      return new WeakRef(chunk.buffer);
    })();
    await collectGarbage();
    expect(reference.deref()).toBeUndefined();
    expect(connection.suspended).toBe(false);
  });

  test("a suspended connection keeps what is unread, and lets go of it when it is dropped", async () => {
    const { connection } = setUp(role);
    connection.suspend();
    const reference = (() => {
      const chunk = inLargeBuffer(text("kept", to));
      connection.receive(chunk);
      return new WeakRef(chunk.buffer);
    })();
    await collectGarbage();
    expect(reference.deref()).toBeDefined();
    connection.abort();
    await collectGarbage();
    expect(reference.deref()).toBeUndefined();
  });

  test("a million fragments of one octet cost what the message has and a small constant", async () => {
    const connection = new Connection({ role }, silent, new OctetQueue());
    connection.receive(binary("a", { fin: false, ...to }));
    const fragment = continuation("b", { fin: false, ...to });
    const chunk = concat(...Array.from({ length: 1000 }, () => fragment));
    const { buffers, heap } = await measured(() => {
      for (let count = 0; count < 1000; count++) connection.receive(chunk.slice());
      return connection;
    });
    expect(connection.state).toBe("open");
    expect(buffers).toBeLessThan(2 * MIB);
    expect(heap).toBeLessThan(4 * MIB);
  });

  test("fragments do not keep the reads that they came in", async () => {
    const connection = new Connection({ role }, silent, new OctetQueue());
    connection.receive(binary("a", { fin: false, ...to }));
    const fragment = continuation("b", { fin: false, ...to });
    const { buffers } = await measured(() => {
      for (let count = 0; count < 2000; count++) connection.receive(inLargeBuffer(fragment));
      return connection;
    });
    expect(buffers).toBeLessThan(2 * MIB);
  });

  test("two thousand headers that announce 1 MiB each cost next to nothing", async () => {
    const header = frame({ opcode: BINARY, announcedLength: BigInt(MIB), ...to });
    const count = 2000;
    const { buffers, heap } = await measured(() =>
      Array.from({ length: count }, () => {
        const connection = new Connection({ role }, silent, new OctetQueue());
        connection.receive(inLargeBuffer(header));
        return connection;
      }),
    );
    expect(buffers).toBeLessThan(MIB);
    expect(heap / count, "a connection with its assembler and its outbox").toBeLessThan(4 * KIB);
  });

  test("a message in large chunks is held about once while it arrives", async () => {
    const size = 32 * MIB;
    const connection = new Connection({ role, maxMessageSize: size }, silent, new OctetQueue());
    const wire = binary(new Uint8Array(size), { fin: true, ...to }).subarray(0, -1);
    const { buffers } = await measured(() => {
      for (const chunk of chopped(wire, 64 * KIB)) connection.receive(chunk);
      return connection;
    });
    expect(connection.state).toBe("open");
    expect(buffers).toBeLessThan((size * 8) / 7 + 2 * MIB);
  });

  test.each([
    ["a violation", (connection: Connection) => connection.receive(frame({ opcode: 3, ...to }))],
    ["fail", (connection: Connection) => connection.fail(1011, new Error("broken"))],
    ["abort", (connection: Connection) => connection.abort()],
    ["the end of the stream", (connection: Connection) => connection.receiveEnd()],
  ])("%s lets go of the message in progress", async (_, end) => {
    const connection = new Connection({ role, maxMessageSize: 32 * MIB }, silent, new OctetQueue());
    const { buffers } = await measured(() => {
      connection.receive(binary(new Uint8Array(16 * MIB), { fin: false, ...to }));
      end(connection);
      return connection;
    });
    expect(buffers).toBeLessThan(MIB);
  });

  test("what is handed out of a fragmented message has a buffer of its own", () => {
    const sizes: number[] = [];
    const handler = {
      ...silent,
      binary: (data: Uint8Array) => sizes.push(data.length, data.buffer.byteLength),
    };
    const connection = new Connection({ role }, handler, new OctetQueue());
    connection.receive(inLargeBuffer(binary("ab", { fin: false, ...to })));
    connection.receive(inLargeBuffer(continuation(octets("c"), to)));
    expect(sizes).toEqual([3, 3]);
  });
});
