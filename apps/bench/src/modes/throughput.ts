import type { Contender } from "../contenders.ts";
import { type Durations, type Measurement, measure } from "../measure.ts";
import type { Cores } from "../process/cores.ts";
import { drawBars } from "../report/bars.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { isCompressed, type Scenario } from "../scenarios.ts";
import { median, medianRatio } from "../statistics.ts";
import { figures, present, type Results, runInTurn } from "./runs.ts";

/** How often and how long everything runs. */
export interface Pace {
  readonly repetitions: number;
  readonly durations: Durations;
}

/** Lets contenders go through scenarios, and tells what each of them spends. */
export async function throughput(
  scenarios: readonly Scenario[],
  contenders: readonly Contender[],
  pace: Pace,
  cores: Cores | null,
): Promise<Report> {
  const trials = scenarios.map((scenario) => ({
    name: scenario.name,
    contenders: contenders.filter(({ compresses }) => compresses || !isCompressed(scenario.load)),
    run: (contender: Contender) => measure(contender, scenario, pace.durations, cores),
  }));
  const { results, failures } = await runInTurn(trials, pace.repetitions);
  return {
    name: "throughput",
    title: "What messages, deliveries and connections cost a server",
    text: describeThroughput(scenarios, contenders, results, pace),
    data: {
      pace,
      scenarios: scenarios.map(({ name, unit }, index) => ({
        name,
        unit,
        runs: Object.fromEntries(results[index]!),
      })),
    },
    charts: drawCharts(scenarios, contenders, results),
    failures,
  };
}

const cpu = ({ cpu: each }: Measurement): number => each;

/** Times cheaper than the reference, in the same repetition. */
function ratio(results: Results<Measurement>, contender: Contender): number {
  return medianRatio(figures(results, contender.reference, cpu), figures(results, contender.name, cpu));
}

function cost(results: Results<Measurement>, { name }: Contender): string {
  return formatNumber(median(present(figures(results, name, cpu))));
}

function rate(results: Results<Measurement>, { name }: Contender): string {
  const middle = (figure: (one: Measurement) => number): number =>
    median(present(figures(results, name, figure)));
  const busier = middle((one) => one.loadCpu / one.cpu) > 1;
  return `${formatNumber(middle((one) => one.perSecond))}${busier ? "*" : ""}`;
}

function describeThroughput(
  scenarios: readonly Scenario[],
  contenders: readonly Contender[],
  results: readonly Results<Measurement>[],
  { repetitions, durations }: Pace,
): string {
  const table = (cell: (of: Results<Measurement>, contender: Contender) => string): string =>
    formatTable(
      ["scenario", ...contenders.map(({ name }) => name)],
      scenarios.map(({ name }, index) => [
        name,
        ...contenders.map((contender) => cell(results[index]!, contender)),
      ]),
    );
  return [
    `Medians of ${repetitions} repetitions of ${durations.measured / 1000} s, all servers in turn.`,
    "CPU time of the server for one message, delivery or connection: user and system, all threads, microseconds. Lower is better.",
    table(cost),
    "How many times cheaper than ws, in the same repetition and on the same Node (Bun and Deno: on the newest). Higher is better.",
    table((of, contender) => formatNumber(ratio(of, contender))),
    "Messages, deliveries or connections per second. An asterisk: the load was busier than the server, which could do more.",
    table(rate),
  ].join("\n\n");
}

/** A chart for each group of scenarios, of the contenders on the newest Node and on other runtimes. */
function drawCharts(
  scenarios: readonly Scenario[],
  contenders: readonly Contender[],
  results: readonly Results<Measurement>[],
): Record<string, string> {
  const charts: Record<string, string> = {};
  const newest = contenders[0]?.runtime.name;
  const shown = contenders.filter(({ runtime }) => runtime.name === newest || !/^\d/.test(runtime.name));
  for (const group of new Set(scenarios.map((scenario) => scenario.group))) {
    const panels = scenarios.flatMap((scenario, index) => {
      if (scenario.group !== group) return [];
      const bars = shown.map(({ name }) => ({
        name,
        value: median(present(figures(results[index]!, name, cpu))),
      }));
      return [{ name: scenario.name, bars }];
    });
    const subtitle = "Microseconds of server CPU for each; shorter is better. Every panel has its own scale.";
    charts[`throughput-${group}.svg`] = drawBars(`CPU of the server: ${group}`, subtitle, panels);
  }
  return charts;
}
