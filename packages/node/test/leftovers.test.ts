import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { text } from "@plyws/testkit";
import { expect, onTestFinished, test } from "vitest";
import { listen, type WebSocketConnection, type WebSocketEvents } from "../src/index.ts";
import { rawClient } from "./support/raw-peer.ts";

const MASK = Uint8Array.of(1, 2, 3, 4);

async function start(events: WebSocketEvents): Promise<{ url: string; connections: ReadonlySet<unknown> }> {
  const server = await listen({ host: "127.0.0.1", closeTimeout: 200 }, events);
  onTestFinished(async () => void (await server.close({ deadline: 0 })));
  return server;
}

const ENDS = {
  "a full close": (socket) => socket.destroy(),
  "the end of its half": (socket) => void socket.end(),
  "a reset": (socket) => socket.resetAndDestroy(),
} satisfies Record<string, (socket: Socket) => void>;

const MESSAGES: [title: string, messages: string[]][] = [
  ["an empty message", [""]],
  ["a message", ["one"]],
  ["two messages", ["one", "two"]],
];

/** Lets a peer send and leave; then tells how many connections have closed, and how many are left. */
async function leave(
  events: WebSocketEvents,
  messages: string[],
  end: (socket: Socket) => void,
): Promise<() => number[]> {
  let closed = 0;
  const server = await start({ ...events, close: () => void closed++ });
  const peer = await rawClient(server.url);
  for (const message of messages) peer.write(text(message, { mask: MASK }));
  await delay(50);
  end(peer.socket);
  return () => [closed, server.connections.size];
}

for (const [way, end] of Object.entries(ENDS)) {
  test.each(MESSAGES)(
    `a server without a consumer lets go of a peer that left by ${way} behind %s`,
    async (_, messages) => {
      await expect.poll(await leave({}, messages, end), { timeout: 5000 }).toEqual([1, 0]);
    },
  );
}

// The end of a peer in good order is not seen while nothing is read; the Pings of the keepalive find it out.
test.each(MESSAGES)(
  "a server that has paused lets go of a peer that was reset behind %s",
  async (_, messages) => {
    await expect
      .poll(await leave({ open: (socket) => socket.pause(), message: () => {} }, messages, ENDS["a reset"]), {
        timeout: 5000,
      })
      .toEqual([1, 0]);
  },
);

test("who pulls messages still gets what the peer had sent before it left, however late", async () => {
  let socket: WebSocketConnection | undefined;
  const server = await start({ open: (opened) => void (socket = opened) });
  const peer = await rawClient(server.url);
  for (const message of ["one", "two", "three"]) peer.write(text(message, { mask: MASK }));
  expect(await socket?.receive()).toBe("one");
  peer.socket.end();
  await delay(500);
  expect([await socket?.receive(), await socket?.receive(), await socket?.receive()]).toEqual([
    "two",
    "three",
    null,
  ]);
});

test("an error event that rejects, and a thenable that rejects, end nothing but the connection", async () => {
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));
  const server = await start({
    message: () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (_: unknown, reject: (error: Error) => void) => reject(new Error("of the message")),
    }),
    error: (_, error) => Promise.reject(new Error(`of the report: ${error.message}`)),
  });
  const peer = await rawClient(server.url);
  peer.write(text("x", { mask: MASK }));
  await expect.poll(() => warnings.join()).toContain("of the report: of the message");
  await expect.poll(() => server.connections.size, { timeout: 5000 }).toBe(0);
});
