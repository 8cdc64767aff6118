import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, listen, WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { closedPort } from "./support/client-servers.ts";
import { ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { rawConnect, requestHead } from "./support/raw-peer.ts";
import { serve } from "./support/serve.ts";
import { settle } from "./support/turns.ts";

/** The path of a socket in a folder of its own. */
function freePath(): string {
  const folder = mkdtempSync(join(tmpdir(), "plyws-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return process.platform === "win32" ? `\\\\.\\pipe\\${folder.replaceAll(/\W/g, "-")}` : join(folder, "s");
}

describe("listen on a Unix domain socket", () => {
  test("connect takes its url together with the path", async () => {
    const socketPath = freePath();
    const addresses: string[] = [];
    const server = await serve(
      { host: undefined, socketPath, accept: ({ remoteAddress }) => ({ data: remoteAddress }) },
      {
        open: (socket) => addresses.push(socket.remoteAddress, socket.data),
        message: (socket, data) => socket.send(data),
      },
    );
    expect(server.url).toBe("ws://localhost/");
    const client = await openClient(server.url, {}, { socketPath });
    expect(await roundTrip(client, "x")).toBe("x");
    expect([client.remoteAddress, ...addresses]).toEqual(["", "", ""]);
    expect(await server.close()).toEqual({ finished: 1, unfinished: [] });
    expect(server.url).toBe("ws://localhost/");
    expect(existsSync(socketPath)).toBe(false);
  });

  test("with TLS", async () => {
    const socketPath = freePath();
    const server = await serve({ host: undefined, socketPath, tls: certificate });
    expect(server.url).toBe("wss://localhost/");
    const client = await openClient(server.url, {}, { socketPath, tls: { ca: certificate.cert } });
    expect(await roundTrip(client, "x")).toBe("x");
    client.close();
  });

  test.skipIf(process.platform === "win32")(
    "a file that is there already is EADDRINUSE, and stays as it is",
    async () => {
      const socketPath = freePath();
      const first = await serve({ host: undefined, socketPath });
      await expect(listen({ socketPath }, ECHO)).rejects.toMatchObject({ code: "EADDRINUSE" });
      expect(await roundTrip(await openClient(first.url, {}, { socketPath }), "x")).toBe("x");
      await first.close({ deadline: 0 });
      // What a killed process leaves is found by its path in the message.
      writeFileSync(socketPath, "");
      const stale = listen({ socketPath }, ECHO);
      await expect(stale).rejects.toMatchObject({ code: "EADDRINUSE" });
      await expect(stale).rejects.toThrow(socketPath);
      expect(existsSync(socketPath)).toBe(true);
    },
  );

  test.each([{ port: 1 }, { host: "127.0.0.1" }, { port: 0, host: "localhost" }])(
    "not together with %j",
    async (place) => {
      await expect(listen({ socketPath: freePath(), ...place }, ECHO)).rejects.toThrow(TypeError);
    },
  );

  test("not with an empty path", async () => {
    await expect(listen({ socketPath: "" }, ECHO)).rejects.toThrow("socketPath is empty");
  });
});

describe("listen and close", () => {
  test("after a port was taken, another one can be opened", async () => {
    const first = await startServer();
    const server = new WebSocketServer({}, ECHO);
    const port = Number(new URL(first.url).port);
    await expect(server.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(server.url).toBe("");
    await server.listen({ host: "127.0.0.1" });
    expect(await roundTrip(await openClient(server.url), "x")).toBe("x");
    await server.close({ deadline: 0 });
  });

  test.each([{ port: 65_536 }, { port: -1 }, { port: 1.5 }])(
    "%j is refused, and leaves no port",
    async (place) => {
      const server = new WebSocketServer({}, ECHO);
      await expect(server.listen(place)).rejects.toMatchObject({ code: "ERR_SOCKET_BAD_PORT" });
      expect(await server.listen({ host: "127.0.0.1" })).toBe(server);
      await server.close();
    },
  );

  test("a second listen is refused while the first opens its port", async () => {
    const server = new WebSocketServer({}, ECHO);
    const first = server.listen({ host: "127.0.0.1" });
    await expect(server.listen({ host: "127.0.0.1" })).rejects.toThrow("listens already");
    expect((await first).url).toMatch(/^ws:/);
    await server.close();
  });

  test("a server that is closed while it opens its port does not keep it", async () => {
    const port = await closedPort();
    const server = new WebSocketServer({}, ECHO);
    const listening = server.listen({ host: "localhost", port });
    expect(await server.close()).toEqual({ finished: 0, unfinished: [] });
    await expect(listening).rejects.toThrow("This server is closed");
    await expect(connect(`ws://localhost:${port}`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a closed server stays closed, every close waits for the port, and each gets a report", async () => {
    const server = await startServer();
    const { url } = server;
    const silent = await rawConnect(url);
    silent.write(requestHead());
    await silent.head();
    const reports = await Promise.all([server.close({ deadline: 50 }), server.close({ deadline: 5000 })]);
    expect(reports.map(({ unfinished }) => unfinished.length)).toEqual([1, 1]);
    await expect(connect(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(server.listen({ host: "127.0.0.1" })).rejects.toThrow("This server is closed");
  });

  test("who does not answer is told of, also when closeTimeout is over before the deadline", async () => {
    const server = await startServer(ECHO, { closeTimeout: 30 });
    const silent = await rawConnect(server.url);
    silent.write(requestHead());
    await silent.head();
    await openClient(server.url, { message: () => {} });
    const { finished, unfinished } = await server.close({ deadline: 5000 });
    expect([finished, unfinished.length]).toEqual([1, 1]);
    expect(await unfinished[0]?.closed).toMatchObject({ clean: false, sent: { code: 1001 }, received: null });
  });

  test("HTTP requests that keep their connection do not hold up close", async () => {
    const server = await startServer();
    const socket = connectTcp(Number(new URL(server.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    const begin = Date.now();
    await server.close();
    expect(Date.now() - begin).toBeLessThan(4000);
  });
});

describe("requests in one stream", () => {
  test("an upgrade behind other requests is answered after them", async () => {
    const { url } = await startServer();
    const peer = await rawConnect(url);
    peer.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", requestHead());
    const body = "This port speaks WebSocket only.\n";
    for (const _ of [1, 2]) {
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 426 /);
      expect(String(await peer.octets(body.length))).toBe(body);
    }
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });

  test("what follows an upgrade is frames, whatever it looks like", async () => {
    const { url } = await startServer();
    const peer = await rawConnect(url);
    peer.write(requestHead(), requestHead());
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
    expect(await peer.frames(1)).toMatchObject([{ opcode: 8, payload: { 0: 3, 1: 0xea } }]);
  });

  test("a head in single octets", async () => {
    const { url } = await startServer();
    const peer = await rawConnect(url);
    for (const octet of requestHead()) {
      peer.write(octet);
      await settle();
    }
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
  });
});
