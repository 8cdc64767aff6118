import { SESSION_FLAGS } from "../connect/options.ts";
import type { Arguments } from "../shared/arguments.ts";

export const INSPECT_FLAGS = {
  ...SESSION_FLAGS,
  listen: { type: "string", short: "l" },
  to: { type: "string" },
  host: { type: "string" },
} as const;

export type InspectArguments = Arguments<keyof typeof INSPECT_FLAGS>;

export const INSPECT_HELP = `Shows every frame of a connection: when, which way, opcode, FIN and RSV bits, mask, length, beginning of the payload.

Usage: plyws inspect <url> [options of connect]
       plyws inspect --listen <port> --to <url> [options]

With a URL it connects, and takes the options and commands of connect: see plyws connect --help. Frames are shown in
place of messages; > is sent, < is received.

With --listen it stands between clients and a server. Octets pass as they are, in both directions; what breaks a rule is
told with the section of the RFC. > comes from the client, < from the server.

  -l, --listen <port>         where clients connect, 0 for any free port
  --to <url>                  the server; with wss:// the clients speak ws:// all the same
  --host <name>               the address to listen on                              (default 127.0.0.1)
  -k, --insecure              takes certificates that nobody vouches for
  --ca <file>                 trusts only what these certificates (PEM) vouch for
  --timeout <ms>              how long connecting to the server may take            (default 10000)
  --json                      a line of JSON for every frame
`;
