import type { Contender } from "../contenders.ts";
import { type Durations, type Measurement, measureLoads } from "../measure.ts";
import type { EchoPlan } from "../plans.ts";
import type { Child } from "../process/child.ts";
import type { Cores } from "../process/cores.ts";
import { loadPlan, ServerProcess, serverPlan, startLoad } from "../processes.ts";
import { drawLines, type Series } from "../report/lines.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { echo, message } from "../scenarios.ts";
import { median } from "../statistics.ts";
import { figures, present, type Results, runInTurn } from "./runs.ts";

/** How often and how long is measured, and with how many connections at most. */
export interface ScalePace {
  readonly repetitions: number;
  readonly durations: Durations;
  readonly connections: number;
  /** Octets of the largest message. */
  readonly size: number;
  /** Processes of the cluster. */
  readonly processes: number;
}

/** One load process has at most so many connections: its own limit of open files is not what is measured. */
const CONNECTIONS_PER_LOAD = 5000;

interface Growth extends Measurement {
  /** CPU time of the server to open one connection, in microseconds. */
  readonly openingCpu: number;
  /** Resident memory of the server for one connection, in octets. */
  readonly memory: number;
}

/** What grows, and what it costs then. */
interface Dimension {
  readonly name: string;
  readonly axis: string;
  readonly values: readonly number[];
  load(value: number): EchoPlan;
}

const text = message(20, { text: true });

/** The values below the greatest one, and that one. */
function upTo(most: number, values: readonly number[]): number[] {
  return [...values.filter((one) => one < most), most];
}

function dimensions({ connections, size }: ScalePace): Dimension[] {
  return [
    {
      name: "connections",
      axis: "connections, each with one message of 20 B in flight",
      values: upTo(connections, [64, 250, 1000, 5000]),
      load: (value) => echo(text, { connections: value }),
    },
    {
      name: "size",
      axis: "octets of a message, 16 connections in ping-pong",
      values: upTo(size, [16, 256, 4096, 65_536, 1_048_576]),
      load: (value) => echo(message(value), { connections: 16 }),
    },
    {
      name: "fragments",
      axis: "fragments of a message of 64 KiB, 16 connections in ping-pong",
      values: [1, 4, 16, 64, 256, 1024, 4096],
      load: (value) => echo(message(65_536, { fragments: value }), { connections: 16 }),
    },
  ];
}

/** Tells how the cost of a message grows, and what more than one process brings. */
export async function scale(
  contenders: readonly Contender[],
  pace: ScalePace,
  cores: Cores | null,
): Promise<Report> {
  const grown = dimensions(pace);
  const points = grown.flatMap((dimension) => dimension.values.map((value) => ({ dimension, value })));
  const able = (name: string): readonly Contender[] =>
    // The floor counts octets: it cannot tell fragments from messages.
    name === "fragments" ? contenders.filter(({ echoes }) => echoes) : contenders;
  const onNode = contenders.filter(({ library }) => library === "plyws" || library === "ws");
  const growth = await runInTurn(
    points.map(({ dimension, value }) => ({
      name: `${value} ${dimension.name}`,
      contenders: able(dimension.name),
      run: (contender: Contender) => grow(contender, dimension.load(value), 1, pace, cores),
    })),
    pace.repetitions,
  );
  const processes = [1, pace.processes];
  const cluster = await runInTurn(
    processes.map((count) => ({
      name: `${count} processes`,
      contenders: onNode,
      run: (contender: Contender) => grow(contender, echo(text, { connections: 256 }), count, pace, cores),
    })),
    pace.repetitions,
  );
  const charts: Record<string, string> = {};
  const sections: string[] = [`Medians of ${pace.repetitions} runs of ${pace.durations.measured / 1000} s.`];
  for (const dimension of grown) {
    const own = points.flatMap((point, index) =>
      point.dimension === dimension ? [{ value: point.value, results: growth.results[index]! }] : [],
    );
    const taking = able(dimension.name);
    sections.push(`Microseconds of server CPU for each message, by ${dimension.axis}.`);
    sections.push(costTable(dimension.name, own, taking));
    charts[`scale-${dimension.name}.svg`] = drawLines(
      { title: `Cost by ${dimension.name}`, x: dimension.axis, y: "µs of server CPU for each message" },
      taking.map((contender) => series(contender, own)),
    );
    if (dimension.name !== "connections") continue;
    sections.push(
      "Opening them: microseconds of server CPU, then octets of resident memory, for each connection.",
    );
    sections.push(openingTable(own.at(-1)!, taking));
  }
  sections.push(`Processes that share a port through \`node:cluster\`, ${coresNote(pace.processes, cores)}`);
  sections.push(clusterTable(processes, cluster.results, onNode));
  return {
    name: "scale",
    title: "How cost grows",
    text: sections.join("\n\n"),
    data: {
      pace,
      growth: points.map(({ dimension, value }, index) => ({
        dimension: dimension.name,
        value,
        runs: Object.fromEntries(growth.results[index]!),
      })),
      cluster: processes.map((count, index) => ({
        processes: count,
        runs: Object.fromEntries(cluster.results[index]!),
      })),
    },
    charts,
    failures: [...growth.failures, ...cluster.failures],
  };
}

