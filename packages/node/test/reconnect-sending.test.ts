import { describe, expect, test } from "vitest";
import { prepare, type WebSocketConnection } from "../src/index.ts";
import { collector, ECHO, startServer } from "./support/endpoints.ts";
import { eventually, NOBODY, QUICK, startReconnecting } from "./support/reconnecting.ts";

/** A server that notes what comes on each connection, `pause`d from the beginning if that is asked for. */
async function noting(pause = false) {
  const { events, next } = collector();
  const received: (string | Uint8Array)[][] = [];
  const server = await startServer(
    {
      open: (socket) => {
        received.push([]);
        if (pause) socket.pause();
        events.open?.(socket);
      },
      message: (_, data) => received.at(-1)?.push(data),
    },
    { maxMessageSize: 2 ** 24 },
  );
  return { url: server.url, received, next };
}

describe("without a queue", () => {
  test("a message is dropped while there is no connection, and the answer says so", async () => {
    const { url, received, next } = await noting();
    const { client } = startReconnecting(url);
    expect(client.send("early")).toBe("dropped");
    await client.opened;
    expect(client.send("in time")).toBe("sent");
    const peer = await next();
    await eventually("the message", () => received[0]!.length === 1);
    peer.terminate();
    await client.connection?.receive();
    expect(client.send("between")).toBe("dropped");
    await client.opened;
    expect(client.send("again")).toBe("sent");
    await eventually("the message", () => received[1]!.length === 1);
    expect(received).toEqual([["in time"], ["again"]]);
    client.close();
    expect(client.send("late")).toBe("closed");
    await client.closed;
    expect(client.send("too late")).toBe("closed");
  });
});

describe("with a queue", () => {
  test("messages go out in order on the next connection, after its open event", async () => {
    const { url, received } = await noting();
    const { client } = startReconnecting(
      url,
      {
        stateChange: (subject, state) => state === "open" && subject.send("4, from stateChange"),
        open: (socket) => {
          socket.send("0, first of the connection");
          client.send("5, from open");
        },
      },
      { ...QUICK, queue: {} },
    );
    const octets = Uint8Array.of(2);
    const sent = ["1", octets, prepare("3")].map((data) => client.send(data));
    octets.fill(9);
    expect([...sent, client.queueLength]).toEqual(["queued", "queued", "queued", 3]);
    await client.opened;
    expect([client.send("6, when it is open"), client.queueLength]).toEqual(["sent", 0]);
    await eventually("all messages", () => received[0]?.length === 7);
    expect(received[0]).toEqual([
      "0, first of the connection",
      "1",
      Uint8Array.of(2),
      "3",
      "4, from stateChange",
      "5, from open",
      "6, when it is open",
    ]);
  });

  test.each([
    [{ maxMessages: 2 }, ["queued", "queued", "dropped", "dropped"], 2],
    [{ maxOctets: 9 }, ["queued", "queued", "dropped", "queued"], 3],
    [{ maxMessages: 0 }, ["dropped", "dropped", "dropped", "dropped"], 0],
  ])("what is beyond the limits %j is dropped", async (queue, answers, kept) => {
    const { client } = startReconnecting(NOBODY, {}, { queue });
    expect(["four", "five", "three", "x"].map((text) => client.send(text))).toEqual(answers);
    expect(client.queueLength).toBe(kept);
    client.close();
    expect([await client.closed, client.queueLength]).toEqual([
      { reason: "closed", last: null, unsent: kept },
      0,
    ]);
  });

  test("a flood goes out no faster than the peer takes it", async () => {
    const { url, received, next } = await noting(true);
    const queue = { maxMessages: 5000, maxOctets: 2 ** 26 };
    const limits = { maxBufferedAmount: 200_000 };
    const { client } = startReconnecting(url, {}, { ...QUICK, ...limits, queue });
    const messages = Array.from({ length: 1000 }, (_, i) => `${i} ${"x".repeat(20_000)}`);
    for (const message of messages) expect(client.send(message)).toBe("queued");
    const peer = await next();
    const socket = await client.opened;
    expect(socket?.bufferedAmount).toBeLessThan(100_000);
    expect(client.queueLength).toBeGreaterThan(900);
    expect(client.send("last")).toBe("queued");
    // Whatever the system takes, the rest stays in the queue.
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(client.queueLength).toBeGreaterThan(100);
    expect([socket?.state, client.connection]).toEqual(["open", socket]);
    peer.resume();
    await eventually("all messages", () => received[0]!.length === 1001);
    expect(received[0]).toEqual([...messages, "last"]);
    expect(client.queueLength).toBe(0);
    expect(client.send("direct")).toBe("sent");
  });

  test("what no connection had taken waits for the next one, and nothing is sent twice", async () => {
    const { url, received, next } = await noting(true);
    const options = { ...QUICK, queue: { maxOctets: 2 ** 26 } };
    const { client } = startReconnecting(url, {}, options);
    const messages = Array.from({ length: 500 }, (_, i) => `${i} ${"x".repeat(50_000)}`);
    for (const message of messages) client.send(message);
    const first = await next();
    await client.opened;
    first.terminate();
    await client.connection?.receive();
    // The system takes a few megabytes, all of it 25.
    const waiting = client.queueLength;
    expect(waiting).toBeGreaterThan(250);
    (await next()).resume();
    await eventually("the rest", () => received[1]?.length === waiting);
    expect(received[1]).toEqual(messages.slice(500 - waiting));
  });

  test("what is sent while the connection is ending is queued for the next one", async () => {
    const { url, received, next } = await noting();
    const { client } = startReconnecting(url, {}, { ...QUICK, queue: {} });
    (await client.opened)?.close(1000);
    expect([client.state, client.send("for the next")]).toEqual(["open", "queued"]);
    await next();
    await next();
    await eventually("the message", () => received[1]?.length === 1);
    expect(received).toEqual([[], ["for the next"]]);
  });
});

