import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Tool, tool } from "./node/tool.ts";

/** The packages with other runtimes live apart: each version of Node claims `node_modules/.bin/node`. */
const FOLDER = fileURLToPath(new URL("../../../test/runtimes/node_modules", import.meta.url));

/**
 * A program out of a package that exists for this machine only.
 *
 * @param packages its name for each architecture
 */
export function installed(name: string, packages: Partial<Record<string, string>>, file: string): Tool {
  return tool(name, () => {
    const path = join(FOLDER, packages[process.arch] ?? "none", file);
    return existsSync(path) ? path : null;
  });
}

export const deno: Tool = installed(
  "Deno",
  { x64: "@deno/linux-x64-glibc", arm64: "@deno/linux-arm64-glibc" },
  "deno",
);
export const bun: Tool = installed(
  "Bun",
  { x64: "@oven/bun-linux-x64", arm64: "@oven/bun-linux-aarch64" },
  "bin/bun",
);
export const workerd: Tool = installed(
  "workerd",
  { x64: "@cloudflare/workerd-linux-64", arm64: "@cloudflare/workerd-linux-arm64" },
  "bin/workerd",
);
