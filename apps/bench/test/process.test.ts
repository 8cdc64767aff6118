import { platform } from "node:os";
import { describe, expect, test } from "vitest";
import { Child } from "../src/process/child.ts";
import { findCores, parseCores, pinned } from "../src/process/cores.ts";
import { cpuOf } from "../src/process/cpu.ts";

test.each([
  ["0", [0]],
  ["0-3", [0, 1, 2, 3]],
  ["1,3-4,7", [1, 3, 4, 7]],
])("the list of cores %s", (list, cores) => {
  expect(parseCores(list)).toEqual(cores);
});

test("a command is kept on cores where there are any", () => {
  expect(pinned(null, ["node", "a.js"])).toEqual(["node", "a.js"]);
  expect(pinned([1, 2], ["node", "a.js"])).toEqual(["taskset", "-c", "1,2", "node", "a.js"]);
  const cores = findCores();
  expect(cores === null || cores.server !== cores.load).toBe(true);
});

describe.skipIf(platform() !== "linux")("the CPU time of processes", () => {
  test("grows with what they do, and is that of all of them together", async () => {
    const before = cpuOf([process.pid])!;
    await expect.poll(() => cpuOf([process.pid])).toBeGreaterThan(before);
    expect(cpuOf([process.pid, process.pid])).toBeGreaterThanOrEqual(2 * before);
  });

  test("is not known of one that is not there", () => {
    expect(cpuOf([4_194_999])).toBeNull();
  });
});

/** The command that runs a script. */
function node(script: string): string[] {
  return [process.execPath, "--input-type=module", "--eval", script];
}

describe("a child", () => {
  const echo = `import { answerRequests } from ${JSON.stringify(new URL("../src/process/answer.js", import.meta.url).href)};`;

  test("says that it is ready, then answers each request in turn", async () => {
    const script = `${echo} answerRequests({ ready: 1 }, async ({ n }) => { if (n === 13) throw new Error("no 13"); return { n: n + 1 }; });`;
    const [child, ready] = await Child.start<{ ready: number }>("A child", node(script));
    expect(ready).toEqual({ ready: 1 });
    expect(await child.ask({ n: 1 })).toEqual({ n: 2 });
    await expect(child.ask({ n: 13 })).rejects.toThrow("A child: no 13");
    expect(await child.ask({ n: 2, much: "x".repeat(100_000) })).toEqual({ n: 3 });
    child.stop();
    await child.ended();
    await expect(child.ask({ n: 3 })).rejects.toThrow("A child has ended");
  });

  test("that ends too early tells what it said", async () => {
    const started = Child.start("A child", node(`console.error("because"); process.exit(3);`));
    await expect(started).rejects.toThrow(/A child: it ended with 3\nbecause/);
  });

  test("that cannot be started", async () => {
    await expect(Child.start("A child", ["/nowhere/at/all"])).rejects.toThrow("ENOENT");
  });
});
