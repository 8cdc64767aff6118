import { onTestFinished } from "vitest";
import {
  type ListenOptions,
  listen,
  type ServerOptions,
  type WebSocketEvents,
  type WebSocketServer,
} from "../../src/index.ts";
import { rawConnect } from "./raw-peer.ts";

/** A server that gives its connections data; it lasts as long as the test. */
export async function serve<Data = undefined>(
  options: ServerOptions<Data> & ListenOptions,
  events: WebSocketEvents<NoInfer<Data>> = { message: (socket, data) => socket.send(data) },
): Promise<WebSocketServer<Data>> {
  const server = await listen<Data>({ host: "127.0.0.1", ...options }, events);
  onTestFinished(() => void server.close({ deadline: 0 }));
  return server;
}

/** All that a server writes to a client that sends these octets and then waits for the end of the stream. */
export async function answerTo(url: string, ...octets: (string | Uint8Array)[]): Promise<string> {
  const peer = await rawConnect(url);
  peer.write(...octets);
  const answer = String(await peer.rest());
  peer.socket.end();
  return answer;
}

/** The status line of an answer. */
export function statusOf(answer: string): string {
  return answer.slice(0, answer.indexOf("\r\n"));
}

/** A promise that is settled from outside. */
export class Gate<Value> {
  resolve!: (value: Value) => void;
  reject!: (error: Error) => void;
  readonly passed: Promise<Value>;

  constructor() {
    this.passed = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
