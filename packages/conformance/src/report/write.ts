import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { caseFile, toAutobahnIndex } from "./autobahn.ts";
import { toHtml } from "./html.ts";
import { toJUnit } from "./junit.ts";
import type { Report } from "./report.ts";

/**
 * Writes a folder: `index.html` for people, `index.json` and a file for each case in the manner of the Autobahn suite,
 * `junit.xml`. Gives the path of the page.
 *
 * @throws Error when the folder cannot be written
 */
export function writeReports(folder: string, reports: readonly Report[]): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("index.json", json(toAutobahnIndex(reports)));
  write("junit.xml", toJUnit(reports));
  for (const { agent, results } of reports) {
    for (const result of results) write(caseFile(agent, result.id), json({ agent, ...result }));
  }
  const page = join(folder, "index.html");
  writeFileSync(page, toHtml(reports));
  return page;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
