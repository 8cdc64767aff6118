import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Tool, tool } from "@plyws/testkit/node";
import { bun, deno, installed, workerd } from "@plyws/testkit/runtimes";
import { oldestNode } from "../../oldest.ts";
import { run } from "../../run.ts";
import { MARK } from "../harness/suite.ts";
import { type Consumer, SELF_CHECK_FILE, suiteFiles, workerOf } from "./consumer.ts";
import { type Outcome, PATIENCE, type Runtime } from "./runtime.ts";

const node = (line: number): Tool =>
  installed(`Node ${line}`, { x64: `node-${line}-x64`, arm64: `node-${line}-arm64` }, "bin/node");
const pinnedNode = tool("Node 26", () => (process.versions.node.startsWith("26.") ? process.execPath : null));
/** Runtimes that are programs, run in the folder with the packages. */
export const PROGRAMS: readonly Runtime[] = [
  program("Node 20", oldestNode, ["main.js"]),
  program("Node 22", node(22), ["main.js"]),
  program("Node 24", node(24), ["main.js"]),
  program("Node 26", pinnedNode, ["main.js"]),
  // Without any permission, and without looking anything up elsewhere.
  program("Deno", deno, ["run", "--no-prompt", "--no-remote", "--no-lock", "main.js"]),
  program("Bun", bun, ["--no-install", "main.js"]),
  { name: "workerd", tool: workerd, pinned: true, run: runWorkers },
];

function program(name: string, found: Tool, args: readonly string[]): Runtime {
  return { name, tool: found, pinned: true, run: ({ folder }) => runProgram(found.path, args, folder) };
}

async function runProgram(command: string, args: readonly string[], folder: string): Promise<Outcome> {
  // Nothing that they keep for themselves is taken from the machine, nor left there.
  const env = { HOME: folder, DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1", NODE_OPTIONS: "" };
  const { output } = await run(command, args, { cwd: folder, timeout: PATIENCE, env });
  const results = output
    .split("\n")
    .flatMap((line) => (line.startsWith(MARK) ? [JSON.parse(line.slice(MARK.length))] : []));
  return { results, output };
}

/** Each suite is a worker of its own, bundled into one file as for a deployment. */
function runWorkers({ folder }: Consumer): Promise<Outcome> {
  const services = [...suiteFiles, SELF_CHECK_FILE].map(
    (file) => `(name = "${file}", worker = (
    modules = [(name = "worker.js", esModule = embed "${workerOf(file)}")],
    compatibilityDate = "2026-11-01"
  ))`,
  );
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [
  ${services.join(",\n  ")}
]);\n`;
  writeFileSync(join(folder, "workerd.capnp"), config);
  return runProgram(workerd.path, ["test", "workerd.capnp"], folder);
}
