#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { EXIT, endOnSignal, StartError } from "@plyws/app-kit";
import { createLog } from "./log.ts";
import { HELP, parseCommand } from "./options.ts";
import { startServer } from "./server.ts";

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
