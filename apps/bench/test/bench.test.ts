import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function bench(...options: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...options], { encoding: "utf8", timeout: 60_000 });
}

test("a short run prints a row for each scenario", { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = bench("--runs", "1", "--seconds", "0.1", "--only", "20 B");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const rows = stdout.split("\n").filter((line) => line.includes("20 B text"));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/^\| [a-z-]+, 20 B text( \| \d+\.\d\d){3} \| \d+ \|$/);
});

test("options that make no sense", () => {
  expect(bench("--runs", "none")).toMatchObject({
    status: 2,
    stderr: "--runs and --seconds are numbers above 0\n",
  });
  expect(bench("--help").stdout).toContain("npm run bench");
});
