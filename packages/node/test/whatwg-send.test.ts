import { BINARY, TEXT } from "@plyws/testkit";
import { expect, test } from "vitest";
import { WebSocket } from "../src/index.ts";
import {
  ending,
  heard,
  keeper,
  openSocket,
  pause,
  rows,
  socketOf,
  thrown,
  type WebSocketClass,
} from "./whatwg-support.ts";

const send = (socket: WebSocket, ...parameters: unknown[]): unknown =>
  Reflect.apply(Reflect.get(socket, "send"), socket, parameters);

function octetsOf(payload: Buffer | number | undefined): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  throw new Error(`It was closed with ${payload}`);
}

const octets = Uint8Array.from({ length: 24 }, (_, i) => i * 11);
const buffer = octets.buffer;

/** What is sent, and what arrives. */
const DATA: readonly [name: string, data: unknown, opcode: number, payload: string | Uint8Array][] = [
  ["a string", "text", TEXT, "text"],
  ["an empty string", "", TEXT, ""],
  ["a long string", "ä€😀".repeat(30_000), TEXT, "ä€😀".repeat(30_000)],
  ["lone surrogates", "a\ud800b\udc00", TEXT, "a\ufffdb\ufffd"],
  ["null characters", "a\0b", TEXT, "a\0b"],
  ["null", null, TEXT, "null"],
  ["undefined", undefined, TEXT, "undefined"],
  ["a number", 7.5, TEXT, "7.5"],
  ["a boolean", true, TEXT, "true"],
  ["an array", [1, 2], TEXT, "1,2"],
  ["an object", {}, TEXT, "[object Object]"],
  ["an object with toString", { toString: () => "own" }, TEXT, "own"],
  ["shared memory", new SharedArrayBuffer(2), TEXT, "[object SharedArrayBuffer]"],
  ["an ArrayBuffer", buffer, BINARY, octets],
  ["an empty ArrayBuffer", new ArrayBuffer(0), BINARY, ""],
  ["a Blob", new Blob([octets]), BINARY, octets],
  ["an empty Blob", new Blob([]), BINARY, ""],
  ["a part of an Int8Array", new Int8Array(buffer, 8, 2), BINARY, octets.subarray(8, 10)],
  ["a part of a Uint8Array", new Uint8Array(buffer, 8, 2), BINARY, octets.subarray(8, 10)],
  ["a part of a Uint8ClampedArray", new Uint8ClampedArray(buffer, 8, 2), BINARY, octets.subarray(8, 10)],
  ["a part of an Int16Array", new Int16Array(buffer, 8, 2), BINARY, octets.subarray(8, 12)],
  ["a part of a Uint16Array", new Uint16Array(buffer, 8, 2), BINARY, octets.subarray(8, 12)],
  ["a part of an Int32Array", new Int32Array(buffer, 8, 2), BINARY, octets.subarray(8, 16)],
  ["a part of a Uint32Array", new Uint32Array(buffer, 8, 2), BINARY, octets.subarray(8, 16)],
  ["a part of a Float32Array", new Float32Array(buffer, 8, 2), BINARY, octets.subarray(8, 16)],
  ["a part of a Float64Array", new Float64Array(buffer, 8, 2), BINARY, octets.subarray(8, 24)],
  ["a part of a BigInt64Array", new BigInt64Array(buffer, 8, 2), BINARY, octets.subarray(8, 24)],
  ["a part of a DataView", new DataView(buffer, 7, 3), BINARY, octets.subarray(7, 10)],
  ["a Buffer of the pool", Buffer.from("pooled"), BINARY, "pooled"],
  ["70000 octets", new Uint8Array(70_000).fill(1), BINARY, new Uint8Array(70_000).fill(1)],
];

