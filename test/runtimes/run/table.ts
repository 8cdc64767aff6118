import type { Column } from "./matrix.ts";

/** "Node 22.23.3" where the version is ours to say; of what the machine has, only the first number: "Chromium 156". */
function headingOf({ runtime, version }: Column): string {
  const known = version ?? "not run";
  return `${productOf(runtime.name)} ${runtime.pinned ? known : known.replace(/\..*/, "")}`;
}

/** "Node" of "Node 22", or of "Node 22.23.3". */
const productOf = (name: string): string => name.replace(/ .*/, "");

const cells = (row: string): string[] =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const row = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;

/** The names of all suites, each once. */
const suitesOf = (columns: readonly Column[]): string[] => [
  ...new Set(columns.flatMap(({ results }) => results.map(({ suite }) => suite))),
];

/** The matrix in Markdown: a row for each package, a column for each runtime. */
export function toTable(columns: readonly Column[]): string {
  const rows = suitesOf(columns).map((suite) => {
    const results = columns.map(({ results: all }) => all.find((result) => result.suite === suite));
    const count = Math.max(...results.map((result) => (result?.passed ?? 0) + (result?.failed ?? 0)));
    const verdicts = results.map((result) =>
      result === undefined ? "–" : result.failed === 0 ? "✓" : `${result.failed} failed`,
    );
    return [`\`${suite}\``, String(count), ...verdicts];
  });
  return [
    row(["package", "assertions", ...columns.map(headingOf)]),
    row(["---", "--:", ...columns.map(() => ":-:")]),
    ...rows.map(row),
  ].join("\n");
}

/** In what the first table of a document differs from a run: names, and versions that are pinned. Counts may. */
export function stalenessOf(document: string, columns: readonly Column[]): string[] {
  const [head = "", , ...rows] = document.split("\n").filter((line) => line.startsWith("|"));
  const [, , ...headings] = cells(head);
  const names = rows.map((line) => cells(line)[0] ?? "");
  const faults: string[] = [];
  const expected = columns.map((column, index) => {
    const vague = column.version === null || !column.runtime.pinned;
    const written = headings[index] ?? "";
    return vague && productOf(written) === productOf(column.runtime.name) ? written : headingOf(column);
  });
  if (headings.join() !== expected.join()) {
    faults.push(`it has the runtimes ${headings.join(", ")} instead of ${expected.join(", ")}`);
  }
  const suites = suitesOf(columns).map((suite) => `\`${suite}\``);
  if (suites.length > 0 && names.join() !== suites.join()) {
    faults.push(`it has the packages ${names.join(", ")} instead of ${suites.join(", ")}`);
  }
  return faults;
}
