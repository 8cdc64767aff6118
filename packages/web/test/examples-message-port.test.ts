import { once } from "node:events";
import { expect, test } from "vitest";
import { overPort } from "../examples/message-port.ts";
import { watchProcess } from "./support/process-faults.ts";
import { turns } from "./support/streams.ts";

test("frames go over a MessagePort of Node", async () => {
  const { port1, port2 } = new MessageChannel();
  const ended = once(port1, "close");
  const client = overPort(port1, "client");
  const server = overPort(port2, "server");
  client.send("hello");
  expect(await server.receive()).toBe("hello");
  const octets = new Uint8Array(1_000_000).fill(5);
  const sent = server.sendAsync(octets);
  expect(await client.receive()).toEqual(octets);
  expect(await sent).toBe("buffered");
  server.close(3000, "bye");
  expect(await server.closed).toMatchObject({ code: 3000, clean: true, initiator: "local" });
  expect(await client.closed).toMatchObject({ code: 3000, reason: "bye", clean: true });
  await ended;
});

test("a port holds back who sends when the other end does not read", async () => {
  const { port1, port2 } = new MessageChannel();
  const client = overPort(port1, "client");
  const server = overPort(port2, "server");
  while (client.send("x".repeat(10_000)) === "sent");
  await turns(20);
  const waiting = client.bufferedAmount;
  expect(waiting).toBeGreaterThan(0);
  await server.receive();
  client.terminate();
  server.terminate();
});

test("an end that gives up is the end of the other one", async () => {
  const faults = watchProcess();
  const { port1, port2 } = new MessageChannel();
  const client = overPort(port1, "client");
  const server = overPort(port2, "server");
  client.terminate();
  expect(await server.receive()).toBeNull();
  expect(await server.closed).toMatchObject({ code: 1006, clean: false });
  await turns();
  expect(faults).toEqual([]);
});

test("a port that is closed in the middle is a stream that broke", async () => {
  const { port1, port2 } = new MessageChannel();
  const client = overPort(port1, "client");
  const server = overPort(port2, "server");
  client.send("hello");
  await server.receive();
  port1.close();
  expect(await client.receive()).toBeNull();
  expect(await server.receive()).toBeNull();
  for (const { closed } of [client, server]) {
    expect(await closed).toMatchObject({ code: 1006, clean: false, error: new Error("The port was closed") });
  }
});
