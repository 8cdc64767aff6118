import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { toError } from "../warn.ts";
import type { Attempt } from "./attempt.ts";
import { authorityOf, hostOf, isSecure, portOf } from "./destination.ts";
import { ConnectError, nameOf } from "./errors.ts";
import { openTunnel, type Proxy, type ProxyChoice } from "./proxy.ts";

/** Settings of `node:tls`, without those that say where to connect. */
export type TlsSettings = Omit<
  ConnectionOptions,
  "allowHalfOpen" | "host" | "lookup" | "path" | "port" | "socket" | "timeout"
>;

/** How servers are reached. */
export interface Route {
  readonly proxy: ProxyChoice;
  readonly proxyTls: TlsSettings | undefined;
  readonly socketPath: string | undefined;
  readonly lookup: LookupFunction | undefined;
}

/** A stream to a server: by TCP or a Unix socket, through a proxy or not, with TLS or not. */
export async function dial(
  server: URL,
  tls: TlsSettings | undefined,
  route: Route,
  attempt: Attempt,
): Promise<Socket> {
  const proxy = route.proxy(server);
  const stream =
    proxy === null
      ? await openSocket(server, route, attempt)
      : await dialByProxy(server, proxy, route, attempt);
  return isSecure(server) ? startTls(stream, server, tls, attempt) : stream;
}

async function dialByProxy(server: URL, proxy: Proxy, route: Route, attempt: Attempt): Promise<Socket> {
  try {
    let stream = await openSocket(proxy.url, route, attempt);
    if (isSecure(proxy.url)) stream = await startTls(stream, proxy.url, route.proxyTls, attempt);
    await openTunnel(stream, proxy, server, attempt);
    return stream;
  } catch (cause) {
    if (attempt.aborted || cause instanceof ConnectError) throw cause;
    const text = `The proxy ${nameOf(proxy.url)} cannot be used: ${toError(cause).message}`;
    throw new ConnectError("proxy-failed", text, { cause });
  }
}

async function openSocket(url: URL, { socketPath, lookup }: Route, attempt: Attempt): Promise<Socket> {
  const host = hostOf(url);
  const where = socketPath === undefined ? { host, port: portOf(url) } : { path: socketPath };
  if (socketPath === undefined && lookup !== undefined && isIP(host) !== 0) {
    await lookUpAddress(host, lookup, attempt);
  }
  const stream = connectTcp({
    ...where,
    ...(lookup === undefined ? {} : { lookup }),
    noDelay: true,
    // Both halves of the stream end separately: what is still queued goes out after the peer has ended its own.
    allowHalfOpen: true,
  });
  attempt.hold(stream);
  try {
    await attempt.reach(stream, "connect", `a connection to ${socketPath ?? authorityOf(url)}`);
  } catch (error) {
    // Node leaves the message empty when a name has several addresses and none can be reached.
    if (error instanceof AggregateError)
      error.message = error.errors.map((one) => toError(one).message).join(", ");
    throw error;
  }
  return stream;
}

/** Node asks `lookup` for names only. An address must not get around one that decides where to connect. */
function lookUpAddress(address: string, lookup: LookupFunction, attempt: Attempt): Promise<void> {
  return attempt.wait(`the lookup of ${address}`, (resolve, reject) => {
    lookup(address, { all: true }, (error) => (error ? reject(error) : resolve()));
    return () => {};
  });
}

async function startTls(
  stream: Socket,
  url: URL,
  settings: TlsSettings | undefined,
  attempt: Attempt,
): Promise<Socket> {
  const host = hostOf(url);
  const secured = connectTls({
    ALPNProtocols: ["http/1.1"],
    // RFC 6066 section 3: an address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...givenOf(settings),
    host,
    socket: stream,
  });
  attempt.hold(secured);
  await attempt.reach(secured, "secureConnect", `TLS with ${authorityOf(url)}`);
  return secured;
}

/** An option that is there and undefined would take the place of the default of Node, for instance of a check. */
function givenOf(settings: TlsSettings = {}): TlsSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
