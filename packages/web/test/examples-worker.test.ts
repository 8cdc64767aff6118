import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@plyws/node";
import { expect, onTestFinished, test } from "vitest";
import { bundle, firstLine, folder, onOlderNode, start, workerd } from "./support/runtimes.ts";

test.skipIf(workerd.skip || onOlderNode)(
  "a Worker is a client over a raw TCP socket",
  { timeout: 60_000 },
  async () => {
    const server = await listen(
      { host: "127.0.0.1" },
      { message: (socket, data) => void socket.send(`you said ${String(data)}`) },
    );
    onTestFinished(() => void server.close({ deadline: 0 }));
    const cwd = folder();
    await bundle("worker-client.ts", join(cwd, "worker-client.js"));
    const config = fileURLToPath(new URL("../examples/worker-client.capnp", import.meta.url));
    copyFileSync(config, join(cwd, "worker-client.capnp"));

    const child = start(workerd.path, ["serve", "worker-client.capnp", "--control-fd=1"], cwd, {
      SERVER: server.url,
    });
    const { port } = JSON.parse(await firstLine(child));
    const ask = async (text: string) =>
      (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: text })).json();
    expect(await ask("hello")).toEqual({ reply: "you said hello", code: 1000, clean: true });
    const long = "🦕".repeat(100_000);
    expect(await ask(long)).toEqual({ reply: `you said ${long}`, code: 1000, clean: true });
  },
);
