import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import { certificate } from "./certificate.ts";
import { acceptingHead, RawPeer } from "./raw-peer.ts";

/** What a server of these tests has seen. */
interface Seen {
  /** The heads of the requests, in order. */
  readonly heads: readonly string[];
  /** All streams that were opened to it. */
  readonly peers: readonly RawPeer[];
}

/** Answers a request by what stands here; `null` accepts it, `undefined` says nothing. */
type Answer = (head: string, peer: RawPeer) => string | null | undefined;

/** A server, by plain TCP or TLS, whose answers a test writes itself. */
export interface AnsweringServer extends Seen {
  readonly port: number;
  readonly url: string;
}

export const ACCEPT: Answer = () => null;
export const SILENT: Answer = () => undefined;

/** A response without a body. */
export function response(status: number, ...lines: readonly string[]): string {
  return [`HTTP/1.1 ${status} Of The Test`, ...lines, "", ""].join("\r\n");
}

export function redirect(location: string, status = 302): string {
  return response(status, `Location: ${location}`, "Content-Length: 0");
}

export async function startAnswering(answer: Answer, tls?: TlsOptions): Promise<AnsweringServer> {
  const heads: string[] = [];
  const peers: RawPeer[] = [];
  const serve = (socket: Socket): void => {
    const peer = new RawPeer(socket);
    peers.push(peer);
    const answerOnce = async (): Promise<void> => {
      const head = await peer.head();
      heads.push(head);
      const text = answer(head, peer);
      if (text !== undefined) peer.write(text ?? acceptingHead(head));
    };
    answerOnce().catch(() => socket.end());
  };
  const server =
    tls === undefined ? createTcpServer(serve) : createTlsServer({ ...certificate, ...tls }, serve);
  const port = await open(server);
  return { port, url: `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}/`, heads, peers };
}

/** A server that accepts TCP connections and says nothing. */
export async function startSilent(): Promise<{ port: number; peers: readonly RawPeer[] }> {
  const peers: RawPeer[] = [];
  const port = await open(createTcpServer((socket) => void peers.push(new RawPeer(socket))));
  return { port, peers };
}

/** An HTTP proxy made of `node:http` that takes every name for the loopback address. */
export interface TestProxy {
  readonly url: string;
  readonly port: number;
  /** The CONNECT requests: authority and Proxy-Authorization. */
  readonly requests: readonly {
    authority: string;
    authorization: string | undefined;
    host: string | undefined;
  }[];
  /** Its streams, to clients and to servers. */
  readonly sockets: readonly Socket[];
}

export async function startProxy({ tls = false, credentials = "" } = {}): Promise<TestProxy> {
  const requests: { authority: string; authorization: string | undefined; host: string | undefined }[] = [];
  const sockets: Socket[] = [];
  const server = tls ? createHttpsServer(certificate) : createServer();
  server.on("connection", (socket: Socket) => sockets.push(socket));
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    const { url: authority = "", headers } = request;
    const authorization = headers["proxy-authorization"];
    requests.push({ authority, authorization, host: headers.host });
    if (credentials !== "" && authorization !== `Basic ${Buffer.from(credentials).toString("base64")}`) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    const upstream = connect({ host: "127.0.0.1", port: Number(authority.split(":").at(-1)) });
    sockets.push(upstream);
    upstream.once("connect", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    upstream.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    upstream.on("close", () => client.destroy());
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  });
  const port = await open(server);
  onTestFinished(() => {
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, port, requests, sockets };
}

/** The port of a server on the loopback address that lasts as long as the test. */
async function open(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (server.address() as AddressInfo).port;
}

/** A port of the loopback address where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** What a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`Rejected with ${String(error)}`, { cause: error });
  }
  throw new Error("It was not rejected");
}
