import { cpus } from "node:os";
import { root } from "../../root.ts";
import { run } from "../../run.ts";
import { SELF_CHECK } from "../harness/self-check.ts";
import type { FileResult } from "../harness/suite.ts";
import { type Consumer, SELF_CHECK_FILE, suiteFiles } from "./consumer.ts";
import type { Outcome, Runtime } from "./runtime.ts";

/** What became of all suites on one runtime. */
export interface Column {
  readonly runtime: Pick<Runtime, "name" | "pinned">;
  /** What it says of itself; null when it was skipped. */
  readonly version: string | null;
  readonly results: readonly FileResult[];
  /** What was wrong with the runtime itself; null when nothing was. */
  readonly fault: string | null;
}

/** Runs all suites on all runtimes, as many at once as there are processors. */
export async function runMatrix(runtimes: readonly Runtime[], consumer: Consumer): Promise<Column[]> {
  const columns = new Map<Runtime, Column>();
  // The browsers are last in the list and take longest.
  const queue = [...runtimes];
  const work = async (): Promise<void> => {
    for (let runtime = queue.pop(); runtime !== undefined; runtime = queue.pop()) {
      columns.set(runtime, await runColumn(runtime, consumer));
    }
  };
  await Promise.all(Array.from(cpus(), work));
  return runtimes.flatMap((runtime) => columns.get(runtime) ?? []);
}

async function runColumn(runtime: Runtime, consumer: Consumer): Promise<Column> {
  const column = { runtime, version: null, results: [], fault: null };
  if (runtime.tool.skip) return column;
  try {
    const { stdout } = await run(runtime.tool.path, ["--version"], { cwd: root, timeout: 30_000 });
    const version = /\d+(?:[.-]\d+)+/.exec(stdout)?.[0] ?? "?";
    const outcome = await runtime.run(consumer);
    const [self, ...results] = [SELF_CHECK_FILE, ...suiteFiles].map((file) => resultOf(file, outcome));
    const honest = self?.passed === SELF_CHECK.passed && self.failed === SELF_CHECK.failed;
    return { ...column, version, results, fault: honest ? null : "it does not tell what fails" };
  } catch (error) {
    return { ...column, fault: String(error) };
  }
}

function resultOf(file: string, { results, output }: Outcome): FileResult {
  const found = results.find((result) => result.file === file);
  return found ?? { file, suite: file, passed: 0, failed: 1, failures: [`no result. It said:\n${output}`] };
}

/** All that is wrong: a line, or a few, for each. */
export function faultsOf(columns: readonly Column[]): string[] {
  const faults: string[] = [];
  const counts = new Map<string, { where: string; count: number }>();
  for (const { runtime, fault, results } of columns) {
    if (fault !== null) faults.push(`${runtime.name}: ${fault}`);
    for (const { suite, passed, failed, failures } of results) {
      for (const failure of failures) faults.push(`${suite} on ${runtime.name}: ${failure}`);
      const first = counts.get(suite) ?? { where: runtime.name, count: passed + failed };
      counts.set(suite, first);
      if (passed + failed === first.count) continue;
      faults.push(
        `${suite}: ${passed + failed} assertions on ${runtime.name}, ${first.count} on ${first.where}`,
      );
    }
  }
  return faults;
}
