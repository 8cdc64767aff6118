import { binary, CLOSE, closePayload, continuation, frame, text } from "@plyws/testkit";
import { expect, test } from "vitest";
import { WebSocket } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import { rawServer } from "./support/raw-peer.ts";
import {
  ending,
  heard,
  next,
  openSocket,
  pause,
  peerServer,
  rows,
  socketOf,
  type WebSocketClass,
} from "./whatwg-support.ts";

const close = (payload: Uint8Array): Uint8Array => frame({ opcode: CLOSE, payload });
const euros = "€".repeat(41);

/** What the peer says in its Close frame, and what the event tells. */
const HEARD: readonly [payload: Uint8Array, code: number, reason: string][] = [
  [new Uint8Array(0), 1005, ""],
  [closePayload(1000, ""), 1000, ""],
  [closePayload(1001, "away"), 1001, "away"],
  [closePayload(1011, euros), 1011, euros],
  [closePayload(3456, "own"), 3456, "own"],
];

rows("the end", [
  ...HEARD.map(([payload, code, reason]) => ({
    name: `by the peer with ${code} ${JSON.stringify(reason.slice(0, 9))} is clean`,
    run: async (Socket: WebSocketClass): Promise<void> => {
      const answers: number[] = [];
      const url = await peerServer(async (peer) => {
        peer.write(close(payload));
        answers.push((await peer.frames(1))[0]!.opcode);
        peer.socket.end();
      });
      const socket = socketOf(Socket, url);
      const types = heard(socket);
      expect(await ending(socket)).toEqual([code, reason, true]);
      expect([socket.readyState, types, answers]).toEqual([3, ["open", "close"], [CLOSE]]);
    },
  })),
  {
    name: "is what the peer says, not what was sent",
    run: async (Socket) => {
      const url = await peerServer(async (peer) => {
        await peer.frames(1);
        peer.write(close(closePayload(4001, "theirs")));
        peer.socket.end();
      });
      const socket = await openSocket(Socket, url);
      socket.close(3000, "ours");
      expect(await ending(socket)).toEqual([4001, "theirs", true]);
    },
  },
  {
    name: "waits for the answer of the peer",
    run: async (Socket) => {
      let answer!: () => void;
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const url = await peerServer(async (peer) => {
        await peer.frames(1);
        await answered;
        peer.write(close(closePayload(1000, "")));
        peer.socket.end();
      });
      const socket = await openSocket(Socket, url);
      const types = heard(socket);
      socket.close(1000);
      await pause(100);
      expect([socket.readyState, types]).toEqual([2, []]);
      answer();
      expect(await ending(socket)).toEqual([1000, "", true]);
    },
  },
  {
    name: "is seen to begin once the Close frame of the peer is there",
    run: async (Socket) => {
      const url = await peerServer((peer) => peer.write(text("last"), close(closePayload(1000, ""))));
      const socket = await openSocket(Socket, url);
      await next(socket, "message");
      for (let i = 0; i < 100 && socket.readyState === 1; i++) await pause(5);
      expect(socket.readyState).toBe(2);
    },
  },
  {
    name: "delivers what came before the Close frame",
    run: async (Socket) => {
      const frames = Array.from({ length: 200 }, (_, i) => text(String(i)));
      const url = await peerServer((peer) => {
        peer.write(...frames, close(closePayload(1000, "")));
        peer.socket.end();
      });
      const socket = socketOf(Socket, url);
      const data: unknown[] = [];
      const states = new Set<number>();
      socket.addEventListener("message", (event) => {
        data.push(event.data);
        states.add(socket.readyState);
      });
      expect(await ending(socket)).toEqual([1000, "", true]);
      expect(data).toEqual(frames.map((_, i) => String(i)));
      expect([...states]).toEqual([1]);
    },
  },
  {
    name: "delivers nothing that comes after close was called",
    run: async (Socket) => {
      const url = await peerServer(async (peer) => {
        peer.write(text("first"), text("second"));
        await peer.frames(1);
        peer.write(text("third"), close(closePayload(1000, "")));
        peer.socket.end();
      });
      const socket = socketOf(Socket, url);
      const types = heard(socket);
      socket.addEventListener("message", () => socket.close());
      expect(await ending(socket)).toEqual([1000, "", true]);
      expect(types).toEqual(["open", "message", "close"]);
    },
  },
]);

/** What goes wrong, and how the peer does it. */
const FAILURES: readonly [name: string, serve: Parameters<typeof rawServer>[0]][] = [
  ["the server does not answer", (peer) => peer.socket.destroy()],
  [
    "the server answers something else",
    (peer) => peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
  ],
  ["the server does not speak HTTP", (peer) => peer.write("220 ready\r\n\r\n")],
];
const LOSSES: readonly [name: string, serve: Parameters<typeof peerServer>[0]][] = [
  ["the stream ends", (peer) => void peer.socket.end()],
  ["the stream is reset", (peer) => peer.reset()],
  ["a text is not UTF-8", (peer) => peer.write(text(Uint8Array.of(0xff)))],
  ["a continuation continues nothing", (peer) => peer.write(continuation("x"))],
  ["a frame is masked", (peer) => peer.write(text("x", { mask: Uint8Array.of(1, 2, 3, 4) }))],
  ["a reserved bit is set", (peer) => peer.write(binary("x", { rsv: 1 }))],
  ["a Close frame has one octet", (peer) => peer.write(close(Uint8Array.of(3)))],
];

rows("a failure", [
  ...FAILURES.map(([name, serve]) => ({
    name: `before it is open: ${name}`,
    run: async (Socket: WebSocketClass): Promise<void> => {
      const socket = socketOf(Socket, await rawServer(serve));
      const types = heard(socket);
      expect(await ending(socket)).toEqual([1006, "", false]);
      expect(types).toEqual(["error", "close"]);
    },
  })),
  ...LOSSES.map(([name, serve]) => ({
    name: `of an open socket: ${name}`,
    run: async (Socket: WebSocketClass): Promise<void> => {
      const socket = socketOf(Socket, await peerServer(serve));
      const types = heard(socket);
      const states: number[] = [];
      socket.addEventListener("error", () => states.push(socket.readyState));
      expect(await ending(socket)).toEqual([1006, "", false]);
      expect([types, states]).toEqual([["open", "error", "close"], [3]]);
    },
  })),
]);

test("the error event is a plain one that says why", async () => {
  const faults = watchProcess();
  const socket = new WebSocket("ws://127.0.0.1:2/");
  const event = await next(socket, "error");
  expect(event.constructor).toBe(Event);
  expect([event.bubbles, event.cancelable]).toEqual([false, false]);
  expect(event).toMatchObject({ error: { code: "ECONNREFUSED" } });
  expect(Object.keys(event)).not.toContain("error");
  expect(faults).toEqual([]);
});

test("a message that is too large closes with 1009", async () => {
  const codes: number[] = [];
  const url = await peerServer(async (peer) => {
    peer.write(text("123456"));
    const [answer] = await peer.frames(1);
    codes.push(Buffer.from(answer!.payload).readUInt16BE());
  });
  const socket = socketOf(WebSocket, url, { maxMessageSize: 5 });
  const types = heard(socket);
  const failure = next(socket, "error");
  await next(socket, "close");
  expect([types, codes]).toEqual([["open", "error", "close"], [1009]]);
  expect(await failure).toMatchObject({ error: { closeCode: 1009 } });
});
