import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** How long a process may take to answer, beyond what it was asked to take, in milliseconds. */
const PATIENCE = 120_000;

/** A process that answers each line of JSON with one of its own, after a first line unasked. */
export class Child {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #name: string;
  #waiting: { resolve(line: string): void; reject(error: Error): void } | null = null;
  #rest = "";
  #errors = "";
  #over = false;

  private constructor(name: string, command: readonly string[], environment: NodeJS.ProcessEnv) {
    const [program = "", ...args] = command;
    this.#name = name;
    this.#child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => this.#receive(text));
    // It may end while it is written to; its end is what counts.
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("close", (code, signal) => this.#fail(`it ended with ${signal ?? code}`));
  }

  /** Starts a process and waits for its first line, which has to be JSON of this type. */
  static async start<Ready>(
    name: string,
    command: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<[child: Child, ready: Ready]> {
    const child = new Child(name, command, environment);
    try {
      return [child, await child.#next<Ready>(PATIENCE)];
    } catch (error) {
      child.stop();
      throw error;
    }
  }

  /** @param takes how long the answer may take by itself, in milliseconds */
  ask<Answer>(request: object, takes = 0): Promise<Answer> {
    const answer = this.#next<Answer>(takes + PATIENCE);
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  stop(): void {
    this.#over = true;
    this.#child.kill("SIGKILL");
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((resolve) => this.#child.once("close", resolve));
  }

  async #next<Answer>(patience: number): Promise<Answer> {
    if (this.#over) throw new Error(`${this.#name} has ended: ${this.#errors}`);
    const line = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => this.#fail("it does not answer"), patience);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting = null;
      };
      this.#waiting = {
        resolve: (text) => {
          settle();
          resolve(text);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
    });
    const answer = JSON.parse(line);
    if (typeof answer.error === "string") throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#waiting?.resolve(line);
  }

  #fail(why: string): void {
    this.#over = true;
    this.#waiting?.reject(new Error(`${this.#name}: ${why}\n${this.#errors}`.trim()));
  }
}
