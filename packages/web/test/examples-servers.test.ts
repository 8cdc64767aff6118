import { once } from "node:events";
import { request } from "node:http";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { run } from "@plyws/conformance";
import { connect } from "@plyws/node";
import type { Tool } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { imperfect } from "./support/judging.ts";
import { bun, bundle, deno, firstLine, folder, onOlderNode, start } from "./support/runtimes.ts";

interface Example {
  readonly name: string;
  readonly file: string;
  readonly runtime: Tool;
  readonly args: readonly string[];
  /** What a request for a page gets. */
  readonly page: number;
}

const EXAMPLES: readonly Example[] = [
  {
    name: "Deno",
    file: "deno-server.ts",
    runtime: deno,
    args: ["run", "--allow-net", "--no-check", "--no-config"],
    page: 200,
  },
  { name: "Bun", file: "bun-server.ts", runtime: bun, args: ["run"], page: 426 },
];

/** Large amounts take their time. The examples do not compress: cases about that find nothing to judge. */
const EXCLUDED = "9,12,13,pmd";

async function serve({ file, runtime, args }: Example): Promise<string> {
  const cwd = folder();
  await bundle(file, join(cwd, "server.mjs"));
  return firstLine(start(runtime.path, [...args, "server.mjs", "0"], cwd));
}

describe.skipIf(onOlderNode).each(EXAMPLES)("the server on the raw TCP of $name", (example) => {
  const { runtime, page } = example;

  test.skipIf(runtime.skip)("talks to ws and to our own client", { timeout: 60_000 }, async () => {
    const url = await serve(example);

    const theirs = new WebSocket(url, { perMessageDeflate: false });
    await once(theirs, "open");
    for (const message of ["hello", "🦕".repeat(50_000)]) {
      theirs.send(message);
      const [data]: unknown[] = await once(theirs, "message");
      expect(String(data)).toBe(message);
    }
    theirs.close(3000, "bye");
    expect((await once(theirs, "close")).map(String)).toEqual(["3000", ""]);

    const ours = await connect(url);
    const octets = new Uint8Array(3_000_000).fill(7);
    await ours.sendAsync(octets);
    expect(await ours.receive()).toEqual(octets);
    ours.close(1000);
    expect(await ours.closed).toMatchObject({ code: 1000, clean: true });
  });

  test.skipIf(runtime.skip)("outlives whatever else connects", { timeout: 60_000 }, async () => {
    const url = await serve(example);
    const { port } = new URL(url);
    const asked = request({ host: "127.0.0.1", port, path: "/page" }).end();
    const [response] = await once(asked, "response");
    response.resume();
    expect(response.statusCode).toBe(page);

    const garbage = connectTcp(Number(port), "127.0.0.1");
    garbage.on("error", () => {});
    garbage.write("no HTTP at all\r\n\r\n");
    const [answer]: unknown[] = await once(garbage, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);

    for (const head of ["", "GET / HTTP/1.1\r\nHo"]) {
      const vanishing = connectTcp(Number(port), "127.0.0.1");
      await once(vanishing, "connect");
      if (head !== "") vanishing.write(head);
      vanishing.resetAndDestroy();
    }
    const open = new WebSocket(url);
    await once(open, "open");
    open.send("x".repeat(1_000_000));
    open.terminate();

    const socket = await connect(url);
    socket.send("still here");
    expect(await socket.receive()).toBe("still here");
    socket.close();
  });

  test.skipIf(runtime.skip)("passes the cases of the conformance kit", { timeout: 300_000 }, async () => {
    const report = await run({ url: await serve(example), exclude: EXCLUDED, timeout: 10_000 });
    expect(imperfect(report)).toEqual([]);
    expect(report.results.length).toBeGreaterThan(400);
  });
});
