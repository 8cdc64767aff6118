import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { connect, type WebSocketConnection } from "../src/index.ts";
import { startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { until } from "./support/turns.ts";

const COUNT = 2000;
/** More than this in the process of the server for each connection would be a leak. It is about 30 KiB. */
const MOST_PER_CONNECTION = 60 * 1024;

test("2,000 connections at once to one process echo correctly", { timeout: 120_000 }, async () => {
  const faults = watchProcess();
  const server = await startServer();
  const before = process.memoryUsage().rss;

  const script = fileURLToPath(new URL("support/many-clients.mjs", import.meta.url));
  const clients = spawn(process.execPath, [script, server.url, String(COUNT)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void clients.kill());
  const [line] = await once(clients.stdout.setEncoding("utf8"), "data");
  const grown = (process.memoryUsage().rss - before) / COUNT;
  const { openedIn, echoedIn, ...result } = JSON.parse(String(line));
  console.info(
    `${COUNT} connections: open in ${openedIn} ms, echoed in ${echoedIn} ms, ${Math.round(grown / 1024)} KiB each`,
  );

  expect(result).toEqual({ opened: COUNT, correct: COUNT, open: COUNT, errors: 0 });
  expect(server.connections.size).toBe(COUNT);
  expect(grown).toBeLessThan(MOST_PER_CONNECTION);

  clients.stdin.write("go\n");
  const [code] = await once(clients, "exit");
  expect(code).toBe(0);
  await until("all are gone", () => server.connections.size === 0);
  expect(faults).toEqual([]);
});

test("500 of our clients at once in one process", { timeout: 60_000 }, async () => {
  const server = await startServer();
  const clients: WebSocketConnection[] = await Promise.all(
    Array.from({ length: 500 }, () => connect(server.url, { handshakeTimeout: 60_000 })),
  );
  for (const [i, client] of clients.entries()) client.send(`client ${i}`);
  const answers = await Promise.all(clients.map(async (client) => client.receive()));
  expect(answers).toEqual(clients.map((_, i) => `client ${i}`));
  for (const client of clients) client.close();
  const records = await Promise.all(clients.map(async (client) => client.closed));
  expect(records.every(({ clean }) => clean)).toBe(true);
});
