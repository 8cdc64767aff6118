import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A certificate and its key for localhost. */
export const TLS = { cert: path("tls/cert.pem"), key: path("tls/key.pem") };

/** How to run the program: from the sources, so that nothing has to be built, or as it is built. */
export const SOURCES = [
  "--conditions=@plyws/source",
  "--disable-warning=ExperimentalWarning",
  path("../src/main.ts"),
];
export const BUILT = [path("../dist/main.js")];

export interface Outcome {
  /** Null when a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Program {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Outcome>;
  readonly #child;

  constructor(args: readonly string[], entry: readonly string[] = SOURCES) {
    const env = { ...process.env, NO_COLOR: "1" };
    this.#child = spawn(process.execPath, [...entry, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
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

  /** The address of the page, or of the sockets, as soon as the program has printed it. */
  async url(kind: "page" | "socket"): Promise<string> {
    const line = await this.printed(new RegExp(String.raw`^ +${kind} +(\S+)$`, "m"));
    return line[1] ?? "";
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
}

/** Starts the program; it is ended with the test, whatever happens. */
export function start(args: readonly string[], entry = SOURCES): Program {
  const program = new Program(args, entry);
  onTestFinished(() => program.kill());
  return program;
}

/** Starts the server on a free port of the loopback address. */
export function serve(...args: string[]): Program {
  return start(["--port", "0", ...args]);
}
