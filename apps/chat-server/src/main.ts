#!/usr/bin/env node
import { EXIT, endOnSignal, StartError } from "@plyws/app-kit";
import { pino } from "pino";
import { HELP, parseCommand } from "./options.ts";
import { startServer } from "./server.ts";

const command = parseCommand(process.argv.slice(2), process.env);
if (command.kind === "help") process.stdout.write(HELP);
else if (command.kind === "mistake") {
  process.stderr.write(`${command.message} See --help.\n`);
  process.exitCode = EXIT.mistake;
} else {
  const { options } = command;
  // Whoever reads the output may go away; the server goes on.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  // What happens goes to standard error, a line of JSON each; standard output only says where the server is.
  const log = pino({ level: options.logLevel, base: { pid: process.pid } }, process.stderr);
  try {
    const server = await startServer(options, log);
    const place = options.redis === null ? options.data : "Redis";
    process.stdout.write(
      `plyws chat server\n  page    ${server.page}\n  socket  ${server.socket}\n  data    ${place}\nCtrl-C ends it.\n`,
    );
    log.info({ page: server.page }, "started");
    endOnSignal(async () => {
      log.info("ending");
      await server.close();
      process.stdout.write("Told all clients to reconnect, and closed.\n");
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EXIT.noStart;
  }
}
