import { readFileSync } from "node:fs";
import { type ConnectOptions, connect, type WebSocketConnection, type WebSocketEvents } from "@plyws/node";
import { type Arguments, MAX_TIME } from "./arguments.ts";
import { Exit, Failure, Mistake } from "./exit.ts";
import { explain } from "./explain.ts";

/** The options of all commands that connect. */
export const CLIENT_FLAGS = {
  header: { type: "string", multiple: true, short: "H" },
  subprotocol: { type: "string", multiple: true, short: "s" },
  origin: { type: "string", short: "o" },
  compress: { type: "boolean" },
  insecure: { type: "boolean", short: "k" },
  ca: { type: "string" },
  timeout: { type: "string" },
  "max-message-size": { type: "string" },
} as const;

export const CLIENT_HELP = `Connection
  -H, --header "Name: value"  a further header field of the request; may be repeated
  -s, --subprotocol <name>    offers a subprotocol; may be repeated, the best first
  -o, --origin <origin>       the Origin, as a browser would send it
  --compress                  offers permessage-deflate
  -k, --insecure              takes certificates that nobody vouches for
  --ca <file>                 trusts only what these certificates (PEM) vouch for
  --timeout <ms>              how long connecting may take                          (default 10000)
  --max-message-size <size>   larger messages fail the connection (1009)            (default 16MiB)
`;

/** Where to connect, and how. */
export interface Target {
  readonly url: URL;
  readonly options: ConnectOptions;
}

/** @throws Mistake when it cannot be understood */
export function readTarget(given: Arguments<keyof typeof CLIENT_FLAGS>): Target {
  const url = readUrl(given.only('A URL such as "ws://127.0.0.1:9001/"'));
  const options = {
    headers: given.headers("header"),
    subprotocols: given.list("subprotocol"),
    origin: given.text("origin"),
    perMessageDeflate: given.has("compress"),
    tls: readTls(given),
    handshakeTimeout: given.whole("timeout", 1, MAX_TIME),
    maxMessageSize: given.size("max-message-size"),
  };
  return { url, options };
}

/** What --insecure and --ca say. @throws Mistake when the file cannot be read */
export function readTls(given: Arguments<"insecure" | "ca">): { rejectUnauthorized?: false; ca?: string } {
  const file = given.text("ca");
  return {
    ...(given.has("insecure") ? { rejectUnauthorized: false } : {}),
    ...(file === undefined ? {} : { ca: readFile(file) }),
  };
}

/** "localhost:9001" is understood as "ws://localhost:9001", and so is ":9001". */
export function readUrl(text: string): URL {
  const whole = text.includes("://") ? text : `ws://${text.startsWith(":") ? "localhost" : ""}${text}`;
  if (!URL.canParse(whole))
    throw new Mistake(`"${text}" is no URL: it is to be such as ws://127.0.0.1:9001/.`);
  const url = new URL(whole);
  if (/^(ws|http)s?:$/.test(url.protocol)) return url;
  throw new Mistake(`A URL of a WebSocket begins with ws:// or wss://, not with ${url.protocol}//.`);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Mistake(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws Failure that says why there is no connection */
export async function openConnection(
  { url, options }: Target,
  signal: AbortSignal,
  events: WebSocketEvents = {},
): Promise<WebSocketConnection> {
  try {
    return await connect(url, { ...options, overflow: "wait", signal }, events);
  } catch (error) {
    if (signal.aborted) throw new Failure(Exit.Interrupted, "Interrupted.");
    // What cannot be sent in a request is what was typed.
    if (error instanceof TypeError || error instanceof RangeError) throw new Mistake(`${error.message}.`);
    throw new Failure(Exit.NoConnection, explain(error, url));
  }
}
