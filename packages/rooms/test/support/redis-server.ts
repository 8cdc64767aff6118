import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tool } from "@plyws/testkit/node";
import { onTestFinished } from "vitest";

/** Redis or Valkey, whichever the machine has. */
export const redisServer = tool("redis-server or valkey-server", ["redis-server", "valkey-server"]);

/** A server of a test: it ends with it. What it has answered to is on the disk. */
export class TestRedis {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "plyws-redis-"));
  #child: ChildProcess | null = null;

  static async start(): Promise<TestRedis> {
    const server = new TestRedis(await freePort());
    onTestFinished(async () => {
      await server.kill();
      rmSync(server.#folder, { recursive: true, force: true });
    });
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again if it was killed, and waits until it is in service. */
  async start(): Promise<void> {
    const where = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.#folder];
    const durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
    this.#child = spawn(redisServer.path, [...where, ...durable], { stdio: "ignore" });
    for (let attempt = 0; !(await this.#answers()); attempt++) {
      if (attempt === 500) throw new Error("Redis did not start");
      await delay(20);
    }
  }

  /** Ends it as an accident would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Stops it in the middle of whatever it does, until `thaw`. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      socket.write("PING\r\n");
      const [answer]: Buffer[] = await once(socket, "data");
      return answer?.toString() === "+PONG\r\n";
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  server.close();
  await once(server, "close");
  return address.port;
}
