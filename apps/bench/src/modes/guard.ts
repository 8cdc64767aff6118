import type { Contender } from "../contenders.ts";
import { type Measurement, measure } from "../measure.ts";
import type { Cores } from "../process/cores.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { SCENARIOS } from "../scenarios.ts";
import { medianRatio } from "../statistics.ts";
import { figures, runInTurn } from "./runs.ts";
import type { Pace } from "./throughput.ts";

/**
 * How many times cheaper than ws a message has to be, at least. About half of what is measured on a quiet machine:
 * noise does not get there, and what does is worth finding before it is released.
 */
const MARGINS: Readonly<Record<string, number>> = {
  "ping-pong, 20 B text": 0.6,
  "ping-pong, 16 KiB": 1.5,
  "pipelined, 20 B text": 4,
  "pipelined, 1 KiB": 2.3,
  "compressed, 1 KiB of JSON": 1.5,
};

const cpu = (one: Measurement): number => one.cpu;

/** Fails when a message costs more, as a ratio to ws in the same run, than it may. */
export async function guard(
  contenders: readonly Contender[],
  pace: Pace,
  cores: Cores | null,
  margins = MARGINS,
): Promise<Report> {
  const [own, other] = ["plyws", "ws"].map((library) => contenders.find((one) => one.library === library));
  if (own === undefined || other === undefined) throw new Error("The guard compares plyws with ws");
  const scenarios = SCENARIOS.filter(({ name }) => name in margins);
  const trials = scenarios.map((scenario) => ({
    name: scenario.name,
    contenders: [own, other],
    run: (contender: Contender) => measure(contender, scenario, pace.durations, cores),
  }));
  const { results, failures } = await runInTurn(trials, pace.repetitions);
  const found = scenarios.map(({ name }, index) => {
    const of = results[index]!;
    return {
      name,
      ratio: medianRatio(figures(of, other.name, cpu), figures(of, own.name, cpu)),
      least: margins[name]!,
    };
  });
  const below = found.filter(({ ratio, least }) => !(ratio >= least));
  return {
    name: "guard",
    title: "Times cheaper than ws, and at least",
    text: formatTable(
      ["scenario", "times cheaper", "at least"],
      found.map(({ name, ratio, least }) => [name, formatNumber(ratio), formatNumber(least)]),
    ),
    data: { pace, found },
    charts: {},
    failures: [
      ...failures,
      ...below.map(
        ({ name, ratio, least }) => `${name}: ${formatNumber(ratio)} times cheaper than ws, not ${least}`,
      ),
    ],
  };
}
