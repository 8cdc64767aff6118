import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServerName } from "./scenarios.ts";

/** What a server has used: CPU time in microseconds, user and system; resident memory in octets. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
}

/** An echo server in a process of its own. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /** @param deflate the settings of permessage-deflate, in the names that the server knows */
  static async start(server: ServerName, deflate: boolean | object): Promise<ServerProcess> {
    const path = fileURLToPath(new URL("echo-server.ts", import.meta.url));
    const child = fork(path, [server, JSON.stringify(deflate)]);
    const [url] = await once(child, "message");
    return new ServerProcess(Number(new URL(String(url)).port), child);
  }

  async usage(): Promise<Usage> {
    this.#child.send("usage");
    const [usage] = await once(this.#child, "message");
    return usage;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}
