import type { Readable, Writable } from "node:stream";

/** What a command reads and writes. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the command is to end in good order: by Ctrl-C, for instance. */
  readonly signal: AbortSignal;
}

/** Those of this process. They are looked at when they are used: to look at standard input opens it. */
export function processIo(signal: AbortSignal): Io {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    env: process.env,
    signal,
  };
}
