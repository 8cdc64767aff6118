import { listen, type WebSocketServer } from "@plyws/node";
import { Exit, Failure } from "../shared/exit.ts";
import { explainPort } from "../shared/explain.ts";
import type { Io } from "../shared/io.ts";
import { Output } from "../shared/output.ts";
import { urlsOf } from "./addresses.ts";
import { ListenLog } from "./log.ts";
import { type ListenCommand, readListen } from "./options.ts";
import { allowOnly } from "./origins.ts";
import { broadcastService, echoService, execService, type Service } from "./services.ts";
import type { Visitor } from "./visitor.ts";

/** How much may wait for a connection that does not read, in octets, before it is closed with 1013. */
const MAX_BUFFERED = 4_194_304;

/** How soon it is seen that a peer has gone whose messages nobody reads, in milliseconds. */
const PING_INTERVAL = 5000;

/** `plyws listen`: ends by Ctrl-C. */
export async function listenCommand(args: readonly string[], io: Io): Promise<number> {
  const command = readListen(args);
  const log = new ListenLog(new Output(io.stdout, io.env), command);
  const service = serviceOf(command, log, io.env);
  const server = await startServer(command, log, service);
  log.listening(urlsOf(server.url, command.host), service.title);
  if (!io.signal.aborted) await new Promise((resolve) => io.signal.addEventListener("abort", resolve));
  await server.close();
  await service.ended();
  return Exit.Ok;
}

function serviceOf(command: ListenCommand, log: ListenLog, env: NodeJS.ProcessEnv): Service {
  const { program, binary } = command;
  if (program !== null) return execService({ program, binary, env }, log);
  return command.broadcast ? broadcastService() : echoService();
}

/** @throws Failure when the port cannot be opened */
async function startServer(
  command: ListenCommand,
  log: ListenLog,
  { events }: Service,
): Promise<WebSocketServer<Visitor>> {
  const { port, host, maxConnections, maxMessageSize, subprotocols, compress } = command;
  const allows = allowOnly(command.origins);
  let count = 0;
  const options = {
    port,
    host,
    maxConnections,
    maxMessageSize,
    subprotocols,
    perMessageDeflate: compress,
    maxBufferedAmount: MAX_BUFFERED,
    pingInterval: PING_INTERVAL,
    origin: ({ origin }: { readonly origin: string }) => {
      const allowed = allows(origin);
      if (!allowed) log.refused(origin);
      return allowed;
    },
    accept: (request: Visitor["request"]) => ({ data: { id: ++count, request } }),
  };
  try {
    return await listen<Visitor>(options, {
      ...events,
      open: (socket) => {
        log.open(socket);
        return events.open?.(socket);
      },
      close: (socket, record) => {
        log.close(socket, record);
        return events.close?.(socket, record);
      },
    });
  } catch (error) {
    throw new Failure(Exit.NoConnection, explainPort(error, port, host));
  }
}
