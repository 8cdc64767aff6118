import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rules } from "../../arrows/arrows.ts";
import { published } from "../../published.ts";
import { root } from "../../root.ts";
import { SELF_CHECK } from "../harness/self-check.ts";
import { BROWSERS } from "./browsers.ts";
import { SELF_CHECK_FILE, suiteFiles } from "./consumer.ts";
import { type Column, faultsOf, runMatrix } from "./matrix.ts";
import { PAGE, toPage } from "./page.ts";
import { PROGRAMS } from "./programs.ts";
import type { Outcome, Runtime } from "./runtime.ts";
import { stalenessOf, toTable } from "./table.ts";

const result = (suite: string, passed = 10, failed = 0) => ({
  file: suite,
  suite,
  passed,
  failed,
  failures: Array.from({ length: failed }, (_, at) => `failure ${at}`),
});
const column = (name: string, version: string | null, suites = ["a", "b"], pinned = true): Column => ({
  runtime: { name, pinned },
  version,
  results: version === null ? [] : suites.map((suite) => result(suite)),
  fault: null,
});
const COLUMNS = [
  column("Node 20", "20.19.0"),
  column("Deno", "2.9.6"),
  column("Firefox", "153.7.0", undefined, false),
];

test("the table has a row for each package and a column for each runtime", () => {
  const [first, ...others] = COLUMNS;
  const failed: Column = { ...column("Node 20", "20.19.0"), results: [result("a"), result("b", 8, 2)] };
  expect(first).toBeDefined();
  expect(toTable([failed, ...others, column("Bun", null)])).toBe(
    [
      "| package | assertions | Node 20.19.0 | Deno 2.9.6 | Firefox 153 | Bun not run |",
      "| --- | --: | :-: | :-: | :-: | :-: |",
      "| `a` | 10 | ✓ | ✓ | ✓ | – |",
      "| `b` | 10 | 2 failed | ✓ | ✓ | – |",
    ].join("\n"),
  );
});

describe("the page is stale", () => {
  test.each<[string, readonly Column[], number]>([
    ["never after it was written", COLUMNS, 0],
    ["when a pinned version is another", [column("Node 20", "20.20.0"), ...COLUMNS.slice(1)], 1],
    [
      "not when the browser of the machine is newer",
      COLUMNS.with(2, column("Firefox", "160.1", undefined, false)),
      0,
    ],
    ["not when a runtime is missing on the machine", COLUMNS.with(1, column("Deno", null)), 0],
    ["when there is a runtime more", [...COLUMNS, column("Bun", "1.4.5")], 1],
    ["when there is a runtime less", COLUMNS.slice(0, 2), 1],
    ["when runtimes are in another order", COLUMNS.toReversed(), 1],
    [
      "when there is a package more",
      COLUMNS.map((old) => ({ ...old, results: [...old.results, result("c")] })),
      1,
    ],
    ["when there is a package less", COLUMNS.map((old) => ({ ...old, results: old.results.slice(1) })), 1],
    [
      "not when there are more assertions",
      COLUMNS.map((old) => ({ ...old, results: [result("a", 99), result("b")] })),
      0,
    ],
  ])("%s", (_, columns, faults) => {
    expect(stalenessOf(toPage(COLUMNS), columns)).toHaveLength(faults);
  });

  test("when there is none", () => {
    expect(stalenessOf("", COLUMNS)).toHaveLength(2);
  });
});

test("faults are what failed, what is missing, and counts that differ", () => {
  const [node, deno, firefox] = [
    column("Node 20", "20.19.0"),
    column("Deno", "2.9.6"),
    column("Firefox", "?"),
  ];
  expect(faultsOf([node, deno])).toEqual([]);
  expect(
    faultsOf([
      node,
      { ...deno, results: [result("a", 9, 1), result("b", 9)] },
      { ...firefox, fault: "no Firefox on this machine" },
    ]),
  ).toEqual([
    "a on Deno: failure 0",
    "b: 9 assertions on Deno, 10 on Node 20",
    "Firefox: no Firefox on this machine",
  ]);
});

const runtime = (outcome: () => Outcome, tool: object = {}): Runtime => ({
  name: "Node 26",
  tool: { name: "Node 26", skip: false, path: process.execPath, ...tool },
  pinned: true,
  run: async () => outcome(),
});

const missing = () => {
  throw new Error("no Node 26 on this machine");
};

describe("a runtime", () => {
  const consumer = { folder: root, importMap: "{}" };
  const all = suiteFiles.map((file) => ({ ...result(file), file }));
  const self = { ...result(SELF_CHECK_FILE, SELF_CHECK.passed, SELF_CHECK.failed), file: SELF_CHECK_FILE };
  const columnOf = async (made: Runtime): Promise<Column> => (await runMatrix([made], consumer))[0]!;

  test("is asked for its version, and told of with the results of the packages only", async () => {
    const made = await columnOf(runtime(() => ({ results: [...all, self], output: "" })));
    expect(made).toMatchObject({ version: process.versions.node, fault: null, results: all });
  });

  test("is not believed when it does not tell what fails", async () => {
    for (const lie of [[], [result(SELF_CHECK_FILE, 6, 0)]]) {
      const made = await columnOf(runtime(() => ({ results: [...all, ...lie], output: "" })));
      expect(made.fault).toBe("it does not tell what fails");
    }
  });

  test("that ends early has failed, with what it said last", async () => {
    const made = await columnOf(
      runtime(() => ({ results: [self, ...all.slice(1)], output: "out of memory" })),
    );
    expect(made.results[0]).toMatchObject({
      passed: 0,
      failed: 1,
      failures: ["no result. It said:\nout of memory"],
    });
    expect(faultsOf([made])).toHaveLength(1);
  });

  test("that is missing is skipped, or wrong where it is demanded", async () => {
    expect(await columnOf(runtime(missing, { skip: true }))).toMatchObject({ version: null, fault: null });
    const made = await columnOf(runtime(missing));
    expect(faultsOf([made])).toEqual(["Node 26: Error: no Node 26 on this machine"]);
  });
});

describe("this repository", () => {
  test("has a suite for every package that needs no platform", () => {
    const pure = published.filter(
      ({ name, manifest }) => rules[name]?.pure === true || "./pure" in Object(manifest["exports"]),
    );
    const names = pure.map(({ folder }) => folder.slice(join(root, "packages/").length));
    expect([...suiteFiles].toSorted()).toEqual(names.toSorted());
  });

  test("tells in the README of each of them on which runtimes it is tried", () => {
    const names = [...PROGRAMS, ...BROWSERS]
      .map(({ name }) => name)
      .join(", ")
      .replaceAll(", Node", ",");
    for (const file of suiteFiles) {
      const text = readFileSync(join(root, "packages", file, "README.md"), "utf8");
      expect(text, file).toContain(`ried on ${names}: [the matrix](../../${PAGE})`);
    }
  });

  test("has no runtime twice", () => {
    const names = [...PROGRAMS, ...BROWSERS].map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});
