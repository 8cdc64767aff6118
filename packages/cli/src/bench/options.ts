import { type Arguments, MAX_TIME } from "../shared/arguments.ts";
import { CLIENT_FLAGS, CLIENT_HELP } from "../shared/client.ts";
import { Mistake } from "../shared/exit.ts";

export const BENCH_FLAGS = {
  ...CLIENT_FLAGS,
  connections: { type: "string", short: "c" },
  messages: { type: "string", short: "n" },
  duration: { type: "string", short: "d" },
  size: { type: "string" },
  rate: { type: "string", short: "r" },
  "in-flight": { type: "string" },
  binary: { type: "boolean", short: "b" },
  json: { type: "boolean" },
} as const;

const DEFAULTS = { connections: 10, messages: 10_000, size: 32, inFlight: 1 };
const STALL = 10_000;

export const BENCH_HELP = `A small load: sends messages to a server that echoes them, checks every echo, and measures.

Usage: plyws bench <url> [options]

  -c, --connections <number>  how many connections                                  (default ${DEFAULTS.connections})
  -n, --messages <number>     how many messages, on all connections together        (default ${DEFAULTS.messages})
  -d, --duration <ms>         as many messages as go in this time, instead of a number
  --size <size>               octets of each message, such as 1KiB                  (default ${DEFAULTS.size})
  --in-flight <number>        how many messages wait for their echo on a connection (default ${DEFAULTS.inFlight})
  -r, --rate <number>         how many messages are due in a second, on all connections together; their latency counts
                              from when they are due   (default: the next one is due when an echo has come)
  -b, --binary                binary messages
  --json                      the result as one line of JSON

${CLIENT_HELP}
It gives up when no echo comes for as long as --timeout. This process is part of what is measured: it has one thread.
Exit codes: 0 all echoes are right, 3 some are wrong or missing.
`;

/** What is asked of a server. */
export interface Load {
  readonly connections: number;
  /** How many messages are sent, or for how many milliseconds. */
  readonly until: { readonly messages: number } | { readonly duration: number };
  /** Octets of a message. */
  readonly size: number;
  readonly inFlight: number;
  /** Messages per second; null: as fast as echoes come. */
  readonly rate: number | null;
  readonly binary: boolean;
  /** How long no echo may come before the rest are given up, in milliseconds. */
  readonly stall: number;
}

/** @throws Mistake when it cannot be understood */
export function readLoad(given: Arguments<keyof typeof BENCH_FLAGS>): Load {
  const duration = given.whole("duration", 1, MAX_TIME);
  const messages = given.whole("messages", 1, 1e9);
  if (duration !== undefined && messages !== undefined)
    throw new Mistake("Use either --messages or --duration.");
  return {
    connections: given.whole("connections", 1, 10_000) ?? DEFAULTS.connections,
    until: duration === undefined ? { messages: messages ?? DEFAULTS.messages } : { duration },
    size: given.size("size", 0) ?? DEFAULTS.size,
    inFlight: given.whole("in-flight", 1, 10_000) ?? DEFAULTS.inFlight,
    rate: given.whole("rate", 1, 1_000_000) ?? null,
    binary: given.has("binary"),
    stall: given.whole("timeout", 1, MAX_TIME) ?? STALL,
  };
}
