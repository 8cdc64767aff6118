import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Counters } from "../chat/chat.ts";

/** What Prometheus is told. */
export class Metrics implements Counters {
  readonly #registry = new Registry();
  readonly #connections = new Gauge({
    name: "plyws_chat_connections",
    help: "Connections that are open",
    registers: [this.#registry],
  });
  readonly #requests = new Counter({
    name: "plyws_chat_requests_total",
    help: "Requests of clients, by their type",
    labelNames: ["type"],
    registers: [this.#registry],
  });
  readonly #errors = new Counter({
    name: "plyws_chat_errors_total",
    help: "Requests that were answered by an error, by its code",
    labelNames: ["code"],
    registers: [this.#registry],
  });
  readonly #storing = new Histogram({
    name: "plyws_chat_store_seconds",
    help: "How long it took until a message was stored",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
    registers: [this.#registry],
  });

  /** @param looks what is looked up when somebody asks: rooms with somebody in them, people who were too slow */
  constructor(looks: { readonly rooms: () => number; readonly slow: () => number }) {
    collectDefaultMetrics({ register: this.#registry });
    const gauge: Gauge = new Gauge({
      name: "plyws_chat_rooms",
      help: "Rooms that somebody is in",
      registers: [this.#registry],
      collect: (): void => gauge.set(looks.rooms()),
    });
    const slow: Gauge = new Gauge({
      name: "plyws_chat_slow_disconnected",
      help: "Connections that were closed because they took too little, since the start",
      registers: [this.#registry],
      collect: (): void => slow.set(looks.slow()),
    });
  }

  opened(): void {
    this.#connections.inc();
  }

  closed(): void {
    this.#connections.dec();
  }

  request(type: string): void {
    this.#requests.inc({ type });
  }

  failed(code: string): void {
    this.#errors.inc({ code });
  }

  /** @returns what is to be called when it is stored, or not */
  storing(): () => void {
    return this.#storing.startTimer();
  }

  get type(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
