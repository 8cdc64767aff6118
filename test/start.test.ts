import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "@plyws/testkit/node";
import { expect, onTestFinished, test } from "vitest";
import { root } from "./root.ts";

const script = join(root, "scripts/start.mjs");

/** Both servers come at their default ports, which somebody may be using on this machine. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

test("npm start prints both addresses, which answer, and ends both servers on SIGTERM", async ({ skip }) => {
  for (const port of [9001, 9002]) if (!(await isFree(port))) skip(`port ${port} is in use on this machine`);
  for (const app of ["chat", "echo"]) {
    if (!existsSync(join(root, `apps/${app}-server/dist/main.js`))) throw new Error("Run: npm run build");
  }
  const data = mkdtempSync(join(tmpdir(), "plyws-start-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true, maxRetries: 3 }));
  const program = new Program(process.execPath, [script], { PLYWS_CHAT_DATA: data });
  // It ends the servers that it has started.
  onTestFinished(async () => {
    program.signal("SIGTERM");
    await program.ended;
  });
  // The other one may be first.
  const pages = await Promise.all([
    program.printed(/plyws chat server\n +page +(\S+)\n/),
    program.printed(/plyws echo server\n +page +(\S+)\n/),
  ]);
  for (const [, url] of pages) {
    const response = await fetch(url ?? "");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<!doctype html>");
  }
  program.signal("SIGTERM");
  expect((await program.ended).code).toBe(0);
  for (const [, url] of pages) await expect(fetch(url ?? "")).rejects.toThrow("fetch failed");
}, 30_000);

test("npm start says which options there are elsewhere", async () => {
  const program = new Program(process.execPath, [script, "--port", "1"]);
  const { code, stdout } = await program.ended;
  expect(stdout).toContain("npm run chat -- --help");
  expect(code).toBe(2);
});
