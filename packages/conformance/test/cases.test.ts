import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { allCases, autobahnCases, selectCases } from "../src/index.ts";

const countOf = (section: string): number =>
  autobahnCases.filter(({ id }) => id.startsWith(`${section}.`)).length;

describe("the cases", () => {
  test.each([
    ["1", 16],
    ["2", 11],
    ["3", 7],
    ["4", 10],
    ["5", 20],
    ["6", 145],
    ["7", 37],
    ["9", 54],
    ["10", 1],
    ["12", 90],
    ["13", 126],
  ])("section %s has as many as that of the Autobahn suite: %i", (section, count) => {
    expect(countOf(section)).toBe(count);
  });

  test("are 517 of that suite, and more than 300 of our own", () => {
    expect(autobahnCases).toHaveLength(517);
    expect(allCases.length - autobahnCases.length).toBeGreaterThan(300);
  });

  test("have ids of their own, a rule and a reason", () => {
    expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length);
    for (const { id, title, rule, why } of allCases) {
      expect(rule, id).toMatch(/^RFC \d{4} \d/);
      expect(title, id).toMatch(/\S.+[^.]$/);
      expect(why, id).toMatch(/\S.+[^.]$/);
    }
  });

  test.each([
    ["6.4", 4],
    ["6.4.*", 4],
    ["6.4.1", 1],
    ["6.4.1, 1.1.1", 2],
    ["13.*.1", 7],
    ["*", allCases.length],
    ["1", 16],
  ])('"%s" selects %i', (cases, count) => {
    expect(selectCases(allCases, { cases })).toHaveLength(count);
  });

  test("a selection may leave out", () => {
    expect(selectCases(allCases, { cases: "6.4", exclude: ["6.4.1", "6.4.3"] }).map(({ id }) => id)).toEqual([
      "6.4.2",
      "6.4.4",
    ]);
  });

  test.each(["6.99", "x", "6.4.1, 6.4.9"])('a pattern that fits nothing is a mistake: "%s"', (cases) => {
    expect(() => selectCases(allCases, { cases })).toThrow(RangeError);
  });
});

test("the pure entry needs no module of Node, nor does anything that it imports", () => {
  const source = new URL("../src/", import.meta.url);
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(new URL(file, source), "utf8");
    for (const [, types, specifier = ""] of text.matchAll(
      /^(?:import|export) (type )?[^;]*? from "([^"]+)";/gms,
    )) {
      if (types !== undefined) continue;
      expect(specifier, file).toMatch(/^\./);
      visit(posix.join(posix.dirname(file), specifier));
    }
  };
  visit("pure/index.ts");
  expect(seen.size).toBeGreaterThan(20);
  expect(seen.size).toBeLessThan(readdirSync(source, { recursive: true }).length);
});
