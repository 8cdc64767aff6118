import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

export { bun, deno, workerd } from "@plyws/testkit/runtimes";

/** Other runtimes do the same whatever Node starts them: once is enough, with the Node that the work is done on. */
export const onOlderNode = !process.features.typescript;
if (onOlderNode)
  console.warn("skipped: the examples on other runtimes and in a browser, except on the pinned Node");

/** A folder for the time of the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "plyws-web-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Makes one file of an example and all that it imports. */
export async function bundle(example: string, outfile: string, platform: "neutral" | "browser" = "neutral") {
  await build({
    entryPoints: [fileURLToPath(new URL(`../../examples/${example}`, import.meta.url))],
    outfile,
    bundle: true,
    format: platform === "browser" ? "iife" : "esm",
    platform,
    target: "es2022",
    conditions: ["@plyws/source"],
    external: ["cloudflare:*"],
    logLevel: "silent",
    ...(platform === "browser" ? { globalName: "example" } : {}),
  });
}

/** Starts a program that ends with the test. */
export function start(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(program, args, {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  return child;
}

/** The first line that a program prints. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output");
  const lines = createInterface({ input: child.stdout });
  const [line]: unknown[] = await Promise.race([
    once(lines, "line", { signal: AbortSignal.timeout(30_000) }),
    once(child, "exit").then(([code]) => {
      throw new Error(`The program ended with ${String(code)}`);
    }),
  ]);
  return String(line);
}
