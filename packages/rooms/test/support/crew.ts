import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, type WebSocketConnection } from "@plyws/node";
import { onTestFinished } from "vitest";

const script = fileURLToPath(new URL("worker.mjs", import.meta.url));
// Where Node runs TypeScript the worker uses the sources, as the test does; else the builds.
const execArgv = process.features.typescript ? ["--conditions=@plyws/source"] : [];

/** A process with a room. */
export class Worker {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(redis: string): Promise<Worker> {
    const child = fork(script, [redis], { execArgv });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exited = once(child, "exit").then(() => {
      throw new Error("The worker has ended before it was ready");
    });
    const [started]: { url: string }[] = await Promise.race([once(child, "message"), exited]);
    exited.catch(() => undefined);
    return new Worker(child, started?.url ?? "");
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  async ask(): Promise<{ members: string[]; state: string }> {
    const answer = once(this.#child, "message");
    this.#child.send("?");
    const [{ members, state }] = await answer;
    return { members, state };
  }

  async kill(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

interface Said {
  readonly id: string;
  readonly text: string;
}

/** Says numbered things, each until it is acknowledged, and comes back wherever it can, after the last that it saw. */
export class Speaker {
  readonly name: string;
  readonly seen: Said[] = [];
  readonly acknowledged = new Map<string, string>();
  /** Whether it was ever told that something may be missing. */
  gap = false;
  refusals = 0;
  comings = 0;
  readonly #urls: () => readonly string[];
  #socket: WebSocketConnection | null = null;
  #answered: () => void = () => {};

  constructor(name: string, urls: () => readonly string[]) {
    this.name = name;
    this.#urls = urls;
  }

  async say(count: number): Promise<void> {
    for (let number = 0; number < count; number++) {
      const key = `${this.name} ${number}`;
      while (!this.acknowledged.has(key)) {
        const socket = await this.come();
        const answer = new Promise<void>((resolve) => {
          this.#answered = resolve;
        });
        socket.send(JSON.stringify({ key, text: key }));
        await Promise.race([answer, socket.closed]);
        if (!this.acknowledged.has(key)) await delay(20);
      }
    }
  }

  /** Connects if it is not connected. */
  async come(): Promise<WebSocketConnection> {
    for (;;) {
      if (this.#socket?.state === "open") return this.#socket;
      const urls = this.#urls();
      const after = this.seen.at(-1)?.id ?? "";
      try {
        const url = `${urls[this.comings++ % urls.length]}?name=${encodeURIComponent(this.name)}&after=${after}`;
        this.#socket = await connect(
          url,
          {},
          { message: (_socket, data) => this.#take(JSON.parse(String(data))) },
        );
      } catch {
        await delay(20);
      }
    }
  }

  leave(): void {
    this.#socket?.terminate();
  }

  #take(message: Record<string, string> & { report?: { gap: boolean } }): void {
    if (message.report !== undefined) this.gap ||= message.report.gap;
    else if (message["id"] !== undefined) this.seen.push({ id: message["id"], text: message["text"] ?? "" });
    else {
      if (message["acknowledged"] === undefined) this.refusals++;
      else this.acknowledged.set(message["acknowledged"], message["as"] ?? "");
      this.#answered();
    }
  }
}
