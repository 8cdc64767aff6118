import { onTestFinished } from "vitest";
import {
  type ConnectOptions,
  connect,
  type ListenOptions,
  listen,
  type ServerOptions,
  type WebSocketConnection,
  type WebSocketEvents,
  type WebSocketServer,
} from "../../src/index.ts";

/** Sends every message back. */
export const ECHO: WebSocketEvents = { message: (socket, data) => socket.send(data) };

/** Takes messages and does nothing with them: without it nothing would be read, not even a Close frame. */
export const DROP: WebSocketEvents = { message: () => {} };

/** A server on a free port of the loopback address that lasts as long as the test. */
export async function startServer(
  events: WebSocketEvents = ECHO,
  options: ServerOptions & ListenOptions = {},
): Promise<WebSocketServer> {
  const server = await listen({ host: "127.0.0.1", ...options }, events);
  onTestFinished(() => void server.close({ deadline: 0 }));
  return server;
}

/** A client that lasts as long as the test. */
export async function openClient(
  url: string,
  events: WebSocketEvents = {},
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  const client = await connect(url, options, events);
  onTestFinished(() => client.terminate());
  return client;
}

/** The connections of a server, in the order in which they open. */
export function collector(): {
  events: Pick<WebSocketEvents, "open">;
  next: () => Promise<WebSocketConnection>;
} {
  const opened: WebSocketConnection[] = [];
  const waiting: ((socket: WebSocketConnection) => void)[] = [];
  return {
    events: {
      open: (socket) => {
        const resolve = waiting.shift();
        if (resolve === undefined) opened.push(socket);
        else resolve(socket);
      },
    },
    next: () => {
      const socket = opened.shift();
      return socket === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(socket);
    },
  };
}

/** Sends a message and checks nothing: what comes back. The client has no `message` event. */
export async function roundTrip(
  client: WebSocketConnection,
  data: string | Uint8Array,
): Promise<string | Uint8Array> {
  client.send(data);
  const answer = await client.receive();
  if (answer === null) throw new Error(`The connection ended: ${JSON.stringify(await client.closed)}`);
  return answer;
}
