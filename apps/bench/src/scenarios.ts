import type { BroadcastPlan, EchoPlan, HandshakePlan, LoadPlan, MessagePlan } from "./plans.ts";

/** One kind of load, and what is counted in it. */
export interface Scenario {
  readonly name: string;
  /** Scenarios of one group are compared in one chart. */
  readonly group: string;
  readonly unit: "message" | "delivery" | "connection";
  /** Whether it is part of the quick run. */
  readonly quick: boolean;
  readonly load: EchoPlan | BroadcastPlan | HandshakePlan;
}

const CONNECTIONS = 64;
const RECEIVERS = 1000;

/** A message in one frame. */
export function message(size: number, change: Partial<MessagePlan> = {}): MessagePlan {
  return { size, text: false, compressed: false, fragments: 1, echoed: true, ...change };
}

/** Connections that echo, one message in flight on each. */
export function echo(what: MessagePlan, change: Partial<EchoPlan> = {}): EchoPlan {
  return { kind: "echo", connections: CONNECTIONS, inFlight: 1, bursts: false, message: what, ...change };
}

/** One connection that sends binary messages to many. */
export function broadcast(receivers: number, times: number, size = 100): BroadcastPlan {
  return { kind: "broadcast", receivers, times, inFlight: 2, message: message(size) };
}

const text = message(20, { text: true });

function json(size: number): MessagePlan {
  return message(size, { text: true, compressed: true });
}

function echoes(group: string, quick: boolean, name: string, load: EchoPlan): Scenario {
  return { name: `${group}, ${name}`, group, unit: "message", quick, load };
}

function broadcasts(name: string, quick: boolean, times: number): Scenario {
  return { name, group: "broadcast", unit: "delivery", quick, load: broadcast(RECEIVERS, times) };
}

function handshakes(name: string, quick: boolean, closing: boolean): Scenario {
  const load: HandshakePlan = { kind: "handshakes", atOnce: CONNECTIONS, closing };
  return { name, group: "handshake", unit: "connection", quick, load };
}

const pipelined: Partial<EchoPlan> = { inFlight: 32 };

export const SCENARIOS: readonly Scenario[] = [
  echoes("ping-pong", true, "20 B text", echo(text)),
  echoes("ping-pong", false, "125 B", echo(message(125))),
  echoes("ping-pong", true, "1 KiB", echo(message(1024))),
  echoes("ping-pong", true, "16 KiB", echo(message(16_384))),
  echoes("ping-pong", false, "64 KiB", echo(message(65_536))),
  echoes("ping-pong", false, "1 MiB", echo(message(1_048_576))),
  echoes("ping-pong", false, "20 B text, 1000 connections", echo(text, { connections: 1000 })),
  echoes("pipelined", true, "20 B text", echo(text, pipelined)),
  echoes("pipelined", false, "125 B", echo(message(125), pipelined)),
  echoes("pipelined", true, "1 KiB", echo(message(1024), pipelined)),
  echoes("pipelined", false, "16 KiB", echo(message(16_384), pipelined)),
  broadcasts("broadcast, one message to 1000", true, 1),
  broadcasts("broadcast, ten messages in a tick to 1000", false, 10),
  handshakes("handshake, then a bare FIN", true, false),
  handshakes("handshake and closing handshake", false, true),
  echoes("compressed", false, "64 B of JSON", echo(json(64))),
  echoes("compressed", true, "1 KiB of JSON", echo(json(1024))),
  echoes("compressed", false, "16 KiB of JSON", echo(json(16_384))),
];

/** Whether the messages of a load are compressed. */
export function isCompressed(load: LoadPlan): boolean {
  return load.kind === "idle" ? load.compressed : load.kind !== "handshakes" && load.message.compressed;
}
