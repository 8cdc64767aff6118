import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bun, deno, workerd } from "@plyws/testkit/runtimes";
import { build } from "esbuild";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { type WebSocket as Peer, WebSocketServer, WebSocket as WsClient } from "ws";
import { root } from "../root.ts";
import { Places } from "./places.ts";
import { note } from "./report.ts";

const places = new Places(inject("packedIn"));
const examples = join(root, "packages/web/examples");

/** A folder inside the project that has all packages, with an example made of what npm has installed there. */
async function made(file: string): Promise<string> {
  const parent = join(places.together, "embedding");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "example-"));
  copyFileSync(join(examples, file), join(folder, file));
  await build({
    entryPoints: [join(folder, file)],
    outfile: join(folder, "example.mjs"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["cloudflare:*"],
    logLevel: "silent",
  });
  return folder;
}

/** Starts a program that ends with the test, and gives the first line that it prints. */
async function started(
  path: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child: ChildProcess = spawn(path, args, {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("no output");
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), "line", {
    signal: AbortSignal.timeout(30_000),
  });
  return String(line);
}

describe("the examples of @plyws/web, of the packed packages", () => {
  describe.each([
    {
      name: "Deno",
      file: "deno-server.ts",
      runtime: deno,
      args: ["run", "--allow-net", "--no-check", "--no-config"],
    },
    { name: "Bun", file: "bun-server.ts", runtime: bun, args: ["run"] },
  ])("a server on the raw TCP of $name", ({ name, file, runtime, args }) => {
    test.skipIf(runtime.skip)("echoes to ws", async () => {
      const folder = await made(file);
      const url = await started(runtime.path, [...args, "example.mjs", "0"], folder);
      const client = new WsClient(url, { perMessageDeflate: false });
      onTestFinished(() => client.terminate());
      await once(client, "open");
      client.send("hello");
      const [data]: unknown[] = await once(client, "message");
      expect(String(data)).toBe("hello");
      note(places.notes, "@plyws/web", `embedded in ${name}`);
    });
  });

  test("both ends of a MessagePort", async () => {
    const folder = await made("message-port.ts");
    const { overPort } = await import(join(folder, "example.mjs"));
    const { port1, port2 } = new MessageChannel();
    const [client, server] = [overPort(port1, "client"), overPort(port2, "server")];
    client.send("hello");
    expect(await server.receive()).toBe("hello");
    server.close(3000, "bye");
    expect(await client.closed).toMatchObject({ code: 3000, reason: "bye", clean: true });
    note(places.notes, "@plyws/web", "over a MessagePort");
  });

  test.skipIf(workerd.skip)("a client in a Worker", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => server.close());
    server.on("connection", (socket: Peer) => {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : null;
    const folder = await made("worker-client.ts");
    copyFileSync(join(folder, "example.mjs"), join(folder, "worker-client.js"));
    copyFileSync(join(examples, "worker-client.capnp"), join(folder, "worker-client.capnp"));
    const line = await started(workerd.path, ["serve", "worker-client.capnp", "--control-fd=1"], folder, {
      SERVER: `ws://127.0.0.1:${port}/`,
    });
    const answer = await fetch(`http://127.0.0.1:${JSON.parse(line).port}/`, {
      method: "POST",
      body: "hello",
    });
    expect(await answer.json()).toMatchObject({ reply: "hello", code: 1000 });
    note(places.notes, "@plyws/web", "embedded in workerd");
  });
});
