// Runs the chat and the echo server side by side, until one Ctrl-C ends both.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAMS = ["chat-server", "echo-server"];
const HELP = `Starts the chat server and the echo server, each with its defaults.

To start one of them, with options:
  npm run chat -- --help
  npm run echo -- --help
`;

const [first] = process.argv.slice(2);
if (first !== undefined) {
  process.stdout.write(HELP);
  process.exit(first === "--help" || first === "-h" ? 0 : 2);
}

const children = PROGRAMS.map((name) => {
  const main = fileURLToPath(new URL(`../apps/${name}/dist/main.js`, import.meta.url));
  // What the chat logs is for operators; here it would bury the addresses.
  const args = name === "chat-server" ? [main, "--log-level", "warn"] : [main];
  return spawn(process.execPath, args, { stdio: "inherit" });
});

let ending = false;
/** @param {NodeJS.Signals} signal */
function end(signal) {
  ending = true;
  for (const child of children) child.kill(signal);
}
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  process.on(signal, () => end(signal));

for (const child of children) {
  child.on("exit", (code) => {
    if (code !== 0) process.exitCode = code ?? 1;
    // Where one cannot start, the other is of no use: whoever wants only that starts it alone.
    if (!ending) end("SIGTERM");
  });
}
