import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { published } from "../published.ts";
import { root } from "../root.ts";
import { run } from "../run.ts";
import { entriesOf, isPure, Places } from "./places.ts";
import { note } from "./report.ts";
import { imported, useOf } from "./uses.ts";

const places = new Places(inject("packedIn"));

/** Compiles files, by absolute path, as a project of users would; answers what the compiler says. */
async function compile(name: string, files: readonly string[], options: object): Promise<string> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    lib: ["es2023"],
    typeRoots: [join(root, "node_modules/@types")],
    ...options,
  };
  const project = join(places.apart, `tsconfig.${name}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { code, output } = await run(tsc, ["-p", project], { cwd: places.apart, timeout: 50_000 });
  return code === 0 ? output : output || `ended with ${code}`;
}

/** Writes the use of every package into its own project. */
function writeUses(file: string): string[] {
  return imported.map(({ name }) => {
    const path = join(places.alone(name), file);
    writeFileSync(path, useOf(name));
    return path;
  });
}

const reexports = (entries: readonly string[]): string =>
  entries.map((entry, index) => `export * as entry${index} from "${entry}";\n`).join("");

const nodenext = { module: "nodenext", types: ["node"] };
const bundler = { module: "preserve", moduleResolution: "bundler", types: ["node"] };

describe("the types of the packages", () => {
  test("serve ESM and CommonJS in TypeScript with nodenext resolution, each package alone", async () => {
    const files = [...writeUses("esm.mts"), ...writeUses("commonjs.cts")];
    expect(await compile("nodenext", files, nodenext)).toBe("");
    for (const { name } of imported) note(places.notes, name, "TypeScript nodenext");
  });

  test("serve TypeScript with bundler resolution, each package alone", async () => {
    expect(await compile("bundler", writeUses("bundled.ts"), bundler)).toBe("");
    for (const { name } of imported) note(places.notes, name, "TypeScript bundler");
  });

  test("need no types of Node or of a browser where the package is pure, each package alone", async () => {
    const files = published.flatMap(({ name, manifest }) => {
      const pure = entriesOf(manifest).filter((entry) => isPure(name, entry));
      const path = join(places.alone(name), "pure.mts");
      writeFileSync(path, reexports(pure));
      return pure.length === 0 ? [] : [path];
    });
    expect(files.length).toBeGreaterThan(5);
    expect(await compile("pure", files, { module: "nodenext", types: [] })).toBe("");
  });

  test("go together, every entry of every package", async () => {
    const path = join(places.together, "index.mts");
    writeFileSync(path, reexports(published.flatMap(({ manifest }) => entriesOf(manifest))));
    expect(await compile("together", [path], nodenext)).toBe("");
  });

  test("know what the packages do not have", async () => {
    const path = join(places.alone("@plyws/frame"), "wrong.mts");
    writeFileSync(path, 'import { decodePacket } from "@plyws/frame";\nexport default decodePacket;\n');
    expect(await compile("wrong", [path], nodenext)).toContain("has no exported member 'decodePacket'");
  });
});
