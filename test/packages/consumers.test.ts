import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { rules } from "../arrows/arrows.ts";
import { oldestNode } from "../oldest.ts";
import { run } from "../run.ts";
import { must } from "./must.ts";
import { entriesOf, Places } from "./places.ts";
import { note } from "./report.ts";
import { imported, printedBy, useOf } from "./uses.ts";

const places = new Places(inject("packedIn"));

/** Every kind of program that loads a package: its file, and what TypeScript becomes for it. */
const kinds = [
  { kind: "ESM", file: "use.mjs", format: "esm" },
  { kind: "require()", file: "use.cjs", format: "cjs" },
] as const;

describe.each(imported)("$name alone", ({ name, manifest }) => {
  const folder = places.alone(name);
  const use = useOf(name);

  async function runs(node: string, file: string): Promise<void> {
    const { code, output } = await run(node, [file], { cwd: folder, timeout: 50_000 });
    // Both streams: a warning of Node would be seen as well.
    expect(output.trim().split("\n")).toEqual(printedBy(use));
    expect(code).toBe(0);
  }

  test("is used by every entry but those that need an optional peer", () => {
    const unused = entriesOf(manifest).filter((entry) => !use.includes(`from "${entry}"`));
    expect(unused).toHaveLength(rules[name]?.peers?.length ?? 0);
    expect(printedBy(use)).not.toEqual([]);
  });

  describe.each(kinds)("by $kind", ({ kind, file, format }) => {
    beforeAll(async () => {
      const { code } = await transform(use, { loader: "ts", format, target: "es2022" });
      expect(code.includes("require(")).toBe(format === "cjs");
      writeFileSync(join(folder, file), code);
    });

    test("works on this Node", async () => {
      await runs(process.execPath, file);
      expect.hasAssertions();
      note(places.notes, name, kind);
    });

    test.skipIf(oldestNode.skip)("works on the oldest Node", async () => {
      expect(await must(oldestNode.path, ["--version"], folder)).toBe("v20.19.0\n");
      await runs(oldestNode.path, file);
      note(places.notes, name, `${kind} on Node 20.19`);
    });
  });
});
