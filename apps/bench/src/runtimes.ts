import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a server runs on. */
export interface Runtime {
  /** Short: "26" for Node 26, else the name. */
  readonly name: string;
  readonly version: string;
  /** The command that runs the file which is its last argument. */
  readonly command: readonly string[];
}

/** The Node that runs this, which is the pinned one. */
export const newestNode: Runtime = {
  name: process.versions.node.split(".")[0]!,
  version: `Node ${process.versions.node}`,
  command: [process.execPath],
};

/** The oldest Node that the packages support, where it is installed. */
export function oldestNode(): Runtime | null {
  const path = fileURLToPath(
    new URL(`../../../test/runtimes/node_modules/node-oldest-${process.arch}/bin/node`, import.meta.url),
  );
  if (!existsSync(path)) return null;
  const version = versionOf(path);
  return { name: version.slice(1).split(".")[0]!, version: `Node ${version.slice(1)}`, command: [path] };
}

/** What a program prints when it is asked for its version. */
export function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return stdout.split("\n")[0]!.trim();
}
