import { binary, close, ping, text } from "@plyws/testkit";
import { expect, test } from "vitest";
import { CloseEvent, WebSocket } from "../src/index.ts";
import { watchProcess } from "./support/process-faults.ts";
import {
  echoServer,
  ending,
  next,
  openSocket,
  pause,
  peerServer,
  promises,
  rows,
  socketOf,
} from "./whatwg-support.ts";

rows("an event", [
  {
    name: "comes in a task, never during a call",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      let inside = false;
      const during: string[] = [];
      for (const type of ["open", "message", "error", "close"]) {
        socket.addEventListener(type, () => inside && during.push(type));
      }
      const guarded = (call: () => void): void => {
        inside = true;
        call();
        inside = false;
      };
      await next(socket, "open");
      guarded(() => socket.send("x"));
      await next(socket, "message");
      guarded(() => socket.close());
      await next(socket, "close");
      expect(during).toEqual([]);
    },
  },
  {
    name: "does not bubble, is not cancelable, and has the socket as target",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      const open = next(socket, "open");
      const message = next(socket, "message");
      const closed = next(socket, "close");
      await open;
      socket.send("x");
      await message;
      socket.close();
      for (const [event, name] of [
        [await open, "Event"],
        [await message, "MessageEvent"],
        [await closed, "CloseEvent"],
      ] as const) {
        expect([event.bubbles, event.cancelable, event.target === socket]).toEqual([false, false, true]);
        expect(event.constructor.name).toBe(name);
      }
    },
  },
  {
    name: "of a message has data, the origin, and nothing else",
    run: async (Socket) => {
      const url = await echoServer();
      const socket = await openSocket(Socket, `${url}path?query`);
      const message = next(socket, "message");
      socket.send("data");
      const { data, origin, lastEventId, source, ports } = await message;
      expect([data, lastEventId, source, ports.length]).toEqual(["data", "", null, 0]);
      expect(`${origin}/`).toBe(url);
    },
  },
  {
    name: "of a message has a task of its own",
    run: async (Socket) => {
      const url = await peerServer((peer) => peer.write(...["a", "b", "c"].map((data) => text(data))));
      const socket = socketOf(Socket, url);
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        socket.addEventListener("message", ({ data }) => {
          order.push(`${data}`);
          // What follows from one message comes before the next, however many promises there are in between.
          void promises(20).then(() => order.push(`after ${data}`) === 6 && resolve());
        });
      });
      expect(order).toEqual(["a", "after a", "b", "after b", "c", "after c"]);
    },
    deviation: "it delivers messages of one chunk in one task",
  },
  {
    name: "of a message comes after open, even when both arrive at once",
    run: async (Socket) => {
      const url = await peerServer((peer) => {
        peer.write(text("first"), ping("x"), text("second"), close(1000));
        peer.socket.end();
      });
      const socket = socketOf(Socket, url);
      const order: unknown[] = [];
      socket.addEventListener("open", () => order.push(["open", socket.readyState]));
      socket.addEventListener("message", ({ data }) => order.push(data));
      await next(socket, "close");
      expect(order).toEqual([["open", 1], "first", "second"]);
    },
  },
  {
    name: "comes after the handler of open when that closes",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      socket.addEventListener("open", () => socket.close(3000));
      expect(await ending(socket)).toEqual([3000, "", true]);
    },
  },
]);

const noop = (): void => {};

rows("a handler attribute", [
  {
    name: "is null at first, and for what is no function",
    run: (Socket) => {
      const socket = socketOf(Socket, "ws://127.0.0.1:2/");
      for (const name of ["onopen", "onmessage", "onerror", "onclose"]) {
        expect(Reflect.get(socket, name)).toBe(null);
        for (const value of ["code", 7, true, Symbol("s"), null, undefined]) {
          Reflect.set(socket, name, noop);
          expect(Reflect.get(socket, name)).toBe(noop);
          Reflect.set(socket, name, value);
          expect(Reflect.get(socket, name)).toBe(null);
        }
      }
    },
  },
  {
    name: "is null for an object that is no function",
    run: (Socket) => {
      const socket = socketOf(Socket, "ws://127.0.0.1:2/");
      for (const value of [{}, { handleEvent: noop }, []]) {
        Reflect.set(socket, "onopen", value);
        expect(socket.onopen).toBe(null);
      }
    },
    deviation: "it keeps any object, and calls none",
  },
  {
    name: "is called in the order of registration, with the socket as this",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      const order: unknown[] = [];
      const set = (handler: unknown): boolean => Reflect.set(socket, "onopen", handler);
      socket.addEventListener("open", () => order.push("first"));
      set(() => order.push("replaced"));
      socket.addEventListener("open", () => order.push("third"));
      // It keeps the place of the one that it replaces.
      set(function second(this: unknown, event: Event) {
        order.push(this === socket && event.type);
      });
      await next(socket, "open");
      expect(order).toEqual(["first", "open", "third"]);
    },
    deviation: "a replaced handler goes to the end",
  },
  {
    name: "goes to the end when it was null in between",
    run: async (Socket) => {
      const socket = socketOf(Socket, await echoServer());
      const order: string[] = [];
      const set = (handler: unknown): boolean => Reflect.set(socket, "onopen", handler);
      set(() => order.push("removed"));
      socket.addEventListener("open", () => order.push("first"));
      set(null);
      set(() => order.push("second"));
      await next(socket, "open");
      expect(order).toEqual(["first", "second"]);
    },
  },
]);

