// Runs the tests of the published packages once more, on the oldest Node that they support.
import { spawn } from "node:child_process";
import { basename, join } from "node:path";
import { oldestNode } from "./oldest.ts";
import { published } from "./published.ts";
import { root } from "./root.ts";

if (!oldestNode.skip) {
  console.log(`The tests of the published packages on ${oldestNode.name}:`);
  const vitest = join(root, "test/vitest-on-oldest.mjs");
  const projects = published.map(({ folder }) => `--project=${basename(folder)}`);
  const args = [vitest, "run", ...projects, ...process.argv.slice(2)];
  const child = spawn(oldestNode.path, args, { cwd: root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
}
