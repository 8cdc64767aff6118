import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Files in PEM form; null serves without TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Octets; null for no limit. */
  readonly maxMessageSize: number | null;
  /** Whether messages are compressed for the clients that offer it. */
  readonly compress: boolean;
  readonly quiet: boolean;
}

/** The outcome of reading the command line. */
export type Command =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string };

const MEBIBYTE = 2 ** 20;
const DEFAULTS = { host: "127.0.0.1", port: 9001 };
// A text of more octets than this may not fit into one string of the JavaScript engine.
const LARGEST_MESSAGE = 256 * MEBIBYTE;
const UNITS = new Map([
  ["", 1],
  ["b", 1],
  ["kib", 2 ** 10],
  ["mib", MEBIBYTE],
  ["gib", 2 ** 30],
]);

const FLAGS = {
  host: { type: "string" },
  port: { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "max-message-size": { type: "string" },
  compress: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

export const HELP = `An echo server for WebSocket, with a page to try it.

Usage: npm run echo -- [options]

  --host <name>              address to listen on              (default ${DEFAULTS.host})
  --port <number>            port, 0 for any free one          (default ${DEFAULTS.port})
  --tls-cert <file>          certificate in PEM form; serves https and wss together with --tls-key
  --tls-key <file>           private key in PEM form
  --max-message-size <size>  refuse larger messages (1009): octets, or 64KiB, 1MiB and the like
                             (default: any size; messages are sent back while they arrive)
  --compress                 compress messages for clients that offer it (permessage-deflate)
  -q, --quiet                no line for every connection
  -h, --help                 this text

Ctrl-C ends the server: connections are closed with code 1001 first. A second Ctrl-C ends it at once.
`;

/**
 * Reads the arguments that follow the program's name. Never throws: a mistake comes back as one line to print.
 *
 * @example
 * parseCommand(["--port", "9001"]); // { kind: "run", options: { port: 9001, … } }
 */
export function parseCommand(args: readonly string[]): Command {
  // Not strict: the checks below give the same short messages on every version of Node.
  const { tokens, values } = parseArgs({
    args: [...args],
    options: FLAGS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") return mistake(`Unexpected argument "${token.value}".`);
    if (token.kind !== "option") continue;
    if (!isFlag(token.name)) return mistake(`Unknown option ${token.rawName}.`);
    const flag = FLAGS[token.name];
    if (flag.type === "string" && !token.value) return mistake(`${token.rawName} needs a value.`);
    if (flag.type === "boolean" && token.value !== undefined) {
      return mistake(`${token.rawName} takes no value.`);
    }
  }
  if (values.help === true) return { kind: "help" };

  // After the checks above a string option is a string that is not empty, or absent.
  const given = (name: keyof typeof FLAGS): string | null => {
    const value = values[name];
    return typeof value === "string" ? value : null;
  };
  const port = readPort(given("port"));
  if (port === null) return mistake(`--port takes a number from 0 to 65535, not "${given("port")}".`);
  const size = given("max-message-size");
  const maxMessageSize = size === null ? null : readSize(size);
  if (Number.isNaN(maxMessageSize)) {
    return mistake(
      `--max-message-size takes octets from 1 to 256MiB, such as 65536, 64KiB or 1MiB, not "${size}".`,
    );
  }
  const cert = given("tls-cert");
  const key = given("tls-key");
  if ((cert === null) !== (key === null)) {
    return mistake(
      `--tls-cert and --tls-key belong together: ${cert === null ? "--tls-cert" : "--tls-key"} is missing.`,
    );
  }
  return {
    kind: "run",
    options: {
      host: given("host") ?? DEFAULTS.host,
      port,
      tls: cert !== null && key !== null ? { cert, key } : null,
      maxMessageSize,
      compress: values.compress === true,
      quiet: values.quiet === true,
    },
  };
}

function isFlag(name: string): name is keyof typeof FLAGS {
  return Object.hasOwn(FLAGS, name);
}

function mistake(message: string): Command {
  return { kind: "mistake", message };
}

function readPort(text: string | null): number | null {
  if (text === null) return DEFAULTS.port;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65535 ? port : null;
}

/** Octets; NaN when the text says no possible size. */
function readSize(text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,15}) ?([a-z]*)$/i.exec(text) ?? [];
  const size = Number(amount) * (UNITS.get(unit.toLowerCase()) ?? Number.NaN);
  return size >= 1 && size <= LARGEST_MESSAGE ? size : Number.NaN;
}
