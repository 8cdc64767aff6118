import { runCommand } from "./run.ts";
import { type Io, processIo } from "./shared/io.ts";

export type { Io } from "./shared/io.ts";

/**
 * Does what `plyws` does with these arguments, and gives its exit code: 0 as it should be, 1 no connection, 2 a mistake in
 * the arguments, 3 a connection that was lost, failed, or closed by the peer with a code of a problem.
 *
 * @param args what follows the program's name, for instance `["bench", "ws://127.0.0.1:9001"]`
 * @param io where it reads and writes; default: the streams and the environment of this process, until its end
 *
 * @example
 * ```ts
 * const code = await run(["connect", "ws://127.0.0.1:9001", "--count", "1"]);
 * ```
 */
export function run(args: readonly string[], io: Partial<Io> = {}): Promise<number> {
  const base = processIo(new AbortController().signal);
  return runCommand(args, {
    stdin: io.stdin ?? base.stdin,
    stdout: io.stdout ?? base.stdout,
    stderr: io.stderr ?? base.stderr,
    env: io.env ?? base.env,
    signal: io.signal ?? base.signal,
  });
}
