import type { Socket } from "node:net";
import { encodeRequest, HeaderFields, ResponseReader } from "@plyws/handshake";
import type { Attempt } from "./attempt.ts";
import { credentialsOf, withoutCredentials } from "./credentials.ts";
import { authorityOf } from "./destination.ts";
import { ConnectError, nameOf } from "./errors.ts";
import { proxyOfEnvironment } from "./proxy-environment.ts";

/** An HTTP proxy, and what it is to be told. */
export interface Proxy {
  /** Without user name and password. */
  readonly url: URL;
  /** The value of Proxy-Authorization; `null` when it is not sent. */
  readonly credentials: string | null;
}

/** Says by which proxy a server is reached; `null` for none. */
export type ProxyChoice = (server: URL) => Proxy | null;

/** @throws TypeError, here or by the function, when what should be a proxy is none */
export function chooseProxy(proxy: string | URL | undefined): ProxyChoice {
  if (proxy === undefined) return () => null;
  if (proxy !== "environment") {
    const chosen = parseProxy("proxy", proxy);
    return () => chosen;
  }
  return (server) => {
    const named = proxyOfEnvironment(server, process.env);
    if (named === null) return null;
    // Proxies of the environment are often written without a scheme.
    const text = named.value.includes("://") ? named.value : `http://${named.value}`;
    return parseProxy(named.variable, text);
  };
}

function parseProxy(source: string, value: string | URL): Proxy {
  // The value itself is not told: it may hold a password.
  if (!URL.canParse(value)) {
    throw new TypeError(`${source} is not a URL such as "http://user:password@proxy.example:3128"`);
  }
  const url = new URL(value);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(
      `${source} is a URL of ${url.protocol} instead of http: or https:, the proxies known here`,
    );
  }
  return { url: withoutCredentials(url), credentials: credentialsOf(url) };
}

/**
 * Makes a tunnel to the server of a stream to a proxy: RFC 9110 section 9.3.6. What comes behind the answer stays in
 * the stream.
 */
export async function openTunnel(stream: Socket, proxy: Proxy, server: URL, attempt: Attempt): Promise<void> {
  const authority = authorityOf(server);
  const name = nameOf(proxy.url);
  const { credentials } = proxy;
  const request = encodeRequest({
    method: "CONNECT",
    target: authority,
    httpVersion: "1.1",
    headers: HeaderFields.from([
      ["Host", authority],
      ...(credentials === null ? [] : [["Proxy-Authorization", credentials] as const]),
    ]),
  });
  const reader = new ResponseReader();
  stream.write(request);
  const read = await attempt.read(stream, `the answer of the proxy ${name}`, (chunk) =>
    reader.receive(chunk),
  );
  if (!read.ok) throw read.error;
  const { status, headers } = read.head;
  if (status < 200 || status > 299) {
    const advice =
      status === 407 ? ". It asks for a user name and password: they go into the URL of the proxy" : "";
    const text = `The proxy ${name} does not connect to ${authority}: it answered ${status}${advice}`;
    throw new ConnectError("proxy-refused", text, { status, headers });
  }
  if (read.rest.length > 0) stream.unshift(read.rest);
}
