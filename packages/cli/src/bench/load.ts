import { setMaxListeners } from "node:events";
import type { WebSocketConnection } from "@plyws/node";
import { openConnection, type Target } from "../shared/client.ts";
import { describeClose } from "../shared/explain.ts";
import { Histogram } from "./histogram.ts";
import { Lane, messageOf } from "./lane.ts";
import type { Load } from "./options.ts";

/** How many connections are opened at the same time. */
const OPENING = 50;
/** How often it is looked whether messages are due, in milliseconds. */
const TICK = 1;
/** How many kinds of errors are told apart. */
const MAX_ERRORS = 10;

/** What came of a load. */
export interface Result {
  readonly sent: number;
  /** How many echoes came as they should. */
  readonly echoed: number;
  readonly wrong: number;
  /** How many did not come at all. */
  readonly missing: number;
  /** From the first message to the last echo, in milliseconds. */
  readonly elapsed: number;
  readonly latency: Histogram;
  /** What went wrong, and how often. */
  readonly errors: ReadonlyMap<string, number>;
}

/** Puts a load on a server. @throws Failure when it cannot be connected to */
export async function runLoad(target: Target, load: Load, signal: AbortSignal): Promise<Result> {
  const run = new Run(load);
  // Every opening handshake listens to it.
  setMaxListeners(OPENING + 10, signal);
  try {
    for (let open = 0; open < load.connections; open += OPENING) {
      const count = Math.min(OPENING, load.connections - open);
      await Promise.all(Array.from({ length: count }, () => run.open(target, signal)));
    }
    return await run.measure(signal);
  } finally {
    await run.close();
  }
}

class Run {
  readonly #load: Load;
  readonly #lanes: Lane[] = [];
  readonly #latency = new Histogram();
  readonly #errors = new Map<string, number>();
  #sent = 0;
  #wrong = 0;
  /** How many messages were in flight on connections that have ended. */
  #lost = 0;
  #open = 0;
  #begin = 0;
  #lastEcho = 0;
  /** When an echo came, or the first message after a while was sent. */
  #lastChange = 0;
  /** Whether nothing more is to be sent. */
  #stopped = true;
  #settle: () => void = () => {};

  constructor(load: Load) {
    this.#load = load;
  }

  async open(target: Target, signal: AbortSignal): Promise<void> {
    let lane: Lane | null = null;
    const socket: WebSocketConnection = await openConnection(target, signal, {
      message: (_, data) => {
        lane?.receive(data);
        if (lane !== null && this.#load.rate === null) this.#fill(lane);
      },
      close: (_, record) => {
        if (record.initiator === "remote" || record.error !== null) {
          this.#fail(describeClose(record));
        }
        this.#open--;
        this.#lost += lane?.inFlight ?? 0;
        this.#look();
      },
    });
    this.#open++;
    lane = new Lane(socket, { echo: (latency) => this.#echo(latency) });
    this.#lanes.push(lane);
  }

  async measure(signal: AbortSignal): Promise<Result> {
    const { until, rate, stall } = this.#load;
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    const stop = (): void => {
      this.#stopped = true;
      this.#look();
    };
    this.#stopped = false;
    this.#begin = performance.now();
    this.#lastEcho = this.#begin;
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const end = "duration" in until ? setTimeout(stop, until.duration) : undefined;
    const watch = setInterval(() => {
      if (performance.now() - this.#lastChange < stall || this.#inFlight === 0) return;
      this.#fail(`No echo came for ${stall} ms: does the server send messages back?`);
      this.#stopped = true;
      this.#settle();
    }, 100);
    const pace = rate === null ? undefined : setInterval(() => this.#sendDue(rate), TICK);
    if (rate === null) for (const lane of this.#lanes) this.#fill(lane);
    this.#look();
    await settled;
    for (const timer of [end, watch, pace]) clearInterval(timer);
    signal.removeEventListener("abort", stop);
    return this.#result();
  }

  async close(): Promise<void> {
    for (const { socket } of this.#lanes) socket.close();
    await Promise.all(this.#lanes.map(({ socket }) => socket.closed));
  }

  get #inFlight(): number {
    return this.#sent - this.#latency.count - this.#wrong - this.#lost;
  }

  get #isDone(): boolean {
    const { until } = this.#load;
    return this.#stopped || ("messages" in until && this.#sent >= until.messages);
  }

  /** Sends as much as may be in flight. */
  #fill(lane: Lane): void {
    while (!this.#isDone && lane.inFlight < this.#load.inFlight && lane.socket.state === "open") {
      this.#send(lane, performance.now());
    }
  }

  /** Sends what is due by now, as far as it may be in flight. */
  #sendDue(rate: number): void {
    const due = 1 + Math.floor(((performance.now() - this.#begin) * rate) / 1000);
    while (!this.#isDone && this.#sent < due) {
      const lane = this.#freeLane();
      if (lane === undefined) return;
      // A message that could not be sent in time has been waiting since then.
      this.#send(lane, this.#begin + (this.#sent * 1000) / rate);
    }
  }

  #freeLane(): Lane | undefined {
    const { length } = this.#lanes;
    for (let step = 0; step < length; step++) {
      const lane = this.#lanes[(this.#sent + step) % length];
      if (lane !== undefined && lane.socket.state === "open" && lane.inFlight < this.#load.inFlight)
        return lane;
    }
    return undefined;
  }

  #send(lane: Lane, since: number): void {
    const { size, binary } = this.#load;
    if (this.#inFlight === 0) this.#lastChange = performance.now();
    lane.send(messageOf(this.#sent++, size, binary), since);
  }

  #echo(latency: number | null): void {
    this.#lastEcho = performance.now();
    this.#lastChange = this.#lastEcho;
    if (latency === null) {
      this.#wrong++;
      this.#fail("An echo is not what was sent");
    } else this.#latency.add(latency);
    this.#look();
  }

  /** Is it over? */
  #look(): void {
    if (this.#open === 0 || (this.#isDone && this.#inFlight === 0)) this.#settle();
  }

  #fail(text: string): void {
    const key = this.#errors.size < MAX_ERRORS || this.#errors.has(text) ? text : "Other errors";
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  #result(): Result {
    const echoed = this.#latency.count;
    return {
      sent: this.#sent,
      echoed,
      wrong: this.#wrong,
      missing: this.#sent - echoed - this.#wrong,
      elapsed: this.#lastEcho - this.#begin,
      latency: this.#latency,
      errors: this.#errors,
    };
  }
}
