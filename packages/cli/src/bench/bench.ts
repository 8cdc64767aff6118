import { Arguments } from "../shared/arguments.ts";
import { readTarget } from "../shared/client.ts";
import { Exit } from "../shared/exit.ts";
import type { Io } from "../shared/io.ts";
import { Output } from "../shared/output.ts";
import { runLoad } from "./load.ts";
import { BENCH_FLAGS, readLoad } from "./options.ts";
import { toJson, toTable } from "./report.ts";

/** `plyws bench`. */
export async function benchCommand(args: readonly string[], io: Io): Promise<number> {
  const given = new Arguments(args, BENCH_FLAGS);
  given.noProgram();
  const target = readTarget(given);
  const load = readLoad(given);
  const output = new Output(io.stdout, io.env);
  const result = await runLoad(target, load, io.signal);
  await output.write(
    given.has("json") ? toJson(target.url, load, result) : toTable(target.url, load, result, output.paint),
  );
  return result.wrong + result.missing + result.errors.size === 0 ? Exit.Ok : Exit.Abnormal;
}
