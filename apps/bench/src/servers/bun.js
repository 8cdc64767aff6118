import { listening, MAX_MESSAGE_SIZE, plan } from "./plan.js";

/**
 * The little of Bun that is used here.
 *
 * @typedef {{ send(data: string | Uint8Array, compress?: boolean): void, subscribe(topic: string): void }} Socket
 * @typedef {{ port: number, upgrade(request: object): boolean, publish(topic: string, data: Uint8Array): void }} Server
 * @type {{ serve(options: object): Server }}
 */
const Bun = Reflect.get(globalThis, "Bun");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(/** @type {object} */ request, /** @type {Server} */ own) {
    // What is returned after an upgrade is not looked at.
    return own.upgrade(request) ? undefined : new Response("This server speaks WebSocket", { status: 426 });
  },
  websocket: {
    maxPayloadLength: MAX_MESSAGE_SIZE,
    backpressureLimit: 64 * MAX_MESSAGE_SIZE,
    idleTimeout: 0,
    perMessageDeflate: plan.perMessageDeflate,
    open(/** @type {Socket} */ socket) {
      if (plan.broadcast > 0) socket.subscribe("all");
    },
    message(/** @type {Socket} */ socket, /** @type {string | Uint8Array} */ data) {
      if (plan.broadcast === 0 || typeof data === "string") {
        socket.send(data, plan.perMessageDeflate !== false);
        return;
      }
      for (let time = 0; time < plan.broadcast; time++) server.publish("all", data);
    },
  },
});
listening(server.port);
