import type { CaseResult } from "../run/result.ts";
import type { Report } from "./report.ts";

/** One case of one agent, in the words of the Autobahn suite's `index.json`. */
export interface AutobahnEntry {
  readonly behavior: string;
  readonly behaviorClose: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly remoteCloseCode: number | null;
  readonly reportfile: string;
}

/** Agents, cases, verdicts: what tools for the Autobahn suite read. */
export type AutobahnIndex = Readonly<Record<string, Readonly<Record<string, AutobahnEntry>>>>;

/** The index of one or more reports, in the format of the Autobahn suite. */
export function toAutobahnIndex(reports: readonly Report[]): AutobahnIndex {
  return Object.fromEntries(
    reports.map((report) => [
      report.agent,
      Object.fromEntries(report.results.map((result) => [result.id, entryOf(report.agent, result)])),
    ]),
  );
}

function entryOf(agent: string, result: CaseResult): AutobahnEntry {
  const { behavior, behaviorClose, duration, remoteCloseCode } = result;
  return { behavior, behaviorClose, duration, remoteCloseCode, reportfile: caseFile(agent, result.id) };
}

/** The name of the file that has one result. */
export function caseFile(agent: string, id: string): string {
  return `${fileName(agent)}_case_${fileName(id)}.json`;
}

const fileName = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
