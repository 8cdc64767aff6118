import { Readable, Writable } from "node:stream";
import type { WebSocketConnection, WebSocketEvents, WebSocketServer } from "@plyws/node";
import { listen } from "@plyws/node";
import { onTestFinished } from "vitest";
import { run } from "../../src/index.ts";

/** What a command came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Keeps what is written. */
export class Collector extends Writable {
  readonly chunks: Buffer[] = [];
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super({ decodeStrings: true });
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.chunks.push(chunk);
    this.emit("text");
    done();
  }

  get octets(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.octets.toString("utf8");
  }

  /** Resolves when the text matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      await new Promise((resolve) => this.once("text", resolve));
    }
  }
}

export interface Surroundings {
  /** What is on standard input; null: nothing, and it does not end. */
  readonly input?: string | Uint8Array | null;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
}

/** A command that runs in this process. */
export interface Running {
  readonly stdout: Collector;
  readonly stderr: Collector;
  readonly outcome: Promise<Outcome>;
  /** As Ctrl-C does. */
  readonly stop: () => void;
}

/** Starts a command in this process, as far as its streams are concerned in a pipe. */
export function start(
  args: readonly string[],
  { input = "", env = {}, isTTY = false }: Surroundings = {},
): Running {
  const stdout = new Collector(isTTY);
  const stderr = new Collector(isTTY);
  const stdin = new Readable({ read: () => {} });
  if (input !== null) {
    if (input.length > 0) stdin.push(Buffer.from(input));
    stdin.push(null);
  }
  const controller = new AbortController();
  const done = run(args, { stdin, stdout, stderr, env, signal: controller.signal });
  const outcome = done.then((code) => ({ code, stdout: stdout.text, stderr: stderr.text }));
  onTestFinished(async () => {
    controller.abort();
    await outcome;
  });
  return { stdout, stderr, outcome, stop: () => controller.abort() };
}

/** Runs a command in this process to its end. */
export const complete = (args: readonly string[], surroundings?: Surroundings): Promise<Outcome> =>
  start(args, surroundings).outcome;

/** A server that does what it is told; by default an echo. */
export async function serve(
  events: WebSocketEvents<undefined> = { message: (socket, data) => void socket.send(data) },
  options: Omit<Parameters<typeof listen<undefined>>[0], "host"> = {},
): Promise<WebSocketServer> {
  const server = await listen({ host: "127.0.0.1", ...options }, events);
  onTestFinished(async () => void (await server.close({ deadline: 0 })));
  return server;
}

export type Socket = WebSocketConnection<undefined>;
