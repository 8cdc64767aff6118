import { familyOf, familyTitle } from "../cases/families.ts";
import type { LogEntry } from "../run/log.ts";
import type { CaseResult } from "../run/result.ts";
import { isFailure } from "../run/result.ts";
import { script } from "./html-script.ts";
import { style } from "./html-style.ts";
import { countVerdicts, type Report } from "./report.ts";

/** One page with everything in it: agents × cases, and what went over the wire in each. Works without a network. */
export function toHtml(reports: readonly Report[]): string {
  const names = reports.map(({ agent }) => agent).join(", ");
  // No "<" can end the element that holds the data.
  const data = JSON.stringify(dataOf(reports)).replaceAll("<", String.raw`\u003c`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>WebSocket conformance: ${escaped(names)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>WebSocket conformance</h1>
<div id="agents"></div>
</header>
<nav aria-label="Which cases are shown">
<div id="filters" role="group" aria-label="Verdicts"></div>
<input id="search" type="search" placeholder="Search ids and titles" aria-label="Search ids and titles">
</nav>
<main id="cases"></main>
<noscript><p>This page shows its cases by a script.</p></noscript>
<script id="data" type="application/json">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function dataOf(reports: readonly Report[]): object {
  const known = reports.map(({ results }) => new Map(results.map((result) => [result.id, result])));
  const rows = new Map(
    reports.flatMap(({ results }) => results.map((result) => [result.id, result] as const)),
  );
  const families = new Map<string, { title: string; cases: object[] }>();
  for (const { id, title, rule, why } of rows.values()) {
    const family = familyOf(id);
    const group = families.get(family) ?? { title: familyTitle(family), cases: [] };
    families.set(family, group);
    const results = known.map((ofAgent) => ofAgent.get(id)).map((result) => (result ? shown(result) : null));
    group.cases.push({ id, title, rule, why, results });
  }
  return {
    agents: reports.map(({ agent, role, started, duration, results }) => ({
      agent,
      role,
      started,
      duration,
      counts: countVerdicts(results),
    })),
    families: Array.from(families, ([id, { title, cases }]) => ({ id, title, cases })),
  };
}

/** A result without what the row says already. */
function shown(result: CaseResult): object {
  const { id: _id, title: _title, rule: _rule, why: _why, ...rest } = result;
  const failed = isFailure(result);
  return { ...rest, failed, log: failed ? result.log : shortened(result.log) };
}

const FIRST = 14;
const LAST = 6;

/** Where all went well, the beginning and the end are enough: the files of the cases have more. */
function shortened(log: readonly LogEntry[]): readonly LogEntry[] {
  const left = log.length - FIRST - LAST;
  if (left <= 1) return log;
  const at = log[FIRST]?.at ?? 0;
  const between: LogEntry = { at, from: "kit", kind: "note", text: `${left} more are left out here` };
  return [...log.slice(0, FIRST), between, ...log.slice(-LAST)];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
