import { once } from "node:events";
import { describe, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { WebSocket } from "../src/whatwg/index.ts";

export type WebSocketClass = typeof WebSocket;

// Node has a class of its own from version 22 on: what both do is what the standard says.
const theirs: unknown = Reflect.get(globalThis, "WebSocket");

const CLASSES: readonly (readonly [name: string, Class: WebSocketClass])[] = [
  ["ours", WebSocket],
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  ...(theirs === undefined ? [] : [["that of Node", theirs as WebSocketClass] as const]),
];

export interface Row {
  readonly name: string;
  readonly run: (Socket: WebSocketClass) => void | Promise<void>;
  /** What the class of Node does instead. */
  readonly deviation?: string;
}

/** Runs every row with our class, and with that of Node where it follows the standard. */
export function rows(title: string, table: readonly Row[]): void {
  describe.each(CLASSES)(`${title}: %s`, (name, Socket) => {
    for (const { name: row, run, deviation } of table) {
      const follows = name === "ours" || deviation === undefined;
      const register = follows ? test : test.skip;
      register(follows ? row : `${row} (${deviation})`, () => run(Socket));
    }
  });
}

/** A socket that lasts as long as the test. */
export function socketOf(
  Socket: WebSocketClass,
  ...parameters: ConstructorParameters<WebSocketClass>
): WebSocket {
  const socket = new Socket(...parameters);
  onTestFinished(() => socket.close());
  return socket;
}

/** An open socket that lasts as long as the test. */
export async function openSocket(
  Socket: WebSocketClass,
  ...parameters: ConstructorParameters<WebSocketClass>
): Promise<WebSocket> {
  const socket = socketOf(Socket, ...parameters);
  await next(socket, "open");
  return socket;
}

interface EventOf {
  open: Event;
  message: MessageEvent;
  error: Event;
  close: Event & { readonly code: number; readonly reason: string; readonly wasClean: boolean };
}

/** The next event of a type. */
export function next<Type extends keyof EventOf>(socket: WebSocket, type: Type): Promise<EventOf[Type]> {
  return new Promise((resolve) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    socket.addEventListener(type, (event) => resolve(event as EventOf[Type]), { once: true });
  });
}

/** What a `close` event says. */
export async function ending(socket: WebSocket): Promise<[code: number, reason: string, wasClean: boolean]> {
  const { code, reason, wasClean } = await next(socket, "close");
  return [code, reason, wasClean];
}

/** The types of all events, as they come. */
export function heard(socket: WebSocket): string[] {
  const types: string[] = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, () => types.push(type));
  }
  return types;
}

/** The name of the DOMException or the class of the error that a call throws; "nothing" when it does not. */
export function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return "nothing";
}

/** An echo server of `ws` that takes the first subprotocol offered. */
export async function echoServer(): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port");
  return `ws://127.0.0.1:${address.port}/`;
}
