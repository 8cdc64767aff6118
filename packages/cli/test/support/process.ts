import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** How long a program may take for what a test waits for, in milliseconds. */
const PATIENCE = 20_000;

/** Whether this Node runs the sources of the repository; an older one has the build. */
const runsSources = Boolean(process.features.typescript);
const main = fileURLToPath(
  new URL(runsSources ? "../../src/main.ts" : "../../dist/main.js", import.meta.url),
);
const conditions = runsSources ? ["--conditions=@plyws/source"] : [];

/** The command line of `plyws` itself. */
export const plyws: readonly [string, ...string[]] = [process.execPath, ...conditions, main];

/** A program with its streams. */
export class Process {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  /** The exit code; the signal when one has ended it. */
  readonly ended: Promise<number | string | null>;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { env: { ...process.env, NO_COLOR: "1", ...env }, stdio: "pipe" });
    this.child = child;
    child.stdin.on("error", () => {});
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.ended = once(child, "close").then(([code, signal]) => code ?? signal);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await this.ended;
    });
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  end(text = ""): void {
    this.child.stdin?.end(text);
  }

  /** Resolves when the text so far matches; rejects when the program ends before, or takes too long. */
  async until(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    let over = false;
    const end = Promise.race([this.ended, delay(PATIENCE, undefined, { ref: false })]).then(
      () => (over = true),
    );
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      if (over)
        throw new Error(`The program ended, or waits, without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      const wait = once(this.child[stream] ?? this.child, "data").catch(() => {});
      await Promise.race([wait, end]);
    }
  }
}

/** Starts the command in a process of its own. */
export const startProcess = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Process =>
  new Process([...plyws, ...args], env);