rows("binaryType", [
  {
    name: "delivers a Blob by default",
    run: async (Socket) => {
      const url = await peerServer((peer) => peer.write(binary(Uint8Array.of(1, 2, 3))));
      const { data } = await next(socketOf(Socket, url), "message");
      expect(data).toBeInstanceOf(Blob);
      const blob: Blob = data;
      expect([blob.size, blob.type]).toEqual([3, ""]);
      expect(new Uint8Array(await blob.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
    },
  },
  {
    name: "delivers a buffer of exactly the octets of the message",
    run: async (Socket) => {
      const sizes = [0, 1, 125, 126, 65_535, 65_536, 200_000];
      const url = await peerServer((peer) => {
        peer.write(...sizes.map((size) => binary(new Uint8Array(size).fill(7))));
      });
      const socket = socketOf(Socket, url);
      socket.binaryType = "arraybuffer";
      const lengths: number[] = [];
      await new Promise<void>((resolve) => {
        socket.addEventListener("message", ({ data }) => {
          const octets = new Uint8Array(data);
          expect(data).toBeInstanceOf(ArrayBuffer);
          expect(octets.every((octet) => octet === 7)).toBe(true);
          if (lengths.push(octets.length) === sizes.length) resolve();
        });
      });
      expect(lengths).toEqual(sizes);
    },
  },
  {
    name: "can change at any time, for the messages to come",
    run: async (Socket) => {
      const url = await peerServer((peer) =>
        peer.write(...["a", "b", "c"].map((data) => binary(data)), text("d")),
      );
      const socket = socketOf(Socket, url);
      const types: string[] = [];
      await new Promise<void>((resolve) => {
        socket.addEventListener("message", ({ data }) => {
          types.push(typeof data === "string" ? data : data.constructor.name);
          socket.binaryType = types.length === 1 ? "arraybuffer" : "blob";
          if (types.length === 4) resolve();
        });
      });
      expect(types).toEqual(["Blob", "ArrayBuffer", "Blob", "d"]);
    },
  },
]);

test("more messages than may wait for their tasks at once all come, in order, before close", async () => {
  const count = 20_000;
  const url = await peerServer((peer) => {
    peer.write(...Array.from({ length: count }, (_, i) => text(String(i))), close(1000));
    peer.socket.end();
  });
  const socket = socketOf(WebSocket, url);
  let expected = 0;
  socket.addEventListener("message", ({ data }) => {
    if (data === String(expected)) expected += 1;
  });
  expect(await ending(socket)).toEqual([1000, "", true]);
  expect(expected).toBe(count);
});

test("a handler that throws is an error of the program, as for every EventTarget, and the socket goes on", async () => {
  const faults = watchProcess();
  const socket = await openSocket(WebSocket, await echoServer());
  const fault = new Error("of the handler");
  const data: unknown[] = [];
  socket.addEventListener("message", (event) => {
    data.push(event.data);
    if (event.data === "1") throw fault;
  });
  socket.send("1");
  socket.send("2");
  for (let i = 0; i < 200 && data.length < 2; i++) await pause(5);
  expect(data).toEqual(["1", "2"]);
  expect(faults).toEqual([fault]);
});

test("CloseEvent has the attributes of its dictionary", () => {
  const event = new CloseEvent("close", { code: 3000, reason: "done", wasClean: true, cancelable: true });
  expect([event.type, event.code, event.reason, event.wasClean]).toEqual(["close", 3000, "done", true]);
  expect(event.cancelable).toBe(true);
  const empty = new CloseEvent("x");
  expect([empty.code, empty.reason, empty.wasClean, empty.cancelable]).toEqual([0, "", false, false]);
});
