#!/usr/bin/env node
import { judgeClient, judgeServer, list } from "./cli/commands.ts";
import { HELP, parseCommand } from "./cli/options.ts";

const EXIT = { failed: 1, mistake: 2, noConnection: 3, interrupted: 130 };

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

// Whoever reads the output may go away: the exit code and the reports count.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

process.exitCode = await main();

/** Does what the command line says and gives the exit code. */
async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  try {
    switch (command.kind) {
      case "help":
        process.stdout.write(HELP);
        return 0;
      case "mistake":
        process.stderr.write(`${command.message} See --help.\n`);
        return EXIT.mistake;
      case "list":
        list(command);
        return 0;
      default: {
        const right =
          command.kind === "server"
            ? await judgeServer(command, stop.signal)
            : await judgeClient(command, stop.signal);
        if (stop.signal.aborted) return EXIT.interrupted;
        return right ? 0 : EXIT.failed;
      }
    }
  } catch (error) {
    // A URL, a pattern or a number that is none; the rest is the network or the disk.
    const isMistake =
      error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isMistake ? EXIT.mistake : EXIT.noConnection;
  }
}
