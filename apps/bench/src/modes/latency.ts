import type { Contender } from "../contenders.ts";
import type { LatencyPlan, LoadPlan, LoadResult } from "../plans.ts";
import type { Child } from "../process/child.ts";
import type { Cores } from "../process/cores.ts";
import { ServerProcess, serverPlan, startLoad } from "../processes.ts";
import { drawBars } from "../report/bars.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { broadcast, echo, message } from "../scenarios.ts";
import { median, quantile } from "../statistics.ts";
import { figures, present, type Results, runInTurn } from "./runs.ts";

/** How often and how long (milliseconds) is measured, and how large what disturbs is. */
export interface LatencyPace {
  readonly repetitions: number;
  readonly duration: number;
  /** Octets of the large message. */
  readonly size: number;
  /** Frames of the burst. */
  readonly frames: number;
  /** Receivers of the broadcast. */
  readonly receivers: number;
}

/** How long echoes took, in microseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** Once every so many milliseconds the innocent connection sends a message. */
const EVERY = 2;
const INNOCENT: LatencyPlan = { kind: "latency", message: message(20, { text: true }), every: EVERY };

/** What another connection does all the time, by its name; null for nothing. */
function disturbances({ size, frames, receivers }: LatencyPace): [name: string, load: LoadPlan | null][] {
  const alone = { connections: 1, bursts: true };
  const tiny = message(20, { text: true });
  return [
    ["nothing else", null],
    [`messages of ${formatNumber(size / 1_048_576)} MiB, one after another`, echo(message(size), alone)],
    [`bursts of ${frames} frames of 20 B`, echo(tiny, { ...alone, inFlight: frames })],
    [`broadcasts to ${receivers}`, { ...broadcast(receivers, 1), inFlight: 1 }],
  ];
}

/** Tells how long an innocent connection waits for its echoes while others keep the server busy. */
export async function latency(
  contenders: readonly Contender[],
  pace: LatencyPace,
  cores: Cores | null,
): Promise<Report> {
  const kinds = disturbances(pace);
  const able = contenders.filter(({ echoes }) => echoes);
  const trials = kinds.map(([name, disturbance]) => ({
    name,
    contenders: able,
    run: (contender: Contender) => innocent(contender, disturbance, pace.duration, cores),
  }));
  const { results, failures } = await runInTurn(trials, pace.repetitions);
  const rows = kinds.flatMap(([name], index) =>
    able.map((contender) => [`${name}: ${contender.name}`, ...cells(results[index]!, contender)]),
  );
  const panels = kinds.map(([name], index) => ({
    name,
    bars: able.map((contender) => ({
      name: contender.name,
      value: middle(results[index]!, contender, p99) / 1000,
    })),
  }));
  return {
    name: "latency",
    title: "Latency beside a busy neighbour",
    text: [
      `One connection sends 20 octets every ${EVERY} ms, whether the last ones have come back or not, while another does something all the time. How long its echoes took, in milliseconds; medians of ${pace.repetitions} runs of ${pace.duration / 1000} s.`,
      formatTable(["beside", "p50", "p99", "longest", "echoes"], rows),
    ].join("\n\n"),
    data: {
      pace,
      every: EVERY,
      disturbances: kinds.map(([name], index) => ({ name, runs: Object.fromEntries(results[index]!) })),
    },
    charts: {
      "latency.svg": drawBars(
        "Latency beside a busy neighbour",
        "99th percentile, in milliseconds; shorter is better",
        panels,
      ),
    },
    failures,
  };
}

const p50 = (of: Latencies): number => of.p50;
const p99 = (of: Latencies): number => of.p99;
const most = (of: Latencies): number => of.most;
const count = (of: Latencies): number => of.count;

function middle(results: Results<Latencies>, { name }: Contender, figure: (of: Latencies) => number): number {
  return median(present(figures(results, name, figure)));
}

function cells(results: Results<Latencies>, contender: Contender): string[] {
  const times = [p50, p99, most].map((figure) => formatNumber(middle(results, contender, figure) / 1000));
  return [...times, formatNumber(middle(results, contender, count))];
}

async function innocent(
  contender: Contender,
  disturbance: LoadPlan | null,
  duration: number,
  cores: Cores | null,
): Promise<Latencies> {
  const server = await ServerProcess.start(contender, serverPlan(contender, disturbance ?? INNOCENT), cores);
  const loads: Child[] = [];
  try {
    const measured = await startLoad(server, INNOCENT, cores);
    loads.push(measured);
    // Warm, like a server that has been running for a while.
    await measured.ask({ run: duration / 4 }, duration / 4);
    const running: Promise<unknown>[] = [];
    if (disturbance !== null) {
      // On the same core as the innocent one, which comes first: what it waits for shall be the server.
      const disturber = await startLoad(server, disturbance, cores, 19);
      loads.push(disturber);
      running.push(disturber.ask({ run: duration }, duration));
    }
    const [{ latencies = [] }] = await Promise.all([
      measured.ask<LoadResult>({ run: duration }, duration),
      ...running,
    ]);
    return {
      count: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      most: quantile(latencies, 1),
    };
  } finally {
    for (const load of loads) load.stop();
    await server.stop();
  }
}
