import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drawBars } from "../src/report/bars.ts";
import { drawLines } from "../src/report/lines.ts";
import { formatTime, Progress } from "../src/report/progress.ts";
import { writeReport } from "../src/report/report.ts";
import { formatNumber, formatTable } from "../src/report/table.ts";

test("a table can be read as it is", () => {
  const table = formatTable(
    ["scenario", "a", "long name"],
    [
      ["first", "1.00", "2"],
      ["the second", "12 345"],
    ],
  );
  expect(table.split("\n")).toEqual([
    "| scenario   |      a | long name |",
    "| ---------- | -----: | --------: |",
    "| first      |   1.00 |         2 |",
    "| the second | 12 345 |           |",
  ]);
});

test.each([
  [0.1234, "0.12"],
  [9.999, "10.00"],
  [12.34, "12.3"],
  [123.4, "123"],
  [1_234_567, "1 234 567"],
  [Number.NaN, "–"],
  [Infinity, "–"],
])("%d is written %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

/** All numbers in the attributes of a drawing, by the name of the attribute. */
function attributes(svg: string, name: string): number[] {
  return [...svg.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value]) => Number(value));
}

/** What is wrong with the nesting of tags. */
function misnested(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, closing, name = "", own] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (closing === "" && own === "") open.push(name);
    else if (closing === "/" && open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

/** The points of each line of a drawing. */
function linesOf(svg: string): number[][][] {
  return [...svg.matchAll(/points="([^"]*)"/g)].map(([, list = ""]) =>
    list.split(" ").map((point) => point.split(",").map(Number)),
  );
}

describe("a chart of bars", () => {
  const bars = [
    { name: "plyws@26", value: 2 },
    { name: "ws & <others>", value: 8 },
    { name: "absent", value: Number.NaN },
  ];
  const svg = drawBars("Title", "Subtitle", [
    { name: "one", bars },
    { name: "two", bars: bars.slice(0, 1) },
    { name: "three", bars: [] },
  ]);

  test("is a drawing by itself, for light and dark pages", () => {
    expect(misnested(svg)).toEqual([]);
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).toContain("ws &amp; &lt;others>");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("has bars in proportion, and none for what is not there", () => {
    expect(svg).not.toContain("absent");
    const [, first, second] = attributes(svg, "width").slice(1);
    expect(second! / first!).toBeCloseTo(4, 1);
  });

  test("lets ours stand out", () => {
    expect(svg.match(/class="own"/g)).toHaveLength(2);
    expect(svg.match(/class="other"/g)).toHaveLength(1);
  });
});

describe("a chart of lines", () => {
  const texts = { title: "Title", x: "connections", y: "µs" };
  test("shows what grows in proportion as a straight line", () => {
    const svg = drawLines(texts, [{ name: "plyws", points: [1, 10, 100].map((x) => [x, 3 * x] as const) }]);
    const [a, b, c] = linesOf(svg)[0]!.map(([x = 0, y = 0]) => ({ x, y }));
    expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x, 0);
    expect(b!.y - a!.y).toBeCloseTo(c!.y - b!.y, 0);
    expect(c!.y).toBeLessThan(a!.y);
    expect(misnested(svg)).toEqual([]);
  });

  test.each([
    ["one point", [{ name: "plyws", points: [[64, 5] as const] }]],
    ["nothing", []],
    ["constant values", [{ name: "plyws", points: [[1, 5] as const, [2, 5] as const] }]],
    [
      "a series without points",
      [
        { name: "a", points: [[1, 5] as const] },
        { name: "b", points: [] },
      ],
    ],
  ])("can be drawn of %s", (_, series) => {
    expect(drawLines(texts, series)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

/** A terminal that remembers what was written to it. */
class Screen {
  readonly columns = 40;
  readonly isTTY: boolean;
  shown = "";

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.shown = text.replace(CLEAR, "");
    if (this.shown.length === text.length) throw new Error("The line before was not cleared");
  }
}

const CLEAR = "\r\u001b[K";

describe("progress", () => {
  test("is one line on a terminal", () => {
    const screen = new Screen(true);
    const progress = new Progress(2, screen);
    progress.step("first");
    expect(screen.shown).toBe("[1/2] first");
    progress.step("second");
    expect(screen.shown).toMatch(/^\[2\/2\] second, \d+ s left$/);
    progress.end();
    expect(screen.shown).toBe("");
  });

  test("never wraps", () => {
    const screen = new Screen(true);
    new Progress(1, screen).step("a".repeat(100));
    expect(screen.shown).toHaveLength(39);
  });

  test("is nothing elsewhere", () => {
    const screen = new Screen(false);
    new Progress(1, screen).step("first");
    expect(screen.shown).toBe("");
  });

  test.each([
    [400, "1 s"],
    [89_000, "89 s"],
    [150_000, "3 min"],
  ])("%d ms are %s", (milliseconds, text) => {
    expect(formatTime(milliseconds)).toBe(text);
  });
});

test("a report is written as text, data and charts", () => {
  const folder = mkdtempSync(join(tmpdir(), "plyws-bench-"));
  try {
    const report = {
      name: "name",
      title: "Title",
      text: "| table |",
      data: { runs: [1, 2] },
      charts: { "name.svg": "<svg/>" },
      failures: ["it broke"],
    };
    writeReport(folder, report, { lines: ["a machine", "some versions"] });
    expect(readdirSync(folder).toSorted()).toEqual(["name.json", "name.md", "name.svg"]);
    expect(readFileSync(join(folder, "name.md"), "utf8")).toBe(
      "# Title\n\na machine  \nsome versions\n\n| table |\n\n![Title](name.svg)\n\nWhat could not be measured:\n\n- it broke\n",
    );
    expect(JSON.parse(readFileSync(join(folder, "name.json"), "utf8"))).toEqual({
      lines: ["a machine", "some versions"],
      runs: [1, 2],
      failures: ["it broke"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
