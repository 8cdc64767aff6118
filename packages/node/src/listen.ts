import type { WebSocketEvents } from "./events.ts";
import type { ListenOptions } from "./listener.ts";
import { type ServerOptions, WebSocketServer } from "./server.ts";

/**
 * Starts a server on a port of its own: `new WebSocketServer(options, events).listen(options)` in one call.
 *
 * @throws Error when the port cannot be opened, with Node's `code`: "EADDRINUSE", "EACCES" …
 *
 * @example
 * ```ts
 * const server = await listen({ port: 9001 }, {
 *   message: (socket, data) => socket.send(data),
 * });
 * console.log(server.url); // ws://localhost:9001/
 * ```
 */
export function listen<Data = undefined>(
  options: ListenOptions & ServerOptions<Data>,
  events: WebSocketEvents<NoInfer<Data>>,
): Promise<WebSocketServer<Data>> {
  return new WebSocketServer(options, events).listen(options);
}
