import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Echoes } from "./echoes.ts";
import { encodeUpgrade, type PreparedLoad, prepareLoad } from "./frames.ts";
import { SERVERS, type ServerName } from "./scenarios.ts";
import { ServerProcess } from "./server-process.ts";

/** How many connections are opened at a time. */
const AT_ONCE = 200;

/** How many messages each connection echoes before its memory is looked at again. */
const MESSAGES = 4;

/** How long a server is left alone before it is measured, in milliseconds. */
const SETTLE = 3000;

const KEEPING = { serverNoContextTakeover: false, clientNoContextTakeover: false };
const NONE_KEPT = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const NARROW = { serverMaxWindowBits: 12, clientMaxWindowBits: 12 };

/** Settings of permessage-deflate, in the names of each server, by what they amount to. */
const SETTINGS: readonly [name: string, settings: Record<ServerName, boolean | object>][] = [
  ["off", { plyws: false, ws: false }],
  ["on, with the defaults", { plyws: true, ws: true }],
  ["no context kept", { plyws: NONE_KEPT, ws: NONE_KEPT }],
  ["contexts kept, 12 bits", { plyws: { ...KEEPING, ...NARROW, maxContextMemory: 1e12 }, ws: NARROW }],
  ["contexts kept, 15 bits", { plyws: { ...KEEPING, maxContextMemory: 1e12 }, ws: {} }],
];

/** Resident memory of a server for each connection, in octets. */
interface Retained {
  readonly idle: number;
  readonly used: number;
}

/** Prints what a connection costs in memory, with each setting of permessage-deflate, before and after it was used. */
export async function printMemory(connections: number): Promise<void> {
  console.log(`Node ${process.versions.node}, ${connections} connections, KB of resident memory for each\n`);
  console.log("| permessage-deflate | plyws, idle | ws, idle | plyws, used | ws, used |");
  console.log("| --- | ---: | ---: | ---: | ---: |");
  for (const [name, settings] of SETTINGS) {
    const results: Partial<Record<ServerName, Retained>> = {};
    for (const server of SERVERS) results[server] = await retained(server, settings[server], connections);
    const { plyws, ws } = results;
    const cells = [plyws?.idle, ws?.idle, plyws?.used, ws?.used].map((octets = Number.NaN) =>
      (octets / 1000).toFixed(1),
    );
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

async function retained(
  server: ServerName,
  deflate: boolean | object,
  connections: number,
): Promise<Retained> {
  const child = await ServerProcess.start(server, deflate);
  const sockets: Socket[] = [];
  const messages = prepareLoad({ name: "", size: 1024, text: true, inFlight: 1, compressed: true });
  const plain = prepareLoad({ name: "", size: 1024, text: true, inFlight: 1 });
  try {
    // What the first connections load belongs to the process.
    for (const _ of Array(AT_ONCE)) sockets.push(await open(child.port, deflate !== false));
    await Promise.all(sockets.map((socket) => use(socket, deflate === false ? plain : messages)));
    for (const socket of sockets.splice(0)) socket.destroy();
    await delay(SETTLE);
    const { rss: before } = await child.usage();
    while (sockets.length < connections) {
      const more = Math.min(AT_ONCE, connections - sockets.length);
      const opening = Array.from({ length: more }, () => open(child.port, deflate !== false));
      sockets.push(...(await Promise.all(opening)));
    }
    await delay(SETTLE);
    const { rss: idle } = await child.usage();
    for (let at = 0; at < sockets.length; at += AT_ONCE) {
      const some = sockets.slice(at, at + AT_ONCE);
      await Promise.all(some.map((socket) => use(socket, deflate === false ? plain : messages)));
    }
    await delay(SETTLE);
    const { rss: used } = await child.usage();
    return { idle: (idle - before) / connections, used: (used - before) / connections };
  } finally {
    for (const socket of sockets) socket.destroy();
    child.stop();
  }
}

function open(port: number, compressed: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("error", reject);
    socket.once("data", () => resolve(socket));
    socket.write(encodeUpgrade(compressed));
  });
}

/** Sends messages one after another, each when the one before is back. */
function use(socket: Socket, messages: readonly PreparedLoad[]): Promise<void> {
  return new Promise((resolve) => {
    const echoes = new Echoes(null);
    let next = 0;
    const send = (): void => void socket.write(messages[next++ % messages.length]!.frame);
    const onData = (chunk: Buffer): void => {
      if (echoes.receive(chunk) === 0) return;
      if (next < MESSAGES) return send();
      socket.off("data", onData);
      resolve();
    };
    socket.on("data", onData);
    send();
  });
}
