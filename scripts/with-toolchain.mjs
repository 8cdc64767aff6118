// Runs a task of this repository with the pinned tools, on a machine that has only Node and npm.
// It uses nothing but Node's own modules, since it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { whyTooOld } from "./pinned-node.mjs";

/** @type {Record<string, string[]>} */
const TASKS = {
  start: [
    "turbo run build --filter=@plyws/chat-server --filter=@plyws/echo-server --output-logs=errors-only",
    "node scripts/start.mjs",
  ],
  chat: [
    "turbo run build --filter=@plyws/chat-server --output-logs=errors-only",
    "node apps/chat-server/dist/main.js",
  ],
  echo: [
    "turbo run build --filter=@plyws/echo-server --output-logs=errors-only",
    "node apps/echo-server/dist/main.js",
  ],
  docs: ["turbo run build --filter=@plyws/docs --output-logs=errors-only", "node apps/docs/src/main.ts"],
  inspector: [
    "turbo run build --filter=@plyws/inspector --output-logs=errors-only",
    "node apps/inspector/scripts/serve.mjs",
  ],
  build: ["turbo run build --output-logs=errors-only"],
  test: [
    "turbo run build typecheck lint --output-logs=errors-only",
    "node test/run-on-oldest.ts",
    "node test/runtimes/main.ts",
    "vitest run --coverage",
  ],
  runtimes: ["turbo run build --output-logs=errors-only", "node test/runtimes/main.ts"],
  bench: [
    "turbo run build --filter=@plyws/bench^... --output-logs=errors-only",
    "node apps/bench/src/main.ts",
  ],
  format: ["biome check --write"],
  changeset: ["changeset"],
  sbom: ["turbo run build --filter=./packages/* --output-logs=errors-only", "node scripts/sbom.mjs"],
  "release:version": ["changeset version", "pnpm install --lockfile-only"],
  "release:publish": ["turbo run build --filter=./packages/* --output-logs=errors-only", "changeset publish"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const onWindows = process.platform === "win32";

/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
// npm exports its own settings to its children: pnpm must not take them for its own.
for (const name of Object.keys(env)) {
  if (/^npm_/i.test(name) && !/cafile|registry|proxy|userconfig|globalconfig/i.test(name)) delete env[name];
}
// With NODE_ENV=production pnpm would leave the tools out.
delete env.NODE_ENV;

const parent = process.ppid;
const underNpm = process.env.npm_lifecycle_event !== undefined;
let stopped = false;

/**
 * Runs one command to its end and returns its exit code, as a shell would count it. Signals are passed on.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit", shell: onWindows });
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      stopped = true;
      // A terminal sends Ctrl-C to the child as well: a second one would cut its orderly end short.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    // npm runs us in a shell, and SIGTERM ends that shell without reaching us.
    const watch = setInterval(() => {
      if (underNpm && !stopped && process.ppid !== parent) stop("SIGTERM");
    }, 500);
    const settle = (/** @type {number} */ code) => {
      clearInterval(watch);
      process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
      resolve(code);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
    child.on("error", (error) => {
      console.error(`Could not run ${command}: ${error.message}`);
      settle(127);
    });
    child.on("exit", (code, signal) =>
      settle(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  });
}

/** @param {string} command @param {string[]} args */
async function runOrExit(command, args) {
  const code = await run(command, args);
  if (code !== 0 || stopped) process.exit(code);
}

const [task = "", ...rest] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, task)) {
  console.error(`Usage: node scripts/with-toolchain.mjs <${Object.keys(TASKS).join("|")}> [arguments]`);
  process.exit(2);
}

/** Whether a tool of node_modules is there, whole, and made for this machine. */
const runs = (/** @type {string} */ tool) =>
  spawnSync(join(bin, tool), ["--version"], { env, stdio: "ignore", shell: onWindows }).status === 0;

const install = ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"];
// Other runtimes are as large as everything else together: only those who test have to wait for them.
if (task !== "test" && task !== "runtimes") install.push("--filter=!@plyws/runtimes");
if (runs("pnpm")) await runOrExit(join(bin, "pnpm"), install);
else {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.log("Installing the pinned tools and dependencies (first run only) …");
  await runOrExit("npx", ["--yes", packageManager, ...install]);
}

const { platform, arch, versions } = process;
const tooOld = whyTooOld({ pinned: runs("node"), version: versions.node, platform, arch });
if (tooOld !== null) {
  console.error(tooOld);
  process.exit(1);
}

env.PATH = bin + delimiter + (env.PATH ?? "");
const commands = (TASKS[task] ?? []).map((line) => line.split(" "));
commands.at(-1)?.push(...rest);
for (const [command = "", ...args] of commands) await runOrExit(command, args);
