import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a mode of the benchmark has found. */
export interface Report {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** Markdown: tables, and what has to be known about them. */
  readonly text: string;
  /** All that was measured, for `JSON.stringify`. */
  readonly data: object;
  /** Charts by the name of their file. */
  readonly charts: Readonly<Record<string, string>>;
  /** What went wrong, if anything did. */
  readonly failures: readonly string[];
}

/** Writes a report as `<name>.md`, `<name>.json` and its charts. */
export function writeReport(
  folder: string,
  report: Report,
  about: { readonly lines: readonly string[] },
): void {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);
  const { name, title, text, data, charts, failures } = report;
  const pictures = Object.keys(charts).map((file) => `![${title}](${file})`);
  const lines = [`# ${title}`, about.lines.join("  \n"), text, ...pictures, ...failureLines(failures)];
  write(`${name}.md`, `${lines.join("\n\n")}\n`);
  write(`${name}.json`, `${JSON.stringify({ ...about, ...data, failures }, null, 1)}\n`);
  for (const [file, chart] of Object.entries(charts)) write(file, chart);
}

/** What is printed of failures. */
export function failureLines(failures: readonly string[]): string[] {
  return failures.length === 0
    ? []
    : ["What could not be measured:", failures.map((line) => `- ${line}`).join("\n")];
}
