import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The cores that processes are kept on, or null where they cannot be. */
export interface Cores {
  readonly server: number;
  readonly load: number;
  /** All of them, the server's first. */
  readonly all: readonly number[];
}

/** The first two cores that this process may use, where there are two, and `taskset` works. */
export function findCores(): Cores | null {
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    const all = parseCores(allowed);
    const [server, load] = all;
    if (server === undefined || load === undefined) return null;
    const { status } = spawnSync("taskset", ["-c", String(load), "true"], { stdio: "ignore" });
    return status === 0 ? { server, load, all } : null;
  } catch {
    return null;
  }
}

/** Reads a list such as `0-2,5`. */
export function parseCores(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The command that runs another one on some cores only; the command itself when there are none to choose from. */
export function pinned(cores: readonly number[] | null, command: readonly string[]): readonly string[] {
  return cores === null ? command : ["taskset", "-c", cores.join(","), ...command];
}
