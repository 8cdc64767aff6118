import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { published } from "../published.ts";
import { shortName } from "./places.ts";

/** Keeps for the table at the end of the run what was checked of a package. */
export function note(notes: string, name: string, what: string): void {
  appendFileSync(join(notes, shortName(name)), `${what}\n`);
}

/** What was checked, of all packages and of each. */
export function table(notes: string): string {
  const checks = published.map(({ name }) => {
    const file = join(notes, shortName(name));
    return { name, done: existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [] };
  });
  const shared = (checks[0]?.done ?? []).filter((check) => checks.every(({ done }) => done.includes(check)));
  const width = Math.max(...checks.map(({ name }) => name.length));
  const own = checks.map(({ name, done }) => {
    const rest = done.filter((check) => !shared.includes(check));
    return `  ${name.padEnd(width)}  ${rest.join(", ")}`;
  });
  return [`Checked of every packed tarball: ${shared.join(", ") || "nothing"}.`, ...own].join("\n");
}