interface Point {
  readonly value: number;
  readonly results: Results<Growth>;
}

function middle(results: Results<Growth>, { name }: Contender, figure: (of: Growth) => number): number {
  return median(present(figures(results, name, figure)));
}

const cpu = (of: Growth): number => of.cpu;

function series(contender: Contender, points: readonly Point[]): Series {
  const all = points.map(({ value, results }) => [value, middle(results, contender, cpu)] as const);
  return { name: contender.name, points: all.filter(([, cost]) => Number.isFinite(cost)) };
}

function costTable(name: string, points: readonly Point[], contenders: readonly Contender[]): string {
  return formatTable(
    [name, ...contenders.map((contender) => contender.name)],
    points.map(({ value, results }) => [
      String(value),
      ...contenders.map((contender) => formatNumber(middle(results, contender, cpu))),
    ]),
  );
}

function openingTable({ value, results }: Point, contenders: readonly Contender[]): string {
  return formatTable(
    [`${value} connections`, "µs", "octets"],
    contenders.map((contender) => [
      contender.name,
      formatNumber(middle(results, contender, ({ openingCpu }) => openingCpu)),
      formatNumber(middle(results, contender, ({ memory }) => memory)),
    ]),
  );
}

function coresNote(processes: number, cores: Cores | null): string {
  if (cores === null) return "not kept on any cores.";
  if (cores.all.length >= 2 * processes) return "each on a core of its own.";
  return `each on a core of its own, which it shares with the load: there are only ${cores.all.length} cores. So the rate says little; where the cost of a message stays the same, a second core brings as much as the first.`;
}

function clusterTable(
  processes: readonly number[],
  results: readonly Results<Growth>[],
  contenders: readonly Contender[],
): string {
  const head = ["", ...processes.flatMap((count) => [`µs/message, ${count}`, `messages/s, ${count}`])];
  const rows = contenders.map((contender) => [
    contender.name,
    ...results.flatMap((of) => [
      formatNumber(middle(of, contender, cpu)),
      formatNumber(middle(of, contender, ({ perSecond }) => perSecond)),
    ]),
  ]);
  return formatTable(head, rows);
}

async function grow(
  contender: Contender,
  load: EchoPlan,
  processes: number,
  { durations }: ScalePace,
  cores: Cores | null,
): Promise<Growth> {
  const plan = serverPlan(contender, load);
  const server =
    processes === 1
      ? await ServerProcess.start(contender, plan, cores)
      : await ServerProcess.startCluster(contender, plan, processes, cores);
  const loads: Child[] = [];
  try {
    const before = await server.usage();
    const cpuBefore = await server.cpu();
    // With several servers every core has its load.
    const least = processes === 1 ? 1 : processes;
    const shares = split(
      load.connections,
      Math.max(least, Math.ceil(load.connections / CONNECTIONS_PER_LOAD)),
    );
    for (const [index, connections] of shares.entries()) {
      const place =
        cores && (processes === 1 ? cores : { ...cores, load: loadCore(cores, index, processes) });
      loads.push(await startLoad(server, { ...loadPlan(contender, load), connections }, place));
    }
    const openingCpu = ((await server.cpu()) - cpuBefore) / load.connections;
    const memory = ((await server.usage()).rss - before.rss) / load.connections;
    return { ...(await measureLoads(server, loads, durations)), openingCpu, memory };
  } finally {
    for (const one of loads) one.stop();
    await server.stop();
  }
}

/** The cores after those of the servers, or all of them when there are not so many. */
function loadCore({ all }: Cores, index: number, processes: number): number {
  return all.length >= 2 * processes ? all[processes + (index % processes)]! : all[index % all.length]!;
}

/** Shares of a number that differ by 1 at most. */
export function split(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((total + index) / parts));
}