rows("send", [
  ...DATA.map(([name, data, opcode, payload]) => ({
    name,
    run: async (Socket: WebSocketClass): Promise<void> => {
      const { url, frames } = await keeper();
      const socket = await openSocket(Socket, url);
      expect(send(socket, data)).toBe(undefined);
      expect(socket.bufferedAmount).toBe(Buffer.byteLength(payload));
      const [frame] = await frames(1);
      expect(frame?.[0]).toBe(opcode);
      expect(Buffer.from(payload).equals(octetsOf(frame?.[1]))).toBe(true);
    },
  })),
  {
    name: "a detached buffer, which is empty",
    run: async (Socket) => {
      const { url, frames } = await keeper();
      const socket = await openSocket(Socket, url);
      const view = new Uint8Array(5);
      structuredClone(view.buffer, { transfer: [view.buffer] });
      socket.send(view.buffer);
      socket.send(view);
      expect(await frames(2)).toEqual([
        [BINARY, Buffer.alloc(0)],
        [BINARY, Buffer.alloc(0)],
      ]);
    },
    deviation: "it throws for a detached view",
  },
  {
    name: "nothing, a symbol, or shared memory: a TypeError",
    run: async (Socket) => {
      const { url } = await keeper();
      const socket = await openSocket(Socket, url);
      expect(thrown(() => send(socket))).toBe("TypeError");
      expect(thrown(() => send(socket, Symbol("s")))).toBe("TypeError");
      expect(thrown(() => send(socket, new Uint8Array(new SharedArrayBuffer(2))))).toBe("TypeError");
      expect(socket.bufferedAmount).toBe(0);
    },
    deviation: "it sends views of shared memory",
  },
  {
    name: "while connecting: an InvalidStateError, after the conversion",
    run: (Socket) => {
      const socket = socketOf(Socket, "ws://127.0.0.1:2/");
      let converted = 0;
      const data = { toString: () => `${++converted}` };
      expect(thrown(() => send(socket, data))).toBe("InvalidStateError");
      expect([converted, socket.bufferedAmount]).toEqual([1, 0]);
      expect(thrown(() => send(socket))).toBe("TypeError");
    },
  },
  {
    name: "copies at the call",
    run: async (Socket) => {
      const { url, frames } = await keeper();
      const socket = await openSocket(Socket, url);
      for (const size of [4, 16_384, 100_000]) {
        const view = new Uint8Array(size).fill(1);
        socket.send(view);
        socket.send(view.buffer);
        view.fill(2);
      }
      const sums = (await frames(6)).map(([, payload]) =>
        octetsOf(payload).reduce((sum, octet) => sum + octet, 0),
      );
      expect(sums).toEqual([4, 4, 16_384, 16_384, 100_000, 100_000]);
    },
  },
  {
    name: "keeps the order around Blobs, copies what waits, and closes after it",
    run: async (Socket) => {
      const { url, frames } = await keeper();
      const socket = await openSocket(Socket, url);
      const view = Uint8Array.of(4);
      socket.send("1");
      socket.send(new Blob([new Uint8Array(100_000).fill(2)]));
      socket.send("3");
      socket.send(view);
      view.fill(9);
      socket.send(new Blob(["5"]));
      socket.send("6");
      expect(socket.bufferedAmount).toBe(1 + 100_000 + 1 + 1 + 1 + 1);
      socket.close(3000);
      socket.send("never");
      const arrived = (await frames(7)).map(([opcode, payload]) =>
        typeof payload === "number" ? payload : [opcode, payload.length, payload[0]],
      );
      expect(arrived).toEqual([
        [TEXT, 1, 0x31],
        [BINARY, 100_000, 2],
        [TEXT, 1, 0x33],
        [BINARY, 1, 4],
        [BINARY, 1, 0x35],
        [TEXT, 1, 0x36],
        3000,
      ]);
    },
    deviation: "it closes before what waits for a Blob",
  },
]);

test("a Blob that cannot be read fails the connection, in its turn", async () => {
  const { url, frames } = await keeper();
  const socket = await openSocket(WebSocket, url);
  const types = heard(socket);
  const blob = new Blob(["x"]);
  blob.arrayBuffer = async () => {
    await pause(20);
    throw new Error("The file has changed");
  };
  socket.send("before");
  socket.send(blob);
  socket.send("after");
  expect(await ending(socket)).toEqual([1006, "", false]);
  expect(types).toEqual(["error", "close"]);
  expect(socket.bufferedAmount).toBeGreaterThanOrEqual(6);
  expect(await frames(1)).toEqual([[TEXT, Buffer.from("before")]]);
});
