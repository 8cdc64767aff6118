import { listening, plan } from "./plan.js";

/**
 * The little of Deno that is used here.
 *
 * @typedef {WebSocket & { binaryType: string }} Socket
 * @typedef {{ socket: Socket, response: Response }} Upgraded
 * @type {{
 *   serve(options: object, handler: (request: Request) => Response): { addr: { port: number } },
 *   upgradeWebSocket(request: Request, options: object): Upgraded,
 * }}
 */
const Deno = Reflect.get(globalThis, "Deno");
/** @type {Set<Socket>} */
const sockets = new Set();

const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
const server = Deno.serve(options, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  if (plan.broadcast > 0) {
    socket.addEventListener("open", () => sockets.add(socket));
    socket.addEventListener("close", () => sockets.delete(socket));
  }
  socket.addEventListener("message", ({ data }) => {
    if (plan.broadcast === 0 || typeof data === "string") return socket.send(data);
    for (let time = 0; time < plan.broadcast; time++) for (const other of sockets) other.send(data);
  });
  socket.addEventListener("error", () => {});
  return response;
});
listening(server.addr.port);
