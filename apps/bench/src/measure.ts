import type { Contender } from "./contenders.ts";
import type { LoadResult } from "./plans.ts";
import type { Child } from "./process/child.ts";
import type { Cores } from "./process/cores.ts";
import { loadPlan, ServerProcess, serverPlan, startLoad } from "./processes.ts";
import type { Scenario } from "./scenarios.ts";

/** How long runs take, in milliseconds. */
export interface Durations {
  readonly warmUp: number;
  readonly measured: number;
}

/** What one run has shown; `each` is a message, a delivery or a connection. */
export interface Measurement {
  /** CPU time of the server for each, user and system, all threads, in microseconds. */
  readonly cpu: number;
  /** CPU time of the load for each. Where it is more than that of the server, the rate says little of the server. */
  readonly loadCpu: number;
  readonly perSecond: number;
  /** Resident memory of the server at the end, in octets. */
  readonly rss: number;
}

/** Runs one scenario against a server in a process of its own. */
export async function measure(
  contender: Contender,
  scenario: Scenario,
  durations: Durations,
  cores: Cores | null,
): Promise<Measurement> {
  const server = await ServerProcess.start(contender, serverPlan(contender, scenario.load), cores);
  const loads: Child[] = [];
  try {
    loads.push(await startLoad(server, loadPlan(contender, scenario.load), cores));
    return await measureLoads(server, loads, durations);
  } catch (error) {
    throw new Error(`${contender.name}, "${scenario.name}": ${String(error)}`, { cause: error });
  } finally {
    for (const load of loads) load.stop();
    await server.stop();
  }
}

/** Lets loads run against a server, all at the same time. */
export async function measureLoads(
  server: ServerProcess,
  loads: readonly Child[],
  { warmUp, measured }: Durations,
): Promise<Measurement> {
  const run = (duration: number): Promise<LoadResult[]> =>
    Promise.all(loads.map((load) => load.ask<LoadResult>({ run: duration }, duration)));
  await run(warmUp);
  const before = await server.cpu();
  const results = await run(measured);
  const used = (await server.cpu()) - before;
  const count = sum(results.map((result) => result.count));
  return {
    cpu: used / count,
    loadCpu: sum(results.map(({ cpu }) => cpu)) / count,
    perSecond: sum(results.map((result) => result.count / result.seconds)),
    rss: (await server.usage()).rss,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
