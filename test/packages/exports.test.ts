import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { oldestNode } from "../oldest.ts";
import { published } from "../published.ts";
import { must } from "./must.ts";
import { entriesOf, Places } from "./places.ts";
import { note } from "./report.ts";

/** What one entry exports. */
interface Names {
  /** What is there at run time. */
  readonly values: readonly string[];
  /** What only TypeScript sees. */
  readonly types: readonly string[];
}

const places = new Places(inject("packedIn"));
const entries = published.flatMap(({ name, manifest }) =>
  entriesOf(manifest).map((entry) => ({ name, entry })),
);

/** What every entry has to export: whoever changes it changes what users can rely on. */
const pinned: Readonly<Record<string, Names>> = JSON.parse(
  readFileSync(new URL("exports.json", import.meta.url), "utf8"),
);

/** The names that a declaration file exports; it lists them one by one. */
function declared(file: string): Names {
  const { program, errors } = parseSync(file, readFileSync(file, "utf8"));
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const values = new Set<string>();
  const types = new Set<string>();
  for (const statement of program.body) {
    if (statement.type === "ExportAllDeclaration") throw new SyntaxError(`${file} exports names unseen`);
    if (statement.type !== "ExportNamedDeclaration") continue;
    for (const { exported, exportKind } of statement.specifiers) {
      const name = exported.type === "Literal" ? exported.value : exported.name;
      (statement.exportKind === "type" || exportKind === "type" ? types : values).add(name);
    }
    const { declaration } = statement;
    if (declaration === null) continue;
    if (declaration.type === "VariableDeclaration") {
      for (const { id } of declaration.declarations) if (id.type === "Identifier") values.add(id.name);
    } else if ("id" in declaration && declaration.id?.type === "Identifier") {
      const isType = /^TS(?:Interface|TypeAlias)/.test(declaration.type);
      (isType ? types : values).add(declaration.id.name);
    }
  }
  return { values: [...values].toSorted(), types: [...types].toSorted() };
}

/** What the entry declares, by the types of the package as it is installed. */
function declaredBy(name: string, entry: string): Names {
  return declared(join(places.installed(name), "dist", entry.slice(name.length), "index.d.ts"));
}

/** The names that every entry really has, in one run of a Node. */
async function imported(node: string): Promise<Record<string, string[]>> {
  const script = `
    const names = {};
    for (const entry of ${JSON.stringify(entries.map(({ entry }) => entry))}) {
      names[entry] = Object.keys(await import(entry)).sort();
    }
    console.log(JSON.stringify(names));`;
  return JSON.parse(await must(node, ["--input-type=module", "-e", script], places.together));
}

describe("the exports", () => {
  let here: Record<string, string[]> = {};
  beforeAll(async () => {
    here = await imported(process.execPath);
  });

  test.each(entries)("of $entry are the ones that are pinned", ({ name, entry }) => {
    const found: Names = { values: here[entry] ?? [], types: declaredBy(name, entry).types };
    const advice =
      "What users import has changed. If it is meant, put this into test/packages/exports.json, and say in a " +
      `changeset what is new or gone:\n"${entry}": ${JSON.stringify(found, null, 2)}`;
    expect(found, advice).toEqual(pinned[entry]);
    note(
      places.notes,
      name,
      `${entry.slice(name.length + 1) || "index"}: ${found.values.length} values, ${found.types.length} types`,
    );
  });

  test.each(entries)("of $entry are declared as they are", ({ name, entry }) => {
    expect(declaredBy(name, entry).values).toEqual(here[entry]);
  });

  test("are pinned for nothing that is gone", () => {
    expect(Object.keys(pinned).toSorted()).toEqual(entries.map(({ entry }) => entry).toSorted());
  });

  test.skipIf(oldestNode.skip)("are the same on the oldest Node", async () => {
    expect(await imported(oldestNode.path)).toEqual(here);
  });
});
