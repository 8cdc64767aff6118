import { parseArgs } from "node:util";

/** What the command line and the environment ask for. */
export interface Options {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** The folder of the database and of files. */
  readonly data: string;
  /** Where to keep everything instead, for several processes. */
  readonly redis: string | null;
  /** The secret of signed tokens; null lets guests in. */
  readonly authSecret: string | null;
  /** Origins of pages that may connect; none: those of the host that was asked. */
  readonly origins: readonly string[];
  /** Whether X-Forwarded-For tells the address. */
  readonly trustProxy: boolean;
  /** Octets. */
  readonly maxFileSize: number;
  /** Octets of all files together. */
  readonly maxFiles: number;
  readonly maxRooms: number;
  /** Requests per second of one connection; 0: no limit. */
  readonly rate: number;
  /** Requests per second of one address; 0: no limit. */
  readonly addressRate: number;
  /** Connections of one address; 0: no limit. */
  readonly addressConnections: number;
  readonly logLevel: string;
}

/** The outcome of reading the command line. */
export type Command =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string };

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
const LARGEST_FILE = 512 * MEBIBYTE;
const MOST_FILES = 2 ** 20 * GIBIBYTE;
const LEVELS = ["trace", "debug", "info", "warn", "error", "silent"];
const UNITS = new Map([
  ["", 1],
  ["b", 1],
  ["kib", 2 ** 10],
  ["mib", MEBIBYTE],
  ["gib", GIBIBYTE],
]);

const FLAGS = {
  host: { type: "string" },
  port: { type: "string" },
  data: { type: "string" },
  redis: { type: "string" },
  "auth-secret": { type: "string" },
  origin: { type: "string", multiple: true },
  "trust-proxy": { type: "boolean" },
  "max-file-size": { type: "string" },
  "max-files": { type: "string" },
  "max-rooms": { type: "string" },
  rate: { type: "string" },
  "address-rate": { type: "string" },
  "address-connections": { type: "string" },
  "log-level": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type Flag = keyof typeof FLAGS;

export const HELP = `A chat that keeps its messages, with a page.

Usage: npm run chat -- [options]

  --host <name>              address to listen on                          (default 127.0.0.1)
  --port <number>            port, 0 for any free one                      (default 9002)
  --data <folder>            where messages and files are kept             (default plyws-chat)
  --redis <url>              keep everything in Redis or Valkey instead, for several servers:
                             redis://host:6379
  --auth-secret <secret>     let in only people with a token (JWT, HS256) signed with it,
                             32 characters or more; better given by the environment
  --origin <origin>          let in pages of this origin, such as https://example.com, instead of
                             those of the host that was asked; may be given again
  --trust-proxy              take the address of a client from X-Forwarded-For
  --max-file-size <size>     octets, or 512KiB, 10MiB and the like         (default 10MiB)
  --max-files <size>         of all files together                         (default 4GiB)
  --max-rooms <number>       rooms of the whole server                     (default 1000)
  --rate <number>            requests per second of one connection         (default 20)
  --address-rate <number>    requests per second of one address            (default 200)
  --address-connections <n>  connections of one address                    (default 100)
  --log-level <level>        ${LEVELS.join(", ")}      (default info)
  -h, --help                 this text

A limit of 0 is none. Every option can be given by the environment: PLYWS_CHAT_PORT for --port,
PLYWS_CHAT_AUTH_SECRET for --auth-secret, and so on; several origins with spaces between them.

Ctrl-C ends the server: clients are told to reconnect first. A second Ctrl-C ends it at once.
`;

class Mistake extends Error {}

/**
 * Reads the arguments that follow the program's name, and the environment for what they leave out. Never throws: a
 * mistake comes back as one line to print.
 */
export function parseCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  try {
    return parse(args, env);
  } catch (error) {
    if (error instanceof Mistake) return { kind: "mistake", message: error.message };
    throw error;
  }
}

function parse(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  // Not strict: the checks below give the same short messages on every version of Node.
  const { tokens, values } = parseArgs({
    args: [...args],
    options: FLAGS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") throw new Mistake(`Unexpected argument "${token.value}".`);
    if (token.kind !== "option") continue;
    if (!isFlag(token.name)) throw new Mistake(`Unknown option ${token.rawName}.`);
    const { type } = FLAGS[token.name];
    if (type === "string" && !token.value) throw new Mistake(`${token.rawName} needs a value.`);
    if (type === "boolean" && token.value !== undefined) {
      throw new Mistake(`${token.rawName} takes no value.`);
    }
  }
  if (values.help === true) return { kind: "help" };

  const text = (flag: Flag): string | null => {
    const given = values[flag];
    if (typeof given === "string") return given;
    return env[`PLYWS_CHAT_${flag.replaceAll("-", "_").toUpperCase()}`] || null;
  };
  const whole = (flag: Flag, byDefault: number, max = 1_000_000): number => {
    const given = text(flag);
    const value = given === null ? byDefault : /^\d{1,7}$/.test(given) ? Number(given) : Number.NaN;
    if (value <= max) return value;
    throw new Mistake(`--${flag} takes a number from 0 to ${max}, not "${given}".`);
  };
  const size = (flag: Flag, byDefault: number, max: number): number => {
    const given = text(flag);
    if (given === null) return byDefault;
    const [, amount = "", unit = ""] = /^(\d{1,12}) ?([a-z]*)$/i.exec(given) ?? [];
    const octets = Number(amount) * (UNITS.get(unit.toLowerCase()) ?? Number.NaN);
    if (octets >= 1 && octets <= max) return octets;
    throw new Mistake(
      `--${flag} takes octets from 1 to ${max / MEBIBYTE}MiB, such as 65536, 64KiB or 10MiB, not "${given}".`,
    );
  };
  const listed = values.origin;
  const origins = Array.isArray(listed) ? listed.map(String) : (text("origin")?.split(/\s+/) ?? []);
  return {
    kind: "run",
    options: {
      host: text("host") ?? "127.0.0.1",
      port: whole("port", 9002, 65_535),
      data: text("data") ?? "plyws-chat",
      redis: readRedis(text("redis")),
      authSecret: readSecret(text("auth-secret")),
      origins: origins.map(readOrigin),
      trustProxy: values["trust-proxy"] === true || /^(1|true)$/.test(text("trust-proxy") ?? ""),
      maxFileSize: size("max-file-size", 10 * MEBIBYTE, LARGEST_FILE),
      maxFiles: size("max-files", 4 * GIBIBYTE, MOST_FILES),
      maxRooms: whole("max-rooms", 1000),
      rate: whole("rate", 20),
      addressRate: whole("address-rate", 200),
      addressConnections: whole("address-connections", 100),
      logLevel: readLevel(text("log-level")),
    },
  };
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(FLAGS, name);
}

function readRedis(url: string | null): string | null {
  if (url === null || /^rediss?:$/.test(URL.parse(url)?.protocol ?? "")) return url;
  throw new Mistake(`--redis takes a URL such as redis://127.0.0.1:6379, not "${url}".`);
}

function readSecret(secret: string | null): string | null {
  // RFC 7518 section 3.2: a key of HS256 has at least 256 bits.
  if (secret === null || Buffer.byteLength(secret) >= 32) return secret;
  throw new Mistake("--auth-secret takes 32 characters or more.");
}

function readOrigin(origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new Mistake(`--origin takes a scheme, a host and maybe a port, not "${origin}".`);
}

function readLevel(level: string | null): string {
  if (level === null || LEVELS.includes(level)) return level ?? "info";
  throw new Mistake(`--log-level takes one of ${LEVELS.join(", ")}, not "${level}".`);
}
