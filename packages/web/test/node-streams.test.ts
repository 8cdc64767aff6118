import { once } from "node:events";
import { connect as connectTcp, createServer, Socket } from "node:net";
import { Duplex } from "node:stream";
import { judgeClients, run } from "@plyws/conformance";
import { connect, listen } from "@plyws/node";
import { ClientDeflate, ServerDeflate } from "@plyws/permessage-deflate";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { acceptWebSocket, connectWebSocket, type WebSocketConnection } from "../src/index.ts";
import { imperfect } from "./support/judging.ts";
import { watchProcess } from "./support/process-faults.ts";

const MAX_MESSAGE_SIZE = 16 * 1024 * 1024;
const engine = portableEngine();

/** A socket of Node as web streams; its errors are those of the streams. */
function toWeb(socket: Socket) {
  socket.on("error", () => {}).setNoDelay(true);
  return Duplex.toWeb(socket);
}

async function echo(socket: WebSocketConnection | null): Promise<void> {
  if (socket !== null) for await (const message of socket) await socket.sendAsync(message);
}

async function serve(): Promise<string> {
  const perMessageDeflate = new ServerDeflate({ engine });
  const server = createServer((socket) => {
    void acceptWebSocket(toWeb(socket), { perMessageDeflate, maxMessageSize: MAX_MESSAGE_SIZE }).then(echo);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function dial(url: string): Promise<WebSocketConnection> {
  const { hostname, port } = new URL(url);
  const socket = connectTcp({ host: hostname, port: Number(port) });
  await once(socket, "connect");
  // Whatever servers may answer to what asks for nothing.
  const perMessageDeflate = new ClientDeflate({
    engine,
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
  });
  return connectWebSocket(toWeb(socket), { url, perMessageDeflate, maxMessageSize: MAX_MESSAGE_SIZE });
}

/** Large amounts take their time; a few of the series with compression show what there is to see. */
const EXCLUDED = "9,12,13";

test("a server over streams of Node passes the cases of the conformance kit", {
  timeout: 300_000,
}, async () => {
  const report = await run({ url: await serve(), exclude: EXCLUDED, timeout: 10_000 });
  expect(imperfect(report)).toEqual([]);
  expect(report.results.length).toBeGreaterThan(400);
});

test("a client over streams of Node passes them, too", { timeout: 300_000 }, async () => {
  const faults = watchProcess();
  const host = await judgeClients({ exclude: EXCLUDED, timeout: 10_000 });
  onTestFinished(() => host.close());
  const counting = await dial(new URL("/getCaseCount", host.url).href);
  const count = Number(await counting.receive());
  await counting.closed;
  for (let number = 1; number <= count; number++) {
    const url = new URL(`/runCase?case=${number}&agent=web`, host.url).href;
    // Some of them have to fail.
    await dial(url).then(echo, () => {});
  }
  const done = await dial(new URL("/updateReports?agent=web", host.url).href);
  await done.closed;
  const [report] = host.reports;
  if (report === undefined) throw new Error("no report");
  expect(imperfect(report)).toEqual([]);
  expect(report.results.length).toBeGreaterThan(400);
  expect(faults).toEqual([]);
});

test("talks to ws and to our own server and client", { timeout: 30_000 }, async () => {
  const url = await serve();
  const theirs = new WebSocket(url);
  await once(theirs, "open");
  theirs.send("x".repeat(300_000));
  const [data]: unknown[] = await once(theirs, "message");
  expect(String(data)).toHaveLength(300_000);
  theirs.close(3000);
  expect((await once(theirs, "close"))[0]).toBe(3000);

  const ours = await connect(url, { perMessageDeflate: true });
  ours.send("ours");
  expect(await ours.receive()).toBe("ours");
  ours.close();

  const server = await listen(
    { host: "127.0.0.1" },
    { message: (socket, text) => void socket.send(`${String(text)}!`) },
  );
  const client = await dial(server.url);
  client.send("hello");
  expect(await client.receive()).toBe("hello!");
  client.close(1000);
  expect(await client.closed).toMatchObject({ code: 1000, clean: true });
  await server.close();
});

test("a reset at any time is the end of one connection", { timeout: 30_000 }, async () => {
  const faults = watchProcess();
  const url = await serve();
  for (let round = 0; round < 10; round++) {
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.send("x".repeat(100_000 * round));
    const stream: unknown = Reflect.get(socket, "_socket");
    if (!(stream instanceof Socket)) throw new Error("no socket");
    stream.resetAndDestroy();
  }
  const socket = await connect(url);
  socket.send("still here");
  expect(await socket.receive()).toBe("still here");
  socket.close();
  expect(faults).toEqual([]);
});
