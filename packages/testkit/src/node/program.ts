import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Outcome {
  /** Null when a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. Whoever starts it ends it. */
export class Program {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Outcome>;
  readonly #child;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(command, args, {
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  /** Waits until standard output matches; fails when the program ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      const more = once(this.#child.stdout, "data").then(() => null);
      const end = await Promise.race([more, this.ended]);
      if (end !== null)
        throw new Error(`The program ended with ${end.code} before ${pattern}:\n${end.stderr}`);
    }
  }

  /** The address of the page, or of the sockets, as soon as the program has printed it. */
  async url(kind: "page" | "socket"): Promise<string> {
    const line = await this.printed(new RegExp(String.raw`^ +${kind} +(\S+)$`, "m"));
    return line[1] ?? "";
  }
}
