// Runs a task of this repository with the pinned tools, on a machine that has only Node and npm.
// It uses nothing but Node's own modules, since it runs before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const TASKS = {
  start: [
    "turbo run build --filter=@plyws/echo-server --output-logs=errors-only",
    "node apps/echo-server/dist/main.js",
  ],
  build: ["turbo run build --output-logs=errors-only"],
  test: ["turbo run build typecheck lint --output-logs=errors-only", "vitest run --coverage"],
  format: ["biome check --write"],
  changeset: ["changeset"],
};
TASKS.echo = TASKS.start;

// The build tools need at least this Node where no pinned one can be installed.
const OLDEST_FOR_TOOLS = [22, 18];

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const onWindows = process.platform === "win32";

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
// npm exports its own settings to its children: pnpm must not take them for its own.
for (const name of Object.keys(env)) {
  if (/^npm_/i.test(name) && !/cafile|registry|proxy/i.test(name)) delete env[name];
}

/** Runs one command to its end; signals that reach this process are passed on to it. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit", shell: onWindows });
    const pass = (signal) => child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    child.on("error", (error) => {
      console.error(`Could not run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on("exit", (code, signal) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      resolve(signal === null ? code : 1);
    });
  });
}

async function runOrExit(command, args) {
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
}

const [task, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, task ?? "")) {
  console.error(`Usage: node scripts/with-toolchain.mjs <${Object.keys(TASKS).join("|")}> [arguments]`);
  process.exit(2);
}

const install = ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"];
const pnpm = join(bin, "pnpm");
if (existsSync(pnpm)) await runOrExit(pnpm, install);
else {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.log("Installing the pinned tools and dependencies (first run only) …");
  await runOrExit("npx", ["--yes", packageManager, ...install]);
}

const pinnedNode = existsSync(join(bin, onWindows ? "node.cmd" : "node"));
const [major, minor] = process.versions.node.split(".").map(Number);
const [oldestMajor, oldestMinor] = OLDEST_FOR_TOOLS;
if (!pinnedNode && (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))) {
  console.error(
    `Node ${process.versions.node} is too old for the build tools, and no pinned Node is available for ` +
      `${process.platform} on ${process.arch}.\nInstall Node ${OLDEST_FOR_TOOLS.join(".")} or later and run this again.`,
  );
  process.exit(1);
}

env.PATH = bin + delimiter + (env.PATH ?? "");
const commands = TASKS[task].map((line) => line.split(" "));
commands.at(-1).push(...rest);
for (const [command, ...args] of commands) await runOrExit(command, args);
