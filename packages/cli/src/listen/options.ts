import { Arguments } from "../shared/arguments.ts";
import { Mistake } from "../shared/exit.ts";

const FLAGS = {
  port: { type: "string", short: "p" },
  host: { type: "string" },
  broadcast: { type: "boolean" },
  exec: { type: "boolean" },
  binary: { type: "boolean", short: "b" },
  subprotocol: { type: "string", multiple: true, short: "s" },
  origin: { type: "string", multiple: true, short: "o" },
  compress: { type: "boolean" },
  "max-connections": { type: "string" },
  "max-message-size": { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
} as const;

const DEFAULTS = { port: 9001, host: "127.0.0.1", maxConnections: 100 };

export const LISTEN_HELP = `A server: it echoes every message, or does what an option says.

Usage: plyws listen [options]
       plyws listen --exec [options] -- <program> [arguments]

  -p, --port <number>         0 for any free one                                    (default ${DEFAULTS.port})
  --host <name>               the address to listen on                              (default ${DEFAULTS.host})
  --broadcast                 every message goes to all other connections; one that is too slow is closed with 1013
  --exec                      runs the program for every connection: messages are the lines that it reads and writes
  -b, --binary                with --exec: octets instead of lines; what the program writes becomes binary messages

  -o, --origin <origin>       lets in browser pages of this origin, such as http://localhost:3000; may be repeated, or
                              "any". Without it no page is let in; programs, which send no Origin, always are
  -s, --subprotocol <name>    a subprotocol that is spoken; may be repeated, the best first
  --compress                  compresses messages for clients that offer it (permessage-deflate)
  --max-connections <number>  more of them get 503                                  (default ${DEFAULTS.maxConnections})
  --max-message-size <size>   larger messages fail the connection (1009)            (default 1MiB)
  --json                      a line of JSON for every event
  -q, --quiet                 no line for every connection

The program is not run by a shell. Its environment is that of CGI: REMOTE_ADDR, REQUEST_URI, PATH_INFO, QUERY_STRING,
HTTP_… for every header field, and SUBPROTOCOL for what was agreed on. When the connection closes, its input ends;
half a second later it gets SIGTERM, and two seconds after that SIGKILL. When it ends, the connection is closed: with
1000, or 1011 if it failed. Its standard error is that of this command.
`;

export interface ListenCommand {
  readonly port: number;
  readonly host: string;
  readonly broadcast: boolean;
  /** The program and its arguments; null for none. */
  readonly program: readonly string[] | null;
  readonly binary: boolean;
  /** Pages that are let in: origins, or "any". */
  readonly origins: readonly string[];
  readonly subprotocols: readonly string[];
  readonly compress: boolean;
  readonly maxConnections: number;
  readonly maxMessageSize: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws Mistake when it cannot be understood */
export function readListen(args: readonly string[]): ListenCommand {
  const given = new Arguments(args, FLAGS);
  const exec = given.has("exec");
  given.none({ program: exec });
  if (exec && given.has("broadcast")) throw new Mistake("Use either --exec or --broadcast.");
  if (exec && (given.program ?? []).length === 0) {
    throw new Mistake("--exec needs a program behind --, such as: plyws listen --exec -- cat");
  }
  if (given.has("binary") && !exec) throw new Mistake("--binary is for --exec.");
  const subprotocols = given.list("subprotocol");
  // RFC 6455 section 11.3.4: a subprotocol is a token (RFC 9110 section 5.6.2).
  const odd = subprotocols.find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name));
  if (odd !== undefined) throw new Mistake(`--subprotocol takes a name without spaces, not "${odd}".`);
  return {
    port: given.whole("port", 0, 65_535) ?? DEFAULTS.port,
    host: given.text("host") ?? DEFAULTS.host,
    broadcast: given.has("broadcast"),
    program: exec ? given.program : null,
    binary: given.has("binary"),
    origins: given.list("origin"),
    subprotocols,
    compress: given.has("compress"),
    maxConnections: given.whole("max-connections", 1, 1e6) ?? DEFAULTS.maxConnections,
    maxMessageSize: given.size("max-message-size"),
    json: given.has("json"),
    quiet: given.has("quiet"),
  };
}
