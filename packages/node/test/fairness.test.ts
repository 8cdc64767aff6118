import { binary, concat, MASK, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { WebSocketEvents } from "../src/index.ts";
import { FRAMES_PER_TURN } from "../src/options.ts";
import { contentOf } from "./support/connected.ts";
import { deflated, deflating, RSV1 } from "./support/deflating.ts";
import { openClient, startServer } from "./support/endpoints.ts";
import { masked, rawClient } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

type Note = (path: string, data: unknown) => void;

/** A server that notes at which path messages arrive, however they are read. */
const READERS: readonly [string, (note: Note) => WebSocketEvents][] = [
  ["a message event", (note) => ({ message: (socket, data) => note(socket.url, data) })],
  [
    "for await",
    (note) => ({
      open: async (socket) => {
        for await (const data of socket) note(socket.url, data);
      },
    }),
  ],
  [
    "a stream event",
    (note) => ({
      stream: async (socket, message) => note(socket.url, String(await contentOf(message))),
    }),
  ],
];

/** Counts the turns of the event loop until it is stopped. */
function countTurns(onTurn: (turn: number) => void): () => void {
  let turn = 0;
  let counting = true;
  const next = (): void => {
    onTurn(turn++);
    if (counting) setImmediate(next);
  };
  next();
  return () => {
    counting = false;
  };
}

describe.each(READERS)("read by %s", (_, reader) => {
  test.each([
    ["30,000 tiny frames in one chunk", 30_000, "x"],
    ["many chunks, each with less frames than the budget,", 20_000, "x".repeat(300)],
  ])("%s do not hold up the others, and none is lost", { timeout: 30_000 }, async (__, count, payload) => {
    let busy = 0;
    let mostToTheEnd = 0;
    let handledBefore = 0;
    /** Counts from the end of a turn to the next: what is read, and then what was left of it. */
    const atTheEnd = (): void => {
      mostToTheEnd = Math.max(mostToTheEnd, busy - handledBefore);
      handledBefore = busy;
      if (busy < count) setImmediate(atTheEnd);
    };
    let others = 0;
    const server = await startServer(
      reader((path, data) => {
        if (path === "/other") {
          others++;
          for (const socket of server.connections) if (socket.url === path) socket.send("again");
        } else if (data === payload) {
          // From the first on, behind what the socket itself puts off to the end of the turn.
          if (busy++ === 0) process.nextTick(setImmediate, atTheEnd);
        }
      }),
    );
    const other = await openClient(`${server.url}other`, { message: (socket) => socket.send("again") });
    other.send("first");
    await until("it goes round", () => others > 10);
    const peer = await rawClient(server.url);

    let most = 0;
    let handled = 0;
    let heardAt = 0;
    let heard = 0;
    let longest = 0;
    const stop = countTurns((turn) => {
      most = Math.max(most, busy - handled);
      handled = busy;
      if (others > heard) {
        longest = Math.max(longest, turn - heardAt);
        heardAt = turn;
        heard = others;
      }
    });
    peer.socket.write(concat(...Array.from({ length: count }, () => text(payload, masked))));
    await until("all have come", () => busy === count);
    stop();
    expect(Math.max(most, mostToTheEnd)).toBeLessThanOrEqual(FRAMES_PER_TURN);
    // A round trip of the other one takes a few turns, whoever is busy.
    expect(longest).toBeLessThan(10);
  });
});

test("small messages that inflate to large ones do not hold up the others either", {
  timeout: 30_000,
}, async () => {
  const size = 1_000_000;
  const count = 100;
  let inflated = 0;
  const { peer } = await deflating({
    message: (_, data) => {
      inflated += data.length;
    },
  });
  let most = 0;
  let handled = 0;
  const stop = countTurns(() => {
    most = Math.max(most, inflated - handled);
    handled = inflated;
  });
  const message = binary(deflated(Buffer.alloc(size)), { mask: MASK, rsv: RSV1 });
  // All of them are in two chunks, and no more frames than one turn may take.
  peer.write(concat(...Array.from({ length: count }, () => message)));
  await until("all have come", () => inflated === count * size);
  stop();
  expect(most).toBeLessThanOrEqual(10 * size);
});
