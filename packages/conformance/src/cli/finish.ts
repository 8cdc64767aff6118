import { readFileSync, writeFileSync } from "node:fs";
import { findRegressions, parseBaseline, toBaseline } from "../report/baseline.ts";
import type { Report } from "../report/report.ts";
import { printable, toSummary } from "../report/summary.ts";
import { writeReports } from "../report/write.ts";
import { isFailure } from "../run/result.ts";
import type { Settings } from "./options.ts";
import { paintFor } from "./terminal.ts";

/** Prints and writes what a run came to, and tells whether all is as it should be. */
export function finish(reports: readonly Report[], settings: Settings): boolean {
  const paint = paintFor(process.stdout);
  for (const report of reports) process.stdout.write(`${toSummary(report, paint)}\n`);
  if (settings.report !== null) process.stdout.write(`Report: ${writeReports(settings.report, reports)}\n`);
  if (settings.writeBaseline !== null) {
    writeFileSync(settings.writeBaseline, `${JSON.stringify(toBaseline(reports), null, 2)}\n`);
  }
  if (settings.baseline === null) return reports.every((report) => passes(report, settings.strict));
  const baseline = parseBaseline(readFileSync(settings.baseline, "utf8"));
  const regressions = findRegressions(reports, baseline);
  for (const { agent, id, before, now } of regressions) {
    process.stdout.write(
      `${paint("red", "worse")} ${printable(agent)} ${id}: ${before} before, ${now} now\n`,
    );
  }
  if (regressions.length === 0) process.stdout.write("Nothing is worse than in the baseline.\n");
  return regressions.length === 0;
}

function passes({ results }: Report, strict: boolean): boolean {
  return results.every(
    (result) => !isFailure(result) && !(strict && ["NON-STRICT", "UNIMPLEMENTED"].includes(result.behavior)),
  );
}
