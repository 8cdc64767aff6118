import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program, tool } from "@plyws/testkit/node";
import { createClient } from "redis";
import { onTestFinished } from "vitest";
import { folder, start } from "./program.ts";

export const redisServer = tool("redis-server", ["redis-server", "valkey-server"]);
export const nginx = tool("nginx", ["nginx"]);
export const haproxy = tool("haproxy", ["haproxy"]);

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  server.close();
  await once(server, "close");
  return port;
}

/** A Redis that keeps what it acknowledges, and can be killed and started again. */
export class Redis {
  readonly port: number;
  readonly #folder: string;
  #program: Program | null = null;

  private constructor(port: number, place: string) {
    this.port = port;
    this.#folder = place;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort(), folder());
    onTestFinished(() => redis.kill());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = {
      port: `${this.port}`,
      bind: "127.0.0.1",
      dir: this.#folder,
      save: "",
      appendonly: "yes",
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    this.#program = new Program(redisServer.path, args);
    await this.#program.printed(/Ready to accept connections/);
  }

  async kill(): Promise<void> {
    await this.#program?.kill();
    this.#program = null;
  }

  /** Holds it, or lets it go on: it is there, and does not answer. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#program?.signal(name);
  }

  /** Runs one command. */
  async ask(...command: string[]): Promise<unknown> {
    const client = createClient({ url: this.url });
    await client.connect();
    try {
      return await client.sendCommand(command);
    } finally {
      await client.close();
    }
  }
}

/** Starts a chat on that port, with Redis. */
export function chatWith(redis: Redis, port: number, ...more: string[]): Program {
  return start([
    "--port",
    `${port}`,
    "--redis",
    redis.url,
    "--rate",
    "0",
    "--address-rate",
    "0",
    "--address-connections",
    "0",
    ...more,
  ]);
}

/** Starts a proxy by the example that people are given, with other ports. Returns its port. */
export async function proxy(kind: "nginx" | "haproxy", ports: readonly [number, number]): Promise<number> {
  const place = folder();
  const port = await freePort();
  const name = kind === "nginx" ? "nginx.conf" : "haproxy.cfg";
  const example = readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), "utf8");
  const text = example
    .replaceAll("8080", kind === "nginx" ? `127.0.0.1:${port}` : `${port}`)
    .replaceAll("bind :", "bind 127.0.0.1:")
    .replaceAll("9002", `${ports[0]}`)
    .replaceAll("9003", `${ports[1]}`)
    // Nothing is written outside of the folder of the test.
    .replace("http {", `http {\n  access_log off;\n${temporary(place)}`);
  const file = join(place, name);
  writeFileSync(file, text);
  const program =
    kind === "nginx"
      ? new Program(nginx.path, [
          "-p",
          place,
          "-c",
          file,
          "-e",
          "stderr",
          "-g",
          `daemon off; master_process off; pid ${place}/pid;`,
        ])
      : new Program(haproxy.path, ["-db", "-f", file]);
  onTestFinished(() => program.kill());
  for (let tries = 0; tries < 500; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer?.status === 200) return port;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${kind} does not answer: ${program.stderr}`);
}

function temporary(place: string): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path ${place}/${kind};`)
    .join("\n");
}
