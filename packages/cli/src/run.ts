import { readFileSync } from "node:fs";
import { benchCommand } from "./bench/bench.ts";
import { BENCH_HELP } from "./bench/options.ts";
import { CONNECT_HELP, connectCommand } from "./connect/connect.ts";
import { inspectCommand } from "./inspect/inspect.ts";
import { INSPECT_HELP } from "./inspect/options.ts";
import { listenCommand } from "./listen/listen.ts";
import { LISTEN_HELP } from "./listen/options.ts";
import { printable } from "./shared/escape.ts";
import { Exit, Failure } from "./shared/exit.ts";
import type { Io } from "./shared/io.ts";

interface Command {
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
  readonly help: string;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["connect", { run: connectCommand, help: CONNECT_HELP }],
  ["listen", { run: listenCommand, help: LISTEN_HELP }],
  ["inspect", { run: inspectCommand, help: INSPECT_HELP }],
  ["bench", { run: benchCommand, help: BENCH_HELP }],
]);

const HELP = `WebSocket on the command line.

Usage:
  plyws connect <url> [options]             talks to a server, on a terminal or in a pipe
  plyws listen [options]                    a server: echoes, broadcasts, or runs a program for every connection
  plyws inspect <url> [options]             connects, and shows every frame
  plyws inspect --listen <port> --to <url>  stands between a client and a server, and shows every frame
  plyws bench <url> [options]               sends messages to an echo, and measures

  plyws <command> --help                    all options of a command
  plyws --version

Exit codes: 0 as it should be, 1 no connection, 2 a mistake in the command, 3 a connection was lost, failed, or closed
by the peer with a code of a problem; 130 ended at once by a second Ctrl-C. NO_COLOR switches colours off.
`;

/**
 * Does what the command line says.
 *
 * @param args what follows the program's name
 * @returns the exit code; never rejects for what a peer does
 */
export async function runCommand(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === "--version") return say(io, `${version()}\n`);
    if (name === undefined || isHelp(name)) return say(io, COMMANDS.get(rest[0] ?? "")?.help ?? HELP);
    const command = COMMANDS.get(name);
    if (command === undefined) {
      throw new Failure(
        Exit.Mistake,
        `Unknown command "${printable(name)}": it is ${[...COMMANDS.keys()].join(", ")}.`,
      );
    }
    const end = rest.indexOf("--");
    if ((end === -1 ? rest : rest.slice(0, end)).some(isHelp)) return say(io, command.help);
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.stderr.write(`${error.message}${error.exit === Exit.Mistake ? " See --help." : ""}\n`);
    return error.exit;
  }
}

const isHelp = (word: string): boolean => word === "--help" || word === "-h" || word === "help";

function say(io: Io, text: string): number {
  io.stdout.write(text);
  return Exit.Ok;
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
