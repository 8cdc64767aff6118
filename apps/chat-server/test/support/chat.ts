import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type Options, parseCommand } from "../../src/options.ts";
import { type ChatServer, startServer } from "../../src/server.ts";
import { folder } from "./program.ts";

/** Starts a chat in this process, on a free port, with a folder of its own. */
export async function serve(...args: string[]): Promise<ChatServer> {
  const server = await startServer(optionsOf("--data", folder(), ...args), pino({ level: "silent" }));
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= server.close());
  onTestFinished(close);
  return { ...server, close };
}

export function optionsOf(...args: string[]): Options {
  const command = parseCommand(["--port", "0", "--host", "127.0.0.1", "--log-level", "silent", ...args]);
  if (command.kind !== "run") throw new Error(`Not to be run: ${JSON.stringify(command)}`);
  return command.options;
}
