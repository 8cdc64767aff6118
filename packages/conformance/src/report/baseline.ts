import { isFailure } from "../run/result.ts";
import type { Report } from "./report.ts";

/** The verdicts of an earlier run: by agent, then by case, both verdicts with a blank between unless they are equal. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A case that is worse than it was. */
export interface Regression {
  readonly agent: string;
  readonly id: string;
  readonly before: string;
  readonly now: string;
}

const RANK = ["OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "FAILED"];

/** What a later run is compared with. */
export function toBaseline(reports: readonly Report[]): Baseline {
  return Object.fromEntries(
    reports.map(({ agent, results }) => [
      agent,
      Object.fromEntries(results.map((result) => [result.id, verdictsOf(result)])),
    ]),
  );
}

function verdictsOf({ behavior, behaviorClose }: { behavior: string; behaviorClose: string }): string {
  return behavior === behaviorClose ? behavior : `${behavior} / ${behaviorClose}`;
}

/**
 * Reads a baseline, or an `index.json` of the Autobahn suite in its place.
 *
 * @throws SyntaxError when the text is no JSON
 * @throws TypeError when it is something else
 */
export function parseBaseline(text: string): Baseline {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) throw new TypeError("a baseline is an object of agents");
  return Object.fromEntries(
    Object.entries(parsed).map(([agent, cases]) => {
      if (!isRecord(cases)) throw new TypeError(`the baseline of ${agent} is no object of cases`);
      return [
        agent,
        Object.fromEntries(Object.entries(cases).map(([id, verdict]) => [id, readVerdict(id, verdict)])),
      ];
    }),
  );
}

function readVerdict(id: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (
    isRecord(value) &&
    typeof value["behavior"] === "string" &&
    typeof value["behaviorClose"] === "string"
  ) {
    return verdictsOf({ behavior: value["behavior"], behaviorClose: value["behaviorClose"] });
  }
  throw new TypeError(`the baseline of case ${id} is no verdict`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The cases that are worse than in the baseline. A case that it does not know is one if it fails; an agent that it does
 * not know is compared with the only one that it has, so that a version in a name does no harm.
 */
export function findRegressions(reports: readonly Report[], baseline: Baseline): Regression[] {
  const [only, ...others] = Object.values(baseline);
  return reports.flatMap(({ agent, results }) => {
    const before = baseline[agent] ?? (others.length === 0 ? only : undefined) ?? {};
    return results.flatMap((result) => {
      const was = before[result.id] ?? "none";
      const now = verdictsOf(result);
      const worse = was === "none" ? isFailure(result) : rankOf(now) > rankOf(was);
      return worse ? [{ agent, id: result.id, before: was, now }] : [];
    });
  });
}

/** How bad both verdicts are together. */
function rankOf(verdicts: string): number {
  const [behavior = "", close = behavior] = verdicts.split(" / ");
  const closed = ["OK", "INFORMATIONAL", "UNIMPLEMENTED", "NON-STRICT"].includes(close) ? 0 : RANK.length;
  return RANK.indexOf(behavior) + closed;
}
