import { once } from "node:events";
import { createServer } from "node:https";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { CloseEvent, WebSocket, WebSocketError, WebSocketStream } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { next, openSocket, rows, socketOf, thrown } from "./whatwg-support.ts";

// Nothing listens there.
const ORIGIN = "127.0.0.1:2";

rows("the interface", [
  {
    name: "constants are on the interface and on its prototype, and stay",
    run: (Socket) => {
      for (const [at, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
        for (const holder of [Socket, Socket.prototype]) {
          expect(Object.getOwnPropertyDescriptor(holder, name), name).toEqual({
            value: at,
            writable: false,
            enumerable: true,
            configurable: false,
          });
        }
      }
    },
  },
  {
    name: "attributes and operations are enumerable, of the right kind and length",
    run: (Socket) => {
      const { prototype } = Socket;
      const shape = (name: string): unknown => {
        const found = Object.getOwnPropertyDescriptor(prototype, name);
        return [typeof found?.get, typeof found?.set, typeof found?.value, found?.enumerable];
      };
      for (const name of ["url", "readyState", "bufferedAmount", "extensions", "protocol"]) {
        expect(shape(name), name).toEqual(["function", "undefined", "undefined", true]);
      }
      for (const name of ["binaryType", "onopen", "onmessage", "onerror", "onclose"]) {
        expect(shape(name), name).toEqual(["function", "function", "undefined", true]);
      }
      for (const name of ["send", "close"]) {
        expect(shape(name), name).toEqual(["undefined", "undefined", "function", true]);
      }
      expect([Socket.length, prototype.send.length, prototype.close.length]).toEqual([1, 1, 0]);
      expect(Socket.name).toBe("WebSocket");
      expect(Object.getPrototypeOf(Socket)).toBe(EventTarget);
      expect(Object.prototype.toString.call(prototype)).toBe("[object WebSocket]");
    },
  },
  {
    name: "attributes of something else are TypeErrors",
    run: (Socket) => {
      for (const name of [
        "url",
        "readyState",
        "bufferedAmount",
        "extensions",
        "protocol",
        "binaryType",
        "onopen",
      ]) {
        expect(
          thrown(() => Reflect.get(Socket.prototype, name, new EventTarget())),
          name,
        ).toBe("TypeError");
      }
      expect(thrown(() => Reflect.set(Socket.prototype, "onopen", null, {}))).toBe("TypeError");
    },
  },
  {
    name: "read-only attributes stay as they are",
    run: (Socket) => {
      const socket = socketOf(Socket, `ws://${ORIGIN}/`);
      for (const name of ["url", "readyState", "bufferedAmount", "extensions", "protocol", "OPEN"]) {
        const before: unknown = Reflect.get(socket, name);
        expect(Reflect.set(socket, name, "changed"), name).toBe(false);
        expect(Reflect.get(socket, name)).toBe(before);
      }
    },
  },
  {
    name: "binaryType ignores what is no type",
    run: (Socket) => {
      const socket = socketOf(Socket, `ws://${ORIGIN}/`);
      socket.binaryType = "arraybuffer";
      for (const value of ["", "ARRAYBUFFER", "uint8array", "nodebuffer", null, 7]) {
        Reflect.set(socket, "binaryType", value);
        expect(socket.binaryType).toBe("arraybuffer");
      }
      socket.binaryType = "blob";
      expect(socket.binaryType).toBe("blob");
    },
    deviation: "it takes any other value for blob",
  },
  {
    name: "it can be a base class",
    run: (Socket) => {
      class Own extends Socket {
        readonly own = 1;
      }
      const socket = new Own(`ws://${ORIGIN}/`);
      expect([socket.own, socket.readyState, socket instanceof Socket]).toEqual([1, 0, true]);
      socket.close();
    },
  },
]);

test("other classes are exposed like those of the platform", () => {
  for (const Class of [CloseEvent, WebSocketError, WebSocketStream]) {
    expect(Object.prototype.toString.call(Class.prototype)).toBe(`[object ${Class.name}]`);
    const members = Object.entries(Object.getOwnPropertyDescriptors(Class.prototype));
    const own = members.filter(([name]) => name !== "constructor");
    expect(own.every(([, { enumerable }]) => enumerable === true)).toBe(true);
    expect(own.length).toBeGreaterThan(0);
  }
  expect([CloseEvent.length, WebSocketError.length, WebSocketStream.length]).toEqual([1, 0, 1]);
});

test("wss runs over TLS", async () => {
  const server = createServer(certificate);
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : null;
  const tls = { ca: certificate.cert };

  const socket = await openSocket(WebSocket, `https://localhost:${port}/`, { tls });
  expect(socket.url).toBe(`wss://localhost:${port}/`);
  const message = next(socket, "message");
  socket.send("secret");
  expect(await message).toMatchObject({ data: "secret", origin: `wss://localhost:${port}` });

  const stream = new WebSocketStream(`wss://localhost:${port}/`, { tls });
  const { readable, writable } = await stream.opened;
  await writable.getWriter().write("secret");
  expect((await readable.getReader().read()).value).toBe("secret");
  stream.close();
  await stream.closed;

  const stranger = socketOf(WebSocket, `wss://localhost:${port}/`);
  expect(await next(stranger, "error")).toHaveProperty("error.code", "DEPTH_ZERO_SELF_SIGNED_CERT");
});
