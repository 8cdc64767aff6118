import type { Socket } from "node:net";
import type { IdlePlan, MessagePlan } from "../plans.ts";
import { encodeMessage, makePayload } from "../wire/frames.ts";
import { FrameScan } from "../wire/scan.ts";
import { inGroups, openConnection, type Reader } from "./open.ts";

/** Connections that are held open, and used when that is asked for. */
export class IdleLoad {
  readonly #port: number;
  readonly #plan: IdlePlan;
  #connections: IdleConnection[] = [];

  constructor(port: number, plan: IdlePlan) {
    this.#port = port;
    this.#plan = plan;
  }

  get count(): number {
    return this.#connections.length;
  }

  /** Opens so many more. */
  async open(count: number): Promise<void> {
    await inGroups(count, async () => {
      const connection = new IdleConnection();
      connection.socket = await openConnection(this.#port, this.#plan.compressed, connection);
      this.#connections.push(connection);
    });
  }

  /** Lets every connection echo so many messages, one after another. */
  async use(message: MessagePlan, times: number): Promise<void> {
    const messages = Array.from({ length: times }, (_, seed) =>
      encodeMessage(message, makePayload(message, seed)),
    );
    await inGroups(this.count, (index) => this.#connections[index]!.use(messages));
  }

  /** Sends the first fragment of a message on every connection, and nothing after it. */
  begin(message: MessagePlan): void {
    const fragment = encodeMessage(message, makePayload(message, 0));
    // Without FIN.
    fragment[0]! &= 0x7f;
    for (const { socket } of this.#connections) socket?.write(fragment);
  }

  drop(): void {
    for (const { socket } of this.#connections) socket?.destroy();
    this.#connections = [];
  }
}

class IdleConnection implements Reader {
  socket: Socket | null = null;
  readonly #scan = new FrameScan();
  #settle: ((error: Error | null) => void) | null = null;

  receive(chunk: Buffer): void {
    if (this.#scan.receive(chunk) > 0) this.#settle?.(null);
  }

  closed(error: Error | null): void {
    this.#settle?.(error ?? new Error("The server closed a connection"));
  }

  async use(messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => {
        this.#settle = (error) => (error === null ? resolve() : reject(error));
        this.socket?.write(message);
      });
    }
    this.#settle = null;
  }
}
