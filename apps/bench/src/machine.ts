import { spawnSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import type { Contender } from "./contenders.ts";
import { peerVersions } from "./peers.ts";
import { type Cores, findCores } from "./process/cores.ts";
import { newestNode, oldestNode, type Runtime } from "./runtimes.ts";

/** Where and with what was measured. */
export interface About {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly commit: string;
  readonly versions: readonly string[];
  /** Whether server and load were kept on cores of their own. */
  readonly pinned: boolean;
  /** The same, for people. */
  readonly lines: readonly string[];
}

/** The machine and its versions of Node: what every mode needs. */
export interface Bench {
  readonly cores: Cores | null;
  /** The newest first. */
  readonly nodes: readonly Runtime[];
}

export function findBench(): Bench {
  const oldest = oldestNode();
  return { cores: findCores(), nodes: oldest === null ? [newestNode] : [newestNode, oldest] };
}

/** @param contenders the servers that are compared */
export function describe({ cores, nodes }: Bench, contenders: readonly Contender[]): About {
  const date = new Date().toISOString().slice(0, 10);
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  const system = `${type()} ${release().replace(/-.*/, "")}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const runtimes = contenders.length === 0 ? nodes : contenders.map(({ runtime }) => runtime);
  const libraries = contenders.flatMap(({ library }) => library.split("+"));
  const used = peerVersions().filter(([name]) => libraries.includes(name) && !["bun", "deno"].includes(name));
  const versions = [
    ...new Set(runtimes.map(({ version }) => version)),
    ...used.map((peer) => peer.join(" ")),
  ];
  const placed =
    cores === null
      ? "server and load share all cores: this system has no `taskset`, or only one core"
      : `server on core ${cores.server}, load on core ${cores.load}`;
  return {
    date,
    cpu,
    cores: cpus().length,
    system,
    commit: currentCommit(),
    versions,
    pinned: cores !== null,
    lines: [
      `${date}, ${cpu}, ${cpus().length} cores, ${system}, loopback; ${placed}.`,
      `${versions.join(", ")}; plyws at commit ${currentCommit()}.`,
    ],
  };
}

function currentCommit(): string {
  const { stdout } = spawnSync("git", ["describe", "--always", "--dirty"], {
    cwd: new URL(".", import.meta.url),
    encoding: "utf8",
  });
  return (stdout ?? "").trim() || "unknown";
}
