import { once } from "node:events";
import { connect, listen, prepare, type WebSocketConnection } from "@plyws/node";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Rooms } from "../src/index.ts";
import { PlainSocket } from "./support/plain.ts";
import { until } from "./support/until.ts";

interface User {
  readonly name: string;
}

test("@plyws/node: one message is prepared once, and goes as the same octets to everybody", async () => {
  let prepared = 0;
  const rooms = new Rooms<WebSocketConnection<User>>({
    encode: ({ id, data }) => {
      prepared++;
      return prepare(`${id === null ? "signal" : "message"} ${String(data)}`);
    },
  });
  const server = await listen(
    { host: "127.0.0.1", accept: ({ url }) => ({ data: { name: url.slice(1) } }) },
    {
      open: (socket) => rooms.join("a", socket, { member: { id: socket.data.name } }),
      message: (socket, text) => rooms.publish("a", text),
    },
  );
  onTestFinished(() => void server.close({ deadline: 0 }));
  const clients = await Promise.all(["ann", "ben", "cid"].map((name) => connect(`${server.url}${name}`)));
  await until("all are in", async () => (await rooms.members("a")).length === 3);
  clients[0]!.send("hello");
  for (const client of clients) expect(await client.receive()).toBe("message hello");
  rooms.signal("a", "typing");
  for (const client of clients) expect(await client.receive()).toBe("signal typing");
  expect(prepared).toBe(2);
  clients[1]!.terminate();
  await until("he has left", async () => (await rooms.members("a")).length === 2);
  expect([...rooms.sockets("a")].map(({ data }) => data.name)).toEqual(["ann", "cid"]);
});

test("ws: its sockets are members, and leave when they close", async () => {
  const rooms = new Rooms<WebSocket>();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  server.on("connection", (socket) => {
    void rooms.join("a", socket);
    socket.on("message", (data: Buffer, isBinary) => {
      void rooms.publish("a", isBinary ? Uint8Array.from(data) : data.toString());
    });
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const open = async (): Promise<{ client: WebSocket; got: string[] }> => {
    const got: string[] = [];
    const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
    client.on("message", (data: Buffer, isBinary) =>
      got.push(`${isBinary ? "binary" : "text"} ${data.toString()}`),
    );
    onTestFinished(() => client.terminate());
    await once(client, "open");
    return { client, got };
  };
  const [ann, ben] = [await open(), await open()];
  await until("both are in", () => [...rooms.sockets("a")].length === 2);
  ann.client.send("hello");
  ben.client.send(Buffer.from("octets"));
  await until("all came", () => ann.got.length === 2 && ben.got.length === 2);
  expect(ann.got.toSorted()).toEqual(["binary octets", "text hello"]);
  expect(ben.got).toEqual(ann.got);
  ben.client.close();
  await until("he has left", () => [...rooms.sockets("a")].length === 1);
  ann.client.terminate();
  await until("she has left", () => [...rooms.names].length === 0);
});

test("sockets of several libraries in one room, beside a plain object", async () => {
  const rooms = new Rooms();
  const server = await listen(
    { host: "127.0.0.1" },
    { open: (socket) => rooms.join("a", socket), message: () => {} },
  );
  onTestFinished(() => void server.close({ deadline: 0 }));
  const other = new WebSocketServer({ host: "127.0.0.1", port: 0 }).on("connection", (socket) => {
    void rooms.join("a", socket);
  });
  onTestFinished(() => other.close());
  await once(other, "listening");
  const address = other.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const plain = new PlainSocket();
  await rooms.join("a", plain);
  const one = await connect(server.url);
  const two = await connect(`ws://127.0.0.1:${address.port}/`);
  await until("all are in", () => [...rooms.sockets("a")].length === 3);
  await rooms.publish("a", "hello");
  expect([await one.receive(), await two.receive(), ...plain.got]).toEqual(["hello", "hello", "hello"]);
  one.terminate();
  two.terminate();
});
