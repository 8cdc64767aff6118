// Runs the tests of the published packages once more, on the oldest Node that they support.
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { oldestNode, whyNoOldestNode } from "./oldest.ts";
import { published } from "./published.ts";
import { root } from "./root.ts";

const reason = whyNoOldestNode();
if (reason !== null) console.log(`The tests on the oldest Node are skipped: ${reason}`);
else {
  console.log("The tests of the published packages on the oldest supported Node:");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const projects = published.map(({ folder }) => `--project=${basename(folder)}`);
  const args = [vitest, "run", ...projects, ...process.argv.slice(2)];
  const { status } = spawnSync(oldestNode, args, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
