import { EventEmitter, once } from "node:events";
import { BINARY, CLOSE, TEXT } from "@plyws/testkit";
import { describe, onTestFinished, test } from "vitest";
import { WebSocket, type WebSocketOpenInfo, WebSocketStream } from "../src/index.ts";
import { acceptingHead, type RawPeer, rawServer } from "./support/raw-peer.ts";
import { wsServer } from "./support/ws.ts";

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
  const { url } = await wsServer((socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  return url;
}

/** A server of plain TCP that accepts the opening handshake and leaves the rest to the test. */
export function peerServer(serve: (peer: RawPeer) => void | Promise<void>): Promise<string> {
  return rawServer(async (peer) => {
    peer.write(acceptingHead(await peer.head()));
    void peer.ended.then(() => peer.socket.end());
    await serve(peer);
  });
}

/** So many milliseconds in which nothing should happen. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** So many promises one after the other, all in the same task. */
export async function promises(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`It resolved to ${String(value)}`);
    },
    (reason: unknown) => reason,
  );

/** An open stream, with what it is then. */
export async function openStream(url: string): Promise<WebSocketOpenInfo & { stream: WebSocketStream }> {
  const stream = new WebSocketStream(url);
  return { stream, ...(await stream.opened) };
}

export interface Keeper {
  readonly url: string;
  /** What arrived, once there is so much of it; a Close frame counts, with its code. */
  readonly frames: (count: number) => Promise<[opcode: number, payload: Buffer | number][]>;
}

/** A server that keeps what arrives. */
export async function keeper(): Promise<Keeper> {
  const arrived: [number, Buffer | number][] = [];
  const arrivals = new EventEmitter();
  const keep = (opcode: number, payload: Buffer | number): void => {
    arrived.push([opcode, payload]);
    arrivals.emit("one");
  };
  const { url } = await wsServer((socket) => {
    socket.on("message", (data, isBinary) => {
      if (Buffer.isBuffer(data)) keep(isBinary ? BINARY : TEXT, data);
    });
    socket.on("close", (code) => keep(CLOSE, code));
  });
  const frames = async (count: number): Promise<typeof arrived> => {
    while (arrived.length < count) await once(arrivals, "one");
    return arrived;
  };
  return { url, frames };
}
