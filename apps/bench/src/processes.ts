import { fileURLToPath } from "node:url";
import type { Contender } from "./contenders.ts";
import type {
  BroadcastPlan,
  EchoPlan,
  HandshakePlan,
  LoadPlan,
  ServerPlan,
  ServerReady,
  Usage,
} from "./plans.ts";
import { Child } from "./process/child.ts";
import { type Cores, pinned } from "./process/cores.ts";
import { cpuOf } from "./process/cpu.ts";
import { isCompressed } from "./scenarios.ts";
import { encodeMessage, makePayload } from "./wire/frames.ts";

/** A server in a process of its own, or in several. */
export class ServerProcess {
  readonly port: number;
  readonly #child: Child;
  readonly #pids: readonly number[];

  private constructor(child: Child, { port, pids }: ServerReady) {
    this.#child = child;
    this.port = port;
    this.#pids = pids;
  }

  static async start(contender: Contender, plan: ServerPlan, cores: Cores | null): Promise<ServerProcess> {
    const command = [...contender.runtime.command, contender.path, JSON.stringify(plan)];
    const onCore = pinned(cores && [cores.server], command);
    return new ServerProcess(...(await Child.start<ServerReady>(contender.name, onCore)));
  }

  /** Starts a server in several processes on one port, each on a core of its own where there are enough. */
  static async startCluster(
    contender: Contender,
    plan: ServerPlan,
    processes: number,
    cores: Cores | null,
  ): Promise<ServerProcess> {
    const cluster = fileURLToPath(new URL("servers/cluster.js", import.meta.url));
    const file = contender.path.split("/").at(-1) ?? "";
    const onCores = cores?.all.join(",") ?? "";
    const args = [cluster, JSON.stringify(plan), `./${file}`, String(processes), onCores];
    const command = [...contender.runtime.command, ...args];
    return new ServerProcess(...(await Child.start<ServerReady>(contender.name, command)));
  }

  /** CPU time of all threads of all its processes, in microseconds. */
  async cpu(): Promise<number> {
    return cpuOf(this.#pids) ?? (await this.usage()).cpu;
  }

  usage(): Promise<Usage> {
    return this.#child.ask<Usage>({});
  }

  /** Ends it; resolves when its port is free. */
  async stop(): Promise<void> {
    this.#child.stop();
    await this.#child.ended();
  }
}

/**
 * Starts a load and waits until its connections are open.
 *
 * @param niceness 19 for one that gets what others leave
 */
export async function startLoad(
  server: ServerProcess,
  plan: LoadPlan,
  cores: Cores | null,
  niceness = 0,
): Promise<Child> {
  const path = fileURLToPath(new URL("load/main.ts", import.meta.url));
  const command = [process.execPath, path, String(server.port), JSON.stringify(plan), String(niceness)];
  const [child] = await Child.start("The load", pinned(cores && [cores.load], command));
  return child;
}

/** The load that a server gets: the floor cannot be held to the content. */
export function loadPlan<Plan extends EchoPlan | BroadcastPlan | HandshakePlan>(
  contender: Contender,
  load: Plan,
): Plan {
  if (load.kind === "handshakes" || contender.echoes) return load;
  return { ...load, message: { ...load.message, echoed: false } };
}

/** What a server has to be told for a load. */
export function serverPlan(contender: Contender, load: LoadPlan): ServerPlan {
  const what = load.kind === "handshakes" || load.kind === "idle" ? null : load.message;
  return {
    broadcast: load.kind === "broadcast" ? load.times : 0,
    perMessageDeflate: isCompressed(load),
    floor: {
      requestSize: what === null ? 1 : encodeMessage(what, makePayload(what, 0)).length,
      size: what?.size ?? 0,
      text: what?.text ?? true,
      closing: load.kind === "handshakes" && load.closing,
    },
    peers: contender.peers,
  };
}
