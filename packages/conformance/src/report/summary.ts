import { familyOf, familyTitle } from "../cases/families.ts";
import { type CaseResult, isFailure } from "../run/result.ts";
import { countVerdicts, type Report } from "./report.ts";

/** Paints text on a terminal, or leaves it as it is. */
export type Paint = (style: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string) => string;

const WIDTH = 24;

/** Text of a peer without what a terminal would obey. */
export function printable(text: string): string {
  return Array.from(text, (character) => (isControl(character.charCodeAt(0)) ? "\ufffd" : character)).join(
    "",
  );
}

const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code < 0xa0);

/** Results by the group of their cases, in their order. */
export function byFamily(results: readonly CaseResult[]): Map<string, CaseResult[]> {
  const families = new Map<string, CaseResult[]>();
  for (const result of results) {
    const family = familyOf(result.id);
    families.set(family, [...(families.get(family) ?? []), result]);
  }
  return families;
}

/** What a person reads at the end of a run: a line for each group, then what is not as it should be. */
export function toSummary(report: Report, paint: Paint): string {
  const lines = [
    paint("bold", `${printable(report.agent)} as a ${report.role}, ${(report.duration / 1000).toFixed(1)} s`),
    "",
  ];
  for (const [family, results] of byFamily(report.results)) {
    lines.push(
      `  ${family.padEnd(11)} ${bar(results, paint)} ${familyTitle(family)}: ${describeCounts(results, paint)}`,
    );
  }
  lines.push("", `  ${"total".padEnd(11)} ${describeCounts(report.results, paint)}`);
  const notable = report.results.filter((result) => isFailure(result) || result.behavior === "NON-STRICT");
  if (notable.length > 0) lines.push("", ...notable.flatMap((result) => describeResult(result, paint)));
  return `${lines.join("\n")}\n`;
}

function bar(results: readonly CaseResult[], paint: Paint): string {
  const { total, ok, nonStrict, informational, unimplemented, failed } = countVerdicts(results);
  const width = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.round((count / total) * WIDTH));
  const widths = [width(nonStrict), width(unimplemented), width(failed)] as const;
  const good = Math.max(ok + informational > 0 ? 1 : 0, WIDTH - widths[0] - widths[1] - widths[2]);
  return (
    paint("green", "█".repeat(good)) +
    paint("yellow", "▒".repeat(widths[0])) +
    paint("dim", "·".repeat(widths[1])) +
    paint("red", "×".repeat(widths[2]))
  );
}

function describeCounts(results: readonly CaseResult[], paint: Paint): string {
  const { ok, nonStrict, informational, unimplemented, failed } = countVerdicts(results);
  const parts = [
    ok > 0 && paint("green", `${ok} OK`),
    informational > 0 && paint("cyan", `${informational} informational`),
    nonStrict > 0 && paint("yellow", `${nonStrict} non-strict`),
    unimplemented > 0 && paint("dim", `${unimplemented} unimplemented`),
    failed > 0 && paint("red", `${failed} FAILED`),
  ];
  return parts.filter((part) => part !== false).join(", ");
}

function describeResult(result: CaseResult, paint: Paint): string[] {
  const failed = isFailure(result);
  const { behavior, behaviorClose } = result;
  const verdict =
    behavior === behaviorClose || behaviorClose === "OK" ? behavior : `${behavior} / ${behaviorClose}`;
  return [
    `  ${paint(failed ? "red" : "yellow", verdict)} ${paint("bold", result.id)} ${result.title}`,
    `    ${printable(failed ? `${result.result} ${result.resultClose}`.trim() : result.result)}`,
    `    ${paint("dim", `${result.rule}: ${result.why}`)}`,
  ];
}
