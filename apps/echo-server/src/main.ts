#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { createLog } from "./log.ts";
import { HELP, parseCommand } from "./options.ts";
import { startServer } from "./server.ts";
import { StartError } from "./start-error.ts";

// One press of Ctrl-C may arrive several times: from the terminal, from npm and from its script.
const SAME_PRESS_MS = 500;
const EXIT = { mistake: 2, noStart: 1, interrupted: 130 };

// What passes through a server is garbage at once, and small: a young generation that grows from 1 to 16 MiB would only
// take more memory, not less time.
setFlagsFromString("--semi-space-growth-factor=1");

const command = parseCommand(process.argv.slice(2));
if (command.kind === "help") process.stdout.write(HELP);
else if (command.kind === "mistake") {
  process.stderr.write(`${command.message} See --help.\n`);
  process.exitCode = EXIT.mistake;
} else {
  const { quiet } = command.options;
  const colour = process.stdout.isTTY && !process.env["NO_COLOR"];
  const log = createLog({ quiet, colour, out: process.stdout, err: process.stderr });
  // Whoever reads the output may go away; the server goes on.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  try {
    const server = await startServer(command.options, log);
    log.say(`plyws echo server\n  page    ${server.page}\n  socket  ${server.socket}\nCtrl-C ends it.`);
    endOnSignal(async () => {
      await server.close();
      log.say("Closed all connections.");
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.problem(error.message);
    process.exitCode = EXIT.noStart;
  }
}

/** The first signal ends in good order, a later one at once. */
function endOnSignal(close: () => Promise<void>): void {
  let first: number | null = null;
  const onSignal = () => {
    if (first !== null && performance.now() - first < SAME_PRESS_MS) return;
    if (first !== null) process.exit(EXIT.interrupted);
    first = performance.now();
    void close().finally(() => process.exit());
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}
