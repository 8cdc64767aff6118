import { Arguments } from "../shared/arguments.ts";
import type { Io } from "../shared/io.ts";
import { inspectBetween } from "./between.ts";
import { INSPECT_FLAGS } from "./options.ts";
import { inspectSession } from "./session.ts";

/** `plyws inspect`. */
export async function inspectCommand(args: readonly string[], io: Io): Promise<number> {
  const given = new Arguments(args, INSPECT_FLAGS);
  given.noProgram();
  const isProxy = given.has("listen") || given.has("to") || given.has("host");
  return isProxy ? await inspectBetween(given, io) : await inspectSession(given, io);
}
