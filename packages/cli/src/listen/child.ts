import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** How long a program has after its input has ended, before it gets SIGTERM, in milliseconds. */
const UNTIL_TERM = 500;
/** How long after that, before it gets SIGKILL. */
const UNTIL_KILL = 2000;

const hasGroups = process.platform !== "win32";

/** How a program ended. */
export interface Ending {
  readonly failed: boolean;
  /** For the peer: "the program ended with 3". */
  readonly reason: string;
  /** For whoever runs the server. */
  readonly text: string;
}

/** Those that run. They do not end with this process by themselves: their groups get no signals of the terminal. */
const living = new Set<Child>();

/** The program of one connection, in a process group of its own: what it has started ends together with it. */
export class Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended, or could not be started. */
  readonly ended: Promise<Ending>;
  readonly #process: ChildProcess;

  constructor([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "inherit"], detached: hasGroups });
    this.#process = child;
    this.ended = new Promise((resolve) => {
      child.on("error", (error) =>
        resolve({ ...failure("the program cannot be started"), text: `cannot start: ${error.message}` }),
      );
      child.on("exit", (code, signal) => {
        // What it has left behind would hold its output open.
        this.kill("SIGKILL");
        const reason = `the program ${signal === null ? `ended with ${code}` : `was ended by ${signal}`}`;
        resolve({ ...failure(reason), failed: code !== 0 });
      });
    });
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    // A program that reads nothing more is not to blame, and its end is told by `ended`.
    child.stdin.on("error", () => {});
    child.stdout.on("error", () => {});
    if (living.size === 0) process.once("exit", killAll);
    living.add(this);
  }

  /** Ends it: first its input, then by SIGTERM, then by SIGKILL. Resolves when all of its output is closed, too. */
  async end(): Promise<void> {
    this.stdin.end();
    const timers = [
      setTimeout(() => this.kill("SIGTERM"), UNTIL_TERM),
      setTimeout(() => this.kill("SIGKILL"), UNTIL_TERM + UNTIL_KILL),
    ];
    await this.ended;
    if (!this.stdout.closed) await new Promise((resolve) => this.stdout.once("close", resolve));
    for (const timer of timers) clearTimeout(timer);
    living.delete(this);
    if (living.size === 0) process.off("exit", killAll);
  }

  kill(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      // The negative number is the whole group.
      if (hasGroups) process.kill(-pid, signal);
      else this.#process.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }
}

const failure = (reason: string): Ending => ({ failed: true, reason, text: reason });

function killAll(): void {
  for (const child of living) child.kill("SIGKILL");
}
