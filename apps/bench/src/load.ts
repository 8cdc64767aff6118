import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { encodeClientFrame, serverFrameSize, UPGRADE } from "./frames.ts";
import { CONNECTIONS, type Scenario, type ServerName } from "./scenarios.ts";

const WARM_UP = 700;

/** What one run has shown. */
export interface Measurement {
  /** CPU time of the server for one message, user and system, in microseconds. */
  readonly cpuPerMessage: number;
  readonly messagesPerSecond: number;
}

/**
 * Runs one scenario against a fresh server process.
 *
 * @param duration in milliseconds, after a warm-up
 */
export async function measure(
  server: ServerName,
  scenario: Scenario,
  duration: number,
): Promise<Measurement> {
  const child = fork(fileURLToPath(new URL("echo-server.ts", import.meta.url)), [server]);
  try {
    const [url] = await once(child, "message");
    const load = new Load(Number(new URL(String(url)).port), scenario);
    await delay(WARM_UP);
    const before = await cpuOf(child);
    const received = load.received;
    const startedAt = performance.now();
    await delay(duration);
    const messages = load.received - received;
    const seconds = (performance.now() - startedAt) / 1000;
    const used = (await cpuOf(child)) - before;
    load.stop();
    if (messages === 0) throw new Error(`${server} echoed nothing in "${scenario.name}"`);
    return { cpuPerMessage: used / messages, messagesPerSecond: messages / seconds };
  } finally {
    child.kill("SIGKILL");
  }
}

/** Many connections that send whatever they have got back again. */
class Load {
  received = 0;
  readonly #sockets: Socket[] = [];

  constructor(port: number, scenario: Scenario) {
    const frame = encodeClientFrame(scenario.size, scenario.text);
    const batch = Buffer.concat(Array<Buffer>(scenario.inFlight).fill(frame));
    const echoSize = serverFrameSize(scenario.size);
    for (let count = 0; count < CONNECTIONS; count++) {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      this.#sockets.push(socket);
      socket.write(UPGRADE);
      socket.once("data", () => {
        // The answer to the handshake comes alone: nothing was sent yet that could be echoed.
        let rest = 0;
        socket.on("data", (chunk) => {
          rest += chunk.length;
          const echoes = Math.floor(rest / echoSize);
          rest -= echoes * echoSize;
          this.received += echoes;
          if (echoes > 0) socket.write(batch.subarray(0, echoes * frame.length));
        });
        socket.write(batch);
      });
    }
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [usage] = await once(child, "message");
  return Number(usage.user) + Number(usage.system);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
