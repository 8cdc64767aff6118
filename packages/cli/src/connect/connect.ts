import { Arguments } from "../shared/arguments.ts";
import { CLIENT_HELP, openConnection, readTarget } from "../shared/client.ts";
import { Exit, exitOf } from "../shared/exit.ts";
import { describeClose } from "../shared/explain.ts";
import type { Io } from "../shared/io.ts";
import { Output } from "../shared/output.ts";
import { runInteractive } from "./interactive.ts";
import { readSession, SESSION_FLAGS, SESSION_HELP } from "./options.ts";
import { runPipe } from "./pipe.ts";
import { jsonView, plainView, rawView, terminalView, type View } from "./view.ts";

export const CONNECT_HELP = `Connects to a server: sends what is typed, or read from a pipe, and shows what comes.

Usage: plyws connect <url> [options]

${SESSION_HELP}
${CLIENT_HELP}
On a terminal, a line that begins with a slash is a command: /help shows them. In a pipe every line is a message.
Messages go to standard output: on a terminal with all control characters made visible, elsewhere as they are, a line
each, binary ones in hexadecimal. A text with line breaks in it takes several lines: --json keeps it in one.
`;

/** `plyws connect`. */
export async function connectCommand(args: readonly string[], io: Io): Promise<number> {
  const given = new Arguments(args, SESSION_FLAGS);
  given.noProgram();
  const target = readTarget(given);
  const options = readSession(given);
  const output = new Output(io.stdout, io.env);
  const socket = await openConnection(target, io.signal);
  const isSession = io.stdin.isTTY === true && output.isTerminal && !options.json && options.input !== "raw";
  if (isSession) await runInteractive(socket, io, output, terminalView(output.paint), options);
  else await runPipe(socket, io, output, viewFor(output, options), options);
  const record = await socket.closed;
  const exit = exitOf(record);
  if (exit !== Exit.Ok && !isSession) io.stderr.write(`${describeClose(record)}\n`);
  return exit;
}

function viewFor({ isTerminal, paint }: Output, { json, input }: { json: boolean; input: string }): View {
  if (json) return jsonView;
  if (isTerminal) return { ...terminalView(paint), opened: () => null, closed: () => null };
  return input === "raw" ? rawView : plainView;
}