test.each<unknown>([null, undefined, 7, {}])("%o is no message in any state", async (value) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const data = value as string;
  const { url } = await noting();
  const { client } = startReconnecting(url);
  expect(() => client.send(data)).toThrow(TypeError);
  await client.opened;
  expect(() => client.send(data)).toThrow(TypeError);
  client.close();
  expect(() => client.send(data)).toThrow(TypeError);
  await client.closed;
  expect(() => client.send(data)).toThrow(TypeError);
});

describe("for await", () => {
  test("goes on with the next connection, and ends with the client", async () => {
    const server = await startServer({ open: (socket) => socket.send("hello"), ...ECHO });
    const { client } = startReconnecting(server.url);
    const connections = new Set<WebSocketConnection | null>();
    const messages: unknown[] = [];
    for await (const message of client) {
      messages.push(message);
      connections.add(client.connection);
      if (message === "hello") client.send(`echo ${connections.size}`);
      else if (connections.size < 3) client.connection?.terminate();
      else client.close();
    }
    expect(messages).toEqual(["hello", "echo 1", "hello", "echo 2", "hello", "echo 3"]);
    expect(connections.size).toBe(3);
    expect(await client.closed).toMatchObject({ reason: "closed" });
  });

  test("is over at once when the client is", async () => {
    const { client } = startReconnecting(NOBODY);
    client.close();
    for await (const message of client) expect.fail(String(message));
    expect(client.state).toBe("closed");
  });

  test("ends while it waits for a connection", async () => {
    const { client } = startReconnecting(NOBODY);
    setTimeout(() => client.close(), 20);
    for await (const message of client) expect.fail(String(message));
    expect(client.state).toBe("closed");
  });

  test("holds the peer back while nobody asks", async () => {
    const server = await startServer({
      open: (socket) => {
        for (let i = 0; i < 100; i++) socket.send(`${i}`);
      },
    });
    const { client } = startReconnecting(server.url);
    const messages: unknown[] = [];
    for await (const message of client) {
      await new Promise((resolve) => setImmediate(resolve));
      if (messages.push(message) === 100) break;
    }
    expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(client.state).toBe("open");
  });
});
