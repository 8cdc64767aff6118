import { binary } from "@plyws/testkit";
import { expect, test } from "vitest";
import { startServer } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { masked, rawClient } from "./support/raw-peer.ts";

test("a message that the peer cut off is no fault of the handler that reads it", async () => {
  const warnings = watchWarnings();
  const errors: Error[] = [];
  let outcome = "";
  const server = await startServer({
    async stream(_, message) {
      try {
        for await (const piece of message) outcome += `${piece.length} `;
      } catch (error) {
        outcome += String(error);
        throw error;
      }
    },
    error: (_, error) => void errors.push(error),
  });
  const peer = await rawClient(server.url);
  peer.write(binary(new Uint8Array(5), { ...masked, fin: false }));
  await expect.poll(() => outcome).toBe("5 ");
  peer.socket.resetAndDestroy();
  await expect.poll(() => outcome).toContain("The connection ended before the message did");
  expect([errors, warnings]).toEqual([[], []]);
});

test("an error that cannot even be read is a warning, and the process lives", async () => {
  const faults = watchProcess();
  const warnings = watchWarnings();
  const hostile = Object.defineProperty(new Error("x"), "stack", {
    get() {
      throw new Error("no stack");
    },
  });
  const server = await startServer({
    message() {
      throw hostile;
    },
  });
  const peer = await rawClient(server.url);
  peer.write(binary("x", masked));
  await expect.poll(() => warnings.length).toBe(1);
  peer.socket.end();
  await expect.poll(() => server.connections.size, { timeout: 8000 }).toBe(0);
  expect(faults).toEqual([]);
});
