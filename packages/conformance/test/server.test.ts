import { listen } from "@plyws/node";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../src/index.ts";

const MIB = 2 ** 20;

test("our server passes every case", { timeout: 120_000 }, async () => {
  const server = await listen(
    { host: "127.0.0.1", maxMessageSize: 32 * MIB, maxBufferedAmount: 64 * MIB },
    { message: (socket, data) => void socket.send(data) },
  );
  onTestFinished(() => void server.close({ deadline: 0 }));
  const { results } = await run({ url: server.url, exclude: "12,13" });
  expect(results.filter(({ behavior }) => behavior !== "OK").map(({ id }) => id)).toEqual([
    "7.1.6",
    "7.13.1",
    "7.13.2",
  ]);
});
