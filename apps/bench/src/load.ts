import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { EchoCheck, Echoes } from "./echoes.ts";
import { encodeUpgrade, type PreparedLoad, prepareLoad } from "./frames.ts";
import { CONNECTIONS, type Scenario, type ServerName } from "./scenarios.ts";
import { ServerProcess } from "./server-process.ts";

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
  const child = await ServerProcess.start(server, scenario.compressed === true);
  try {
    const load = new Load(child.port, scenario);
    await delay(WARM_UP);
    const { cpu: before } = await child.usage();
    const received = load.received;
    const startedAt = performance.now();
    await delay(duration);
    const messages = load.received - received;
    const seconds = (performance.now() - startedAt) / 1000;
    const used = (await child.usage()).cpu - before;
    load.stop();
    if (load.error !== null) throw load.error;
    if (messages === 0) throw new Error(`${server} echoed nothing in "${scenario.name}"`);
    return { cpuPerMessage: used / messages, messagesPerSecond: messages / seconds };
  } finally {
    child.stop();
  }
}

/** Many connections that send a message for each that they get back. */
class Load {
  received = 0;
  /** What was wrong with an echo, on the connection that is checked. */
  error: Error | null = null;
  readonly #messages: readonly PreparedLoad[];
  readonly #sockets: Socket[] = [];

  constructor(port: number, scenario: Scenario) {
    this.#messages = prepareLoad(scenario);
    for (let count = 0; count < CONNECTIONS; count++) this.#open(port, scenario, count === 0);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param checked whether the content of the echoes is compared: one connection has to do for all */
  #open(port: number, { inFlight, compressed }: Scenario, checked: boolean): void {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#sockets.push(socket);
    const check = new EchoCheck(
      this.#messages.map(({ payload }) => payload),
      (error) => {
        this.error ??= error;
      },
    );
    const echoes = new Echoes(checked ? (firstOctet, payload) => check.receive(firstOctet, payload) : null);
    let next = 0;
    const send = (count: number): void => {
      const frames = Array.from(
        { length: count },
        () => this.#messages[next++ % this.#messages.length]!.frame,
      );
      socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
    };
    socket.write(encodeUpgrade(compressed === true));
    socket.once("data", (head: Buffer) => {
      // The answer to the handshake comes alone: nothing was sent yet that could be echoed.
      if ((compressed === true) !== head.includes("permessage-deflate")) {
        this.error ??= new Error("The server did not agree on permessage-deflate");
      }
      socket.on("data", (chunk: Buffer) => {
        const count = echoes.receive(chunk);
        this.received += count;
        if (count > 0) send(count);
      });
      send(inFlight);
    });
  }
}
