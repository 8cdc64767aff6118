import { readFileSync } from "node:fs";
import type { Arguments, Command } from "./arguments.ts";
import { type Contender, findContenders } from "./contenders.ts";
import type { Bench } from "./machine.ts";
import { guard } from "./modes/guard.ts";
import { latency } from "./modes/latency.ts";
import { memory } from "./modes/memory.ts";
import { parts } from "./modes/parts.ts";
import { scale } from "./modes/scale.ts";
import { type Pace, throughput } from "./modes/throughput.ts";
import { findPeers } from "./peers.ts";
import type { Report } from "./report/report.ts";
import { SCENARIOS } from "./scenarios.ts";

/** The libraries that each command compares when nothing else is asked for; null for all. */
const LIBRARIES: Readonly<Record<Command, readonly string[] | null>> = {
  all: null,
  throughput: null,
  memory: null,
  quick: ["plyws", "floor", "ws"],
  latency: ["plyws", "ws", "bun", "deno"],
  scale: ["plyws", "floor", "ws"],
  parts: [],
  guard: ["plyws", "ws"],
};

/** What can be compared without installing anything else. */
const AT_HAND = ["plyws", "floor", "ws"];

/** What a machine lets one process have open, less what it needs besides connections. */
function mostConnections(): number {
  try {
    const limit = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? Infinity : Number(limit) - 100;
  } catch {
    return Infinity;
  }
}

/** The servers that a command compares, installed where that is necessary. */
export function chooseContenders(
  command: Command,
  { servers }: Arguments,
  bench: Bench,
  say: (line: string) => void,
): Contender[] {
  const wanted = servers.length > 0 ? servers : LIBRARIES[command];
  const atHand = wanted?.every((name) => AT_HAND.includes(name.split("@")[0]!)) ?? false;
  // A quick look is at one Node only.
  const nodes = command === "quick" || command === "guard" ? bench.nodes.slice(0, 1) : bench.nodes;
  const all = findContenders(nodes, atHand ? null : findPeers(say));
  if (wanted === null) return all;
  return all.filter(({ name, library }) => wanted.includes(name) || wanted.includes(library));
}

/** Runs one command; "all" is not one, but several. */
export function runCommand(
  command: Exclude<Command, "all">,
  args: Arguments,
  bench: Bench,
  contenders: readonly Contender[],
  say: (line: string) => void,
): Promise<Report> {
  const { cores, nodes } = bench;
  const { runs, seconds } = args;
  const pace = (repetitions: number, measured: number, warmUp: number): Pace => ({
    repetitions: runs ?? repetitions,
    durations: { measured: (seconds ?? measured) * 1000, warmUp: Math.min(seconds ?? warmUp, warmUp) * 1000 },
  });
  const connections = (usual: number): number => {
    const wanted = args.connections ?? usual;
    const most = Math.min(wanted, mostConnections());
    if (most < wanted)
      say(`${most} connections instead of ${wanted}: a process may not open more files here`);
    return most;
  };
  const scenarios = SCENARIOS.filter(({ name }) => name.includes(args.only));
  switch (command) {
    case "quick":
      return throughput(
        scenarios.filter(({ quick }) => quick),
        contenders,
        pace(2, 1, 0.4),
        cores,
      );
    case "throughput":
      return throughput(scenarios, contenders, pace(3, 2, 0.7), cores);
    case "guard":
      return guard(contenders, pace(5, 0.7, 0.5), cores);
    case "memory": {
      const settle = Math.min(seconds ?? 3, 3) * 1000;
      return memory(contenders, { connections: connections(10_000), settle, repetitions: runs ?? 2 }, cores);
    }
    case "latency": {
      const receivers = connections(10_000);
      // With few connections the rest is small as well.
      const share = Math.min(receivers / 10_000, 1);
      const size = Math.ceil(16_777_216 * share);
      const frames = Math.ceil(30_000 * share);
      return latency(
        contenders,
        { repetitions: runs ?? 3, duration: (seconds ?? 4) * 1000, size, frames, receivers },
        cores,
      );
    }
    case "scale": {
      const most = connections(20_000);
      const size = Math.min(16_777_216, most * 1024);
      return scale(contenders, { ...pace(2, 1, 0.5), connections: most, size, processes: 2 }, cores);
    }
    default:
      return parts(nodes, (seconds ?? 0.5) * 1000, cores);
  }
}
