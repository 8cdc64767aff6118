import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const COMMANDS = [
  "all",
  "quick",
  "throughput",
  "memory",
  "latency",
  "scale",
  "parts",
  "guard",
] as const;
export type Command = (typeof COMMANDS)[number];

export const HELP = `Usage: npm run bench -- [command] [options]

Commands:
  all           throughput, memory, latency, scale and parts: about 80 minutes (the default)
  quick         the most telling scenarios against the floor and ws, on one Node: two minutes
  throughput    CPU time of the server for a message, a delivery, a connection
  memory        resident memory for a connection, with each setting of permessage-deflate
  latency       how long one connection waits while another keeps the server busy
  scale         how the cost of a message grows with connections, size and fragments; several processes
  parts         each pure package in process
  guard         fails when plyws costs more than it may, as a ratio to ws

Options:
  --servers <names>  only these, separated by commas: plyws, floor, ws, ws+bufferutil, websocket, bun, deno;
                     or such as plyws@26
  --only <words>     of quick and throughput: only the scenarios whose name contains these words
  --runs <n>         how often each server runs each scenario; the median counts
  --seconds <n>      how long a run is measured
  --connections <n>  of memory, latency and scale: how many at most
  --out <folder>     where results are written (default apps/bench/latest)
  --help             show this
`;

/** What was asked for. */
export interface Arguments {
  readonly command: Command;
  /** Empty for all. */
  readonly servers: readonly string[];
  readonly only: string;
  /** Null for the default of the command. */
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly connections: number | null;
  readonly out: string;
}

/**
 * Reads the arguments of the command line.
 *
 * @returns null when help was asked for
 * @throws Error when they make no sense
 */
export function readArguments(args: readonly string[]): Arguments | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      servers: { type: "string", default: "" },
      only: { type: "string", default: "" },
      runs: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string" },
      out: { type: "string", default: fileURLToPath(new URL("../latest", import.meta.url)) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const [word = "all", ...more] = positionals;
  const command = COMMANDS.find((name) => name === word);
  if (command === undefined || more.length > 0) {
    throw new Error(`There is no command "${positionals.join(" ")}": it is one of ${COMMANDS.join(", ")}`);
  }
  return {
    command,
    servers: values.servers.split(",").filter((name) => name !== ""),
    only: values.only,
    runs: readNumber("runs", values.runs, true),
    seconds: readNumber("seconds", values.seconds, false),
    connections: readNumber("connections", values.connections, true),
    out: values.out,
  };
}

function readNumber(name: string, value: string | undefined, whole: boolean): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (number > 0 && Number.isFinite(number) && (!whole || Number.isInteger(number))) return number;
  throw new Error(`--${name} is a ${whole ? "whole number" : "number"} above 0, not "${value}"`);
}
