import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../arrows/arrows.ts";
import type { Manifest } from "../published.ts";

/** Where the setup puts what it makes. */
export class Places {
  readonly tarballs: string;
  /** A project with all packages. */
  readonly together: string;
  /** A folder with the projects that have one package each, and what it depends on. */
  readonly apart: string;
  readonly npmCache: string;
  readonly notes: string;

  constructor(folder: string) {
    this.tarballs = join(folder, "tarballs");
    this.together = join(folder, "together");
    this.apart = join(folder, "alone");
    this.npmCache = join(folder, "cache");
    this.notes = join(folder, "notes");
  }

  /** The project that has this package alone. */
  alone(name: string): string {
    return join(this.apart, shortName(name));
  }

  /** A package as it lies in the project that has all. */
  installed(name: string): string {
    return join(this.together, "node_modules", name);
  }
}

/** "frame" of "@plyws/frame". */
export const shortName = (name: string): string => name.slice(name.indexOf("/") + 1);

export function findTarball(folder: string, name: string): string {
  const start = `${name.slice(1).replace("/", "-")}-`;
  const found = readdirSync(folder).find(
    (file) => file.startsWith(start) && /^\d/.test(file.slice(start.length)),
  );
  if (found === undefined) throw new Error(`no tarball of ${name}`);
  return join(folder, found);
}

/** What users write to import a package, one for each of its entries: "@plyws/frame", "@plyws/frame/entry". */
export const entriesOf = (manifest: Manifest): string[] =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== "./package.json")
    .map((entry) => `${manifest.name}${entry.slice(1)}`);

/** Whether an entry runs, and compiles, without Node. */
export function isPure(name: string, entry: string): boolean {
  const { pure = false, nodeFolder } = rules[name] ?? {};
  return pure && nodeFolder !== `src${entry.slice(name.length)}/`;
}
