import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { TestProject } from "vitest/node";
import { rules } from "../arrows/arrows.ts";
import { published } from "../published.ts";
import { root } from "../root.ts";
import { must, twoAtATime } from "./must.ts";
import { findTarball, Places } from "./places.ts";
import { table } from "./report.ts";

/** What users get, made once for all test files: the packages packed, installed together, and each one alone. */
export default async function setup(project: TestProject): Promise<() => void> {
  const began = Date.now();
  for (const { folder, name } of published) {
    if (!existsSync(join(folder, "dist"))) throw new Error(`${name} is not built: npm run build`);
  }
  const folder = mkdtempSync(join(tmpdir(), "plyws-packages-"));
  project.provide("packedIn", folder);
  const places = new Places(folder);
  try {
    for (const path of [places.tarballs, places.together, places.notes]) mkdirSync(path, { recursive: true });
    const filters = published.map(({ name }) => `--filter=${name}`);
    await must("pnpm", [...filters, "pack", "--pack-destination", places.tarballs], root);
    const { length } = readdirSync(places.tarballs);
    if (length !== published.length) throw new Error(`${length} tarballs of ${published.length} packages`);

    const folders = published.map(({ name }) => ({ at: places.alone(name), names: withDependencies(name) }));
    folders.unshift({ at: places.together, names: published.map(({ name }) => name) });
    await twoAtATime(folders, ({ at, names }) => install(at, names, places));
    for (const { folder: source, name } of published) {
      for (const peer of rules[name]?.peers ?? []) {
        // As installed by users who want what needs it.
        symlinkSync(join(source, "node_modules", peer), join(places.together, "node_modules", peer));
      }
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`Packed ${published.length} packages, installed them together and each alone: ${seconds} s`);
  return () => {
    console.log(table(places.notes));
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A package and all that it declares as `dependencies`, and they in turn: what npm has to be given with it. */
function withDependencies(name: string): string[] {
  const names = new Set([name]);
  for (const each of names) {
    const manifest = published.find((pkg) => pkg.name === each)?.manifest;
    if (manifest === undefined) throw new Error(`${name} depends on ${each}, which is not published`);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) names.add(dependency);
  }
  return [...names];
}

async function install(at: string, names: readonly string[], places: Places): Promise<void> {
  mkdirSync(at, { recursive: true });
  const project = { name: `consumer-${basename(at)}`, private: true, type: "module" };
  writeFileSync(join(at, "package.json"), JSON.stringify(project));
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--omit=optional"];
  const tarballs = names.map((name) => findTarball(places.tarballs, name));
  await must("npm", ["install", "--offline", ...quiet, "--cache", places.npmCache, ...tarballs], at);
  const scope = readdirSync(join(at, "node_modules/@plyws")).map((name) => `@plyws/${name}`);
  if (scope.toSorted().join() !== names.toSorted().join()) {
    throw new Error(`installed ${scope.join(", ")} in place of ${names.join(", ")}`);
  }
}

declare module "vitest" {
  interface ProvidedContext {
    packedIn: string;
  }
}
