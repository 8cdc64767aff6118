import { expect } from "vitest";
import { keeper, next, openSocket, pause, peerServer, promises, rows, socketOf } from "./whatwg-support.ts";

rows("bufferedAmount", [
  {
    name: "grows at the call and falls only in a later task",
    run: async (Socket) => {
      const { url, frames } = await keeper();
      const socket = await openSocket(Socket, url);
      await new Promise(setImmediate);
      socket.send("ä€");
      socket.send(new Uint8Array(7));
      expect(socket.bufferedAmount).toBe(12);
      await promises(50);
      expect(socket.bufferedAmount).toBe(12);
      await frames(2);
      for (let i = 0; i < 200 && socket.bufferedAmount > 0; i++) await pause(5);
      expect(socket.bufferedAmount).toBe(0);
    },
  },
  {
    name: "counts a large message until it is transmitted",
    run: async (Socket) => {
      let read!: () => void;
      const reading = new Promise<void>((resolve) => {
        read = resolve;
      });
      const url = await peerServer(async (peer) => {
        peer.socket.pause();
        await reading;
        peer.socket.on("data", () => peer.take()).resume();
      });
      const socket = await openSocket(Socket, url);
      const size = 12_000_000;
      socket.send(new Uint8Array(size));
      await pause(50);
      expect(socket.bufferedAmount).toBeGreaterThan(0);
      expect(socket.bufferedAmount).toBeLessThanOrEqual(size);
      read();
      for (let i = 0; i < 1000 && socket.bufferedAmount > 0; i++) await pause(5);
      expect(socket.bufferedAmount).toBe(0);
    },
  },
  {
    name: "counts what is not sent any more, and is not reset",
    run: async (Socket) => {
      const { url } = await keeper();
      const socket = await openSocket(Socket, url);
      socket.close();
      socket.send("123");
      socket.send(new Uint8Array(4));
      socket.send(new Blob(["12345"]));
      expect(socket.bufferedAmount).toBe(12);
      await next(socket, "close");
      expect(socket.bufferedAmount).toBe(12);
      socket.send("x");
      await pause(20);
      expect(socket.bufferedAmount).toBe(13);
    },
    deviation: "it counts only what it sends",
  },
  {
    name: "counts while it is closing before it was open",
    run: async (Socket) => {
      const socket = socketOf(Socket, "ws://127.0.0.1:2/");
      socket.close();
      socket.send("12");
      expect(socket.bufferedAmount).toBe(2);
      await pause(20);
      expect(socket.bufferedAmount).toBe(2);
    },
    deviation: "it counts only what it sends",
  },
  {
    name: "keeps what was lost with the connection",
    run: async (Socket) => {
      const url = await peerServer((peer) => {
        peer.socket.pause();
        setTimeout(() => peer.socket.destroy(), 50);
      });
      const socket = await openSocket(Socket, url);
      socket.send(new Uint8Array(12_000_000));
      await next(socket, "close");
      expect(socket.bufferedAmount).toBeGreaterThan(0);
    },
    deviation: "it counts it as sent",
  },
]);
