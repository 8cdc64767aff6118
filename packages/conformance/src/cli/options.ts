import { parseArgs } from "node:util";
import type { Selection } from "../cases/select.ts";

/** What runs have in common. */
export interface Settings extends Selection {
  /** Milliseconds; undefined for the default. */
  readonly timeout: number | undefined;
  readonly full: boolean;
  readonly agent: string | undefined;
  /** The folder for reports; null for none. */
  readonly report: string | null;
  readonly baseline: string | null;
  readonly writeBaseline: string | null;
  /** Whether NON-STRICT and UNIMPLEMENTED count as failures. */
  readonly strict: boolean;
}

export interface ServerCommand extends Settings {
  readonly kind: "server";
  readonly url: string;
  readonly concurrency: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly insecure: boolean;
}

export interface ClientCommand extends Settings {
  readonly kind: "client";
  readonly port: number;
  readonly host: string;
  /** Goes on after the first client has reported. */
  readonly keep: boolean;
  /** A program to start as the client, with its arguments; empty for none. */
  readonly program: readonly string[];
}

/** The outcome of reading the command line. */
export type Command =
  | ServerCommand
  | ClientCommand
  | ({ readonly kind: "list" } & Selection)
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string };

const PORT = 9001;
const FOLDER = "conformance-report";

const FLAGS = {
  cases: { type: "string", multiple: true },
  exclude: { type: "string", multiple: true },
  timeout: { type: "string" },
  full: { type: "boolean" },
  agent: { type: "string" },
  report: { type: "string" },
  "no-report": { type: "boolean" },
  baseline: { type: "string" },
  "write-baseline": { type: "string" },
  strict: { type: "boolean" },
  concurrency: { type: "string" },
  header: { type: "string", multiple: true },
  insecure: { type: "boolean" },
  port: { type: "string" },
  host: { type: "string" },
  keep: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const HELP = `Judges WebSocket servers and clients, rule by rule.

Usage:
  plyws-conformance server <ws://host:port/path> [options]    the endpoint echoes every message
  plyws-conformance client [options] [-- program arguments…]  clients connect here; a program is started as one
  plyws-conformance list [--cases …] [--exclude …]            ids, rules and titles of the cases

Which cases
  --cases <ids>             only these: "6.4.1", "6" or "6.*" for a whole section, several by commas
  --exclude <ids>           all but these
  --full                    series of 1000 compressed messages in full, not only 2 MiB of them
  --timeout <ms>            how long the peer may take for what it has to do     (default 2000)

Server
  --concurrency <number>    how many cases run at once                           (default 8)
  --header "Name: value"    a further header field of every request
  --insecure                takes certificates that nobody vouches for
  --agent <name>            what the report calls the server

Client
  --port <number>           (default ${PORT}; 0 for any free one)
  --host <name>             the address to listen on                             (default 127.0.0.1)
  --keep                    goes on after the first client has reported
  The program after -- finds the address in PLYWS_CONFORMANCE_URL. A browser that opens http://host:port/ is a client too.

Result
  --report <folder>         index.html, index.json, junit.xml and all cases      (default ${FOLDER})
  --no-report               nothing is written
  --baseline <file>         fails only on what is worse than in this file
  --write-baseline <file>   writes that file
  --strict                  NON-STRICT and UNIMPLEMENTED fail too

Exit codes: 0 as it should be, 1 failures, 2 a mistake in the command, 3 no connection.
`;

/**
 * Reads the arguments that follow the program's name. Never throws: a mistake comes back as one line to print.
 *
 * @example
 * parseCommand(["server", "ws://127.0.0.1:9001", "--cases", "6.*"]); // { kind: "server", … }
 */
export function parseCommand(args: readonly string[]): Command {
  const separator = args.indexOf("--");
  const own = separator === -1 ? args : args.slice(0, separator);
  const program = separator === -1 ? [] : args.slice(separator + 1);
  let parsed: ReturnType<typeof parseOwn>;
  try {
    parsed = parseOwn(own);
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [kind, ...rest] = positionals;
  if (values.help || kind === undefined) return { kind: "help" };
  const selection = { cases: values.cases, exclude: values.exclude };
  const timeout = numberOf(values.timeout);
  if (Number.isNaN(timeout)) return mistake(`--timeout takes milliseconds, not "${values.timeout}".`);
  const settings: Settings = {
    ...selection,
    timeout,
    full: values.full ?? false,
    agent: values.agent,
    report: values["no-report"] ? null : (values.report ?? FOLDER),
    baseline: values.baseline ?? null,
    writeBaseline: values["write-baseline"] ?? null,
    strict: values.strict ?? false,
  };
  if (kind === "list") return rest.length > 0 ? unexpected(rest[0]) : { kind, ...selection };
  if (kind === "server") {
    const [url, ...more] = rest;
    if (url === undefined) return mistake("server needs a URL, such as ws://127.0.0.1:9001.");
    if (more.length > 0) return unexpected(more[0]);
    const concurrency = numberOf(values.concurrency);
    if (Number.isNaN(concurrency))
      return mistake(`--concurrency takes a number, not "${values.concurrency}".`);
    const headers = headersOf(values.header ?? []);
    if (headers === null) return mistake('--header takes "Name: value".');
    return { kind, ...settings, url, concurrency, headers, insecure: values.insecure ?? false };
  }
  if (kind === "client") {
    if (rest.length > 0) return unexpected(rest[0]);
    const port = numberOf(values.port) ?? PORT;
    if (!(port <= 65_535)) return mistake(`--port takes a number from 0 to 65535, not "${values.port}".`);
    return { kind, ...settings, port, host: values.host ?? "127.0.0.1", keep: values.keep ?? false, program };
  }
  return mistake(`Unknown command "${kind}": it is server, client or list.`);
}

const parseOwn = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });

function mistake(message: string): Command {
  return { kind: "mistake", message };
}

const unexpected = (argument = ""): Command => mistake(`Unexpected argument "${argument}".`);

/** Undefined when absent, NaN when it is no whole number. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function headersOf(fields: readonly string[]): Record<string, string> | null {
  const entries = fields.map((field) => /^([^\s:]+):\s*(.*)$/.exec(field));
  if (entries.includes(null)) return null;
  return Object.fromEntries(entries.map((entry) => [entry?.[1] ?? "", entry?.[2] ?? ""]));
}
