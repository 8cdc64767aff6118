import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Runtime, versionOf } from "./runtimes.ts";

const wanted = fileURLToPath(new URL("../peers/", import.meta.url));
/** What is installed once: 200 MB that `npm install` has nothing to do with. */
const cache = fileURLToPath(new URL("../.peers/", import.meta.url));

/** Other servers that a benchmark can be compared with. */
export interface Peers {
  /** Where the libraries for Node are. */
  readonly folder: string;
  readonly bun: Runtime | null;
  readonly deno: Runtime | null;
}

/**
 * Installs other servers, unless they are there already.
 *
 * @param say is told what happens, and why something is missing
 */
export function findPeers(say: (line: string) => void): Peers | null {
  if (!hasPeers() && !install(say)) return null;
  const bun = binary("@oven", /^bun-[a-z]+-[a-z0-9]+$/, "bin/bun");
  const deno = binary("@deno", /./, "deno");
  if (bun === null) say("Skipped Bun: npm has none for this machine");
  if (deno === null) say("Skipped Deno: npm has none for this machine");
  return {
    folder: cache,
    bun: bun === null ? null : { name: "bun", version: `Bun ${versionOf(bun)}`, command: [bun] },
    // Nothing of this repository is its business.
    deno:
      deno === null
        ? null
        : {
            name: "deno",
            version: versionOf(deno).replace(/^deno (\S+).*/, "Deno $1"),
            command: [deno, "run", "--allow-all", "--no-config", "--no-lock", "--no-check"],
          },
  };
}

/** The names and versions of the libraries that are compared with. */
export function peerVersions(): (readonly [name: string, version: string])[] {
  const { dependencies } = JSON.parse(readFileSync(join(wanted, "package.json"), "utf8"));
  return Object.entries(dependencies).map(([name, version]) => [name, String(version)]);
}

/** A copy of what was asked for, made when npm had installed it. */
const installed = join(cache, "installed.json");

/** Whether they are here already. */
export function hasPeers(): boolean {
  if (!existsSync(installed)) return false;
  return readFileSync(installed, "utf8") === readFileSync(join(wanted, "package.json"), "utf8");
}

function install(say: (line: string) => void): boolean {
  say(
    `Installing ${peerVersions()
      .map((peer) => peer.join(" "))
      .join(", ")} (once) …`,
  );
  mkdirSync(cache, { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(wanted, file), join(cache, file));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"];
  const { status, stderr } = spawnSync("npm", ["install", ...options], { cwd: cache, encoding: "utf8" });
  if (status === 0) {
    copyFileSync(join(wanted, "package.json"), installed);
    return true;
  }
  say(`Skipped the other libraries and runtimes: npm cannot install them\n${(stderr ?? "").slice(-1000)}`);
  return false;
}

function binary(scope: string, name: RegExp, path: string): string | null {
  const folder = join(cache, "node_modules", scope);
  if (!existsSync(folder)) return null;
  for (const entry of readdirSync(folder)) {
    const file = join(folder, entry, path);
    if (name.test(entry) && existsSync(file)) return file;
  }
  return null;
}
