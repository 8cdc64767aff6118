import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const index = new URL("../src/index.ts", import.meta.url).href;

/** Whether a process that imports a module has loaded the HTTP client of Node, which is large. */
async function loadsHttpClient(specifier: string): Promise<boolean> {
  const code = `
    await import(${JSON.stringify(specifier)});
    console.log(process.moduleLoadList.some((name) => name.includes("undici")));`;
  const { stdout } = await run(
    process.execPath,
    ["--conditions=@plyws/source", "--input-type=module", "--eval", code],
    { timeout: 30_000 },
  );
  return JSON.parse(stdout);
}

// Node 20 loads it by no import.
const skip = process.versions.node.startsWith("20.");
if (skip) console.warn("skipped: Node 20 never loads the HTTP client at an import of node:http");

test.skipIf(skip)(
  "a process that imports the package does not load the HTTP client of Node, unlike by an import of node:http",
  async () => {
    // The first says that the list of modules can be trusted to show it.
    expect(await loadsHttpClient("node:http")).toBe(true);
    expect(await loadsHttpClient(index)).toBe(false);
  },
  60_000,
);
