// Runs the tests of the published packages once more, on the oldest Node that they support.
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { oldestNode } from "./oldest.ts";
import { published } from "./published.ts";
import { root } from "./root.ts";

if (!oldestNode.skip) {
  console.log(`The tests of the published packages on ${oldestNode.name}:`);
  const vitest = join(root, "test/vitest-on-oldest.mjs");
  const projects = published.map(({ folder }) => `--project=${basename(folder)}`);
  const args = [vitest, "run", ...projects, ...process.argv.slice(2)];
  const { status } = spawnSync(oldestNode.path, args, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
