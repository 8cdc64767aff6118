import { inspect } from "node:util";
import { CLOSE, closePayload, frame, text } from "@plyws/testkit";
import { expect } from "vitest";
import type { WebSocket } from "../src/index.ts";
import {
  echoServer,
  ending,
  heard,
  next,
  openSocket,
  pause,
  peerServer,
  rows,
  socketOf,
  thrown,
  type WebSocketClass,
} from "./whatwg-support.ts";

const close = (payload: Uint8Array): Uint8Array => frame({ opcode: CLOSE, payload });

/** Nothing listens there. */
const NOWHERE = "ws://127.0.0.1:2/";

const show = (value: unknown): string => inspect(value, { maxStringLength: 10, breakLength: Infinity });

const call = (socket: WebSocket, parameters: readonly unknown[]): unknown =>
  Reflect.apply(Reflect.get(socket, "close"), socket, parameters);

const euros = "€".repeat(41);
const REFUSED: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  InvalidAccessError: [
    [0],
    [null],
    [Number.NaN],
    ["text"],
    [false],
    [-1],
    [999],
    [1001],
    [1005],
    [1006],
    [1015],
    [2999],
    [5000],
    [65_535],
    [2 ** 16 + 1000],
    [Infinity],
    [{}],
    ["only a reason"],
    // Before the reason is looked at.
    [1001, "x".repeat(124)],
  ],
  SyntaxError: [
    [1000, "x".repeat(124)],
    [1000, `${euros}x`],
    [1000, "é".repeat(62)],
    [1000, "\ud800".repeat(42)],
    [undefined, "x".repeat(124)],
  ],
  TypeError: [[1000n], [Symbol("s")], [1000, Symbol("s")]],
};

rows(
  "close refuses",
  Object.entries(REFUSED).flatMap(([name, calls]) =>
    calls.map((parameters) => ({
      name: `${show(parameters)} with ${name}`,
      run: (Socket: WebSocketClass) => {
        const socket = socketOf(Socket, NOWHERE);
        expect(thrown(() => call(socket, parameters))).toBe(name);
        expect(socket.readyState).toBe(0);
      },
      ...(typeof parameters[0] === "bigint" ? { deviation: "it takes it for a number" } : {}),
    })),
  ),
);

/** What `close` is called with, and the payload of the Close frame. */
const SENT: readonly [parameters: readonly unknown[], code: number, reason: string][] = [
  [[], 1005, ""],
  [[undefined], 1005, ""],
  [[undefined, undefined], 1005, ""],
  [[undefined, "why"], 1000, "why"],
  [[1000], 1000, ""],
  [[1000, ""], 1000, ""],
  [[1000, "done"], 1000, "done"],
  [[1000, euros], 1000, euros],
  [[3000], 3000, ""],
  [[4999, "x".repeat(123)], 4999, "x".repeat(123)],
  [["3001"], 3001, ""],
  [[3000.4], 3000, ""],
  [[3000.5], 3000, ""],
  [[3001.5], 3002, ""],
  [[2999.6], 3000, ""],
  [[1000, null], 1000, "null"],
  [[1000, 7], 1000, "7"],
  [[1000, "\ud800"], 1000, "\ufffd"],
  [[1000, "a\udc00b"], 1000, "a\ufffdb"],
];

rows(
  "close",
  SENT.map(([parameters, code, reason]) => ({
    name: `${show(parameters)} sends ${code} ${show(reason)}`,
    run: async (Socket) => {
      const payloads: Buffer[] = [];
      const url = await peerServer(async (peer) => {
        const { payload } = (await peer.frames(1))[0]!;
        payloads.push(Buffer.from(payload));
        peer.write(close(payload));
        peer.socket.end();
      });
      const socket = await openSocket(Socket, url);
      call(socket, parameters);
      expect(socket.readyState).toBe(2);
      expect(await ending(socket)).toEqual([code, reason, true]);
      expect(payloads).toEqual([Buffer.from(code === 1005 ? [] : closePayload(code, reason))]);
    },
  })),
);

rows("close again", [
  {
    name: "does nothing, and its arguments are still checked",
    run: async (Socket) => {
      const socket = await openSocket(Socket, await echoServer());
      socket.close(3000, "first");
      socket.close(3001, "second");
      expect(thrown(() => socket.close(1))).toBe("InvalidAccessError");
      const types = heard(socket);
      expect(await ending(socket)).toEqual([3000, "first", true]);
      socket.close();
      expect(socket.readyState).toBe(3);
      await pause(20);
      expect(types).toEqual(["close"]);
    },
  },
  {
    name: "inside the handler of close is safe",
    run: async (Socket) => {
      const socket = await openSocket(Socket, await echoServer());
      let count = 0;
      socket.addEventListener("close", () => {
        count += 1;
        socket.close();
      });
      socket.close();
      await next(socket, "close");
      await pause(20);
      expect([count, socket.readyState]).toEqual([1, 3]);
    },
  },
]);

rows("close while connecting", [
  {
    name: "fails later, with error and then close",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      const types = heard(socket);
      socket.close(1000, "never sent");
      expect([socket.readyState, types]).toEqual([2, []]);
      expect(await ending(socket)).toEqual([1006, "", false]);
      expect([socket.readyState, types]).toEqual([3, ["error", "close"]]);
    },
    deviation: "its events come during the call",
  },
  {
    name: "with a handler that was set after it",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      socket.close();
      expect(await ending(socket)).toEqual([1006, "", false]);
    },
    deviation: "its events come during the call",
  },
  {
    name: "at any time before open",
    run: async (Socket) => {
      const url = await peerServer((peer) => peer.write(text("early")));
      const outcomes = new Set<string>();
      for (let turns = 0; turns < 12; turns++) {
        const socket = socketOf(Socket, url);
        const types = heard(socket);
        for (let i = 0; i < turns; i++) await new Promise(setImmediate);
        const early = socket.readyState === 0;
        socket.close();
        if (early) await next(socket, "close");
        if (early) outcomes.add(types.join());
      }
      expect([...outcomes]).toEqual(["error,close"]);
    },
    deviation: "its events come during the call",
  },
]);
