import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findPythonWith, tool } from "@plyws/testkit/node";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CloseRecord } from "../src/index.ts";
import { DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";
import { MAX_MESSAGE_SIZE, payloadOf, SIZES, summary } from "./support/payloads.ts";
import { until } from "./support/turns.ts";

const python = tool("Python with websockets", () => findPythonWith("websockets"));

/** Starts a script of this folder. It ends with its standard input, at the latest with the test. */
function start(script: string, ...args: readonly string[]) {
  const path = fileURLToPath(new URL(`python/${script}`, import.meta.url));
  const child = spawn(python.path, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return { lines, ended: once(reader, "close") };
}

async function startEcho(): Promise<{ url: string; lines: string[] }> {
  const { lines } = start("echo_server.py");
  await until("the server of Python listens", () => lines.length > 0);
  return { url: `ws://127.0.0.1:${lines.shift()}/`, lines };
}

describe.skipIf(python.skip)("the websockets package of Python", { timeout: 60_000 }, () => {
  test("its client against our server", async () => {
    const records: CloseRecord[] = [];
    const server = await startServer(
      {
        ...ECHO,
        open: (socket) => {
          if (socket.url === "/close") socket.close(4002, "go away");
        },
        close: (_socket, record) => records.push(record),
      },
      { maxMessageSize: MAX_MESSAGE_SIZE, subprotocols: ["b"] },
    );
    const { lines, ended } = start("client.py", server.url, ...SIZES.map(String));
    await ended;
    const { version, ...seen } = JSON.parse(lines[0] ?? "{}");
    console.info(`websockets ${version} was the client`);
    expect(seen).toEqual({
      wrong: [],
      subprotocol: "b",
      extensions: [],
      ordered: true,
      closed: [4001, ""],
      told: [4002, "go away"],
    });
    expect(records).toMatchObject([
      { code: 4001, reason: "bye", clean: true, initiator: "remote", error: null },
      { code: 4002, clean: true, initiator: "local", error: null },
    ]);
  });

  test.each(["", "fragments"])("our client against its server, path /%s", async (path) => {
    const { url, lines } = await startEcho();
    const client = await openClient(`${url}${path}`, {}, { maxMessageSize: MAX_MESSAGE_SIZE });
    for (const kind of ["text", "binary"] as const) {
      for (const size of SIZES) {
        const payload = payloadOf(kind, size);
        client.send(payload);
        expect(summary((await client.receive()) ?? "")).toEqual(summary(payload));
      }
    }
    client.close(4001, "bye");
    expect(await client.closed).toMatchObject({ code: 4001, clean: true, initiator: "local", error: null });
    await until("it heard of the end", () => lines.length > 0);
    expect(lines).toEqual(["closed 4001 bye"]);
  });

  test("our client against its server: many in one write, a subprotocol, and its close", async () => {
    const { url } = await startEcho();
    const client = await openClient(url, {}, { subprotocols: ["x", "a"] });
    expect(client.subprotocol).toBe("a");
    const many = Array.from({ length: 1000 }, (_, i) => `message ${i}`);
    for (const message of many) client.send(message);
    const answers: unknown[] = [];
    while (answers.length < many.length) answers.push(await client.receive());
    expect(answers).toEqual(many);

    const other = await openClient(`${url}close`, DROP);
    expect(await other.closed).toMatchObject({
      code: 4002,
      reason: "go away",
      clean: true,
      initiator: "remote",
    });
  });
});
