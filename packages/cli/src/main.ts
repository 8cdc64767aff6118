#!/usr/bin/env node
import { runCommand } from "./run.ts";
import { Exit } from "./shared/exit.ts";
import { processIo } from "./shared/io.ts";

// One press of Ctrl-C may arrive several times: from the terminal, and from npm.
const SAME_PRESS_MS = 300;

const stop = new AbortController();
let first: number | null = null;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The first ends in good order, a later one at once.
    if (first !== null && performance.now() - first < SAME_PRESS_MS) return;
    if (first !== null) process.exit(Exit.Interrupted);
    first = performance.now();
    stop.abort();
  });
}

// Whoever reads the output may go away: that ends a session, and is no error.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

process.exitCode = await runCommand(process.argv.slice(2), processIo(stop.signal));
// Input that nobody reads any more must not keep the process alive.
process.stdin.destroy();
