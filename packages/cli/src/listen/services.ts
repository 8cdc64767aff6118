import { broadcast, type WebSocketConnection, type WebSocketEvents } from "@plyws/node";
import { type ExecOptions, serveByProgram } from "./exec.ts";
import type { ListenLog } from "./log.ts";
import type { Visitor } from "./visitor.ts";

/** What a server does with its connections. */
export interface Service {
  /** For people. */
  readonly title: string;
  readonly events: WebSocketEvents<Visitor>;
  /** Resolves when nothing is left of connections that have ended. */
  ended(): Promise<void>;
}

/** Sends every message back; takes no more from a peer that does not read. */
export function echoService(): Service {
  return {
    title: "messages are sent back",
    events: {
      message: (socket, data) => {
        if (socket.send(data) === "buffered") socket.pause();
      },
      drain: (socket) => socket.resume(),
    },
    ended: () => Promise.resolve(),
  };
}

/** Sends every message to all others. */
export function broadcastService(): Service {
  const sockets = new Set<WebSocketConnection<Visitor>>();
  return {
    title: "messages go to all other connections",
    events: {
      open: (socket) => void sockets.add(socket),
      message: (socket, data) => {
        const others = [...sockets].filter((other) => other !== socket);
        broadcast(others, data, "buffer");
      },
      close: (socket) => void sockets.delete(socket),
    },
    ended: () => Promise.resolve(),
  };
}

/** Runs a program for every connection. */
export function execService(options: ExecOptions, log: ListenLog): Service {
  const running = new Set<Promise<void>>();
  const serve = async (socket: WebSocketConnection<Visitor>): Promise<void> => {
    try {
      const problem = await serveByProgram(socket, options);
      if (problem !== null) log.problem(socket.data.id, problem);
    } catch (error) {
      // The system has no room for another program, for instance.
      log.problem(socket.data.id, error instanceof Error ? error.message : String(error));
      socket.close(1011, "the program cannot be started");
    }
  };
  return {
    title: `every connection runs ${options.program.join(" ")}`,
    events: {
      open: (socket) => {
        const run = serve(socket).finally(() => running.delete(run));
        running.add(run);
      },
    },
    ended: async () => void (await Promise.allSettled(running)),
  };
}
