import type { Socket } from "node:net";
import type { MessageExtension } from "@plyws/connection";
import { createUpgradeRequest, type HandshakeError, type UpgradeRequestOptions } from "@plyws/handshake";
import type { ClientDeflate } from "@plyws/permessage-deflate";
import { toError } from "../warn.ts";
import type { Attempt } from "./attempt.ts";
import { dial, type Route } from "./dial.ts";
import { ConnectError, nameOf } from "./errors.ts";
import { type Answer, requestUpgrade, responseError } from "./handshake.ts";
import { type Hop, isRedirect, isSameOrigin, nextHop } from "./hop.ts";

/** What `connect` was asked for, checked. */
export interface Way {
  readonly first: Hop;
  readonly route: Route;
  /** The same for every server. */
  readonly request: Pick<UpgradeRequestOptions, "subprotocols" | "origin">;
  readonly deflate: ClientDeflate | null;
  readonly maxRedirects: number;
}

/** A stream behind its opening handshake. */
export interface OpenedStream {
  readonly stream: Socket;
  /** What came behind the answer. */
  readonly head: Uint8Array;
  readonly url: string;
  readonly subprotocol: string;
  readonly extension: MessageExtension | null;
  readonly extensions: string;
}

/** Asks the server, and those that it redirects to, until one accepts. */
export async function openStream(way: Way, attempt: Attempt): Promise<OpenedStream> {
  const { maxRedirects, route } = way;
  let hop = way.first;
  for (let redirects = 0; ; redirects += 1) {
    const { stream, answer } = await ask(hop, way, attempt).catch((thrown: unknown) => {
      throw redirects === 0 || attempt.aborted ? thrown : failedRedirect(hop, thrown);
    });
    if (answer.ok) {
      const { rest: head, subprotocol, extension, extensions } = answer;
      return { stream, head, url: webSocketUrl(hop.url), subprotocol, extension, extensions };
    }
    if (maxRedirects === 0 || !isRedirect(answer.error)) {
      throw await responseError(stream, hop.url, answer, attempt);
    }
    if (redirects === maxRedirects) throw tooManyRedirects(hop, answer.error, maxRedirects);
    const next = nextHop(hop, answer.error);
    if (route.socketPath !== undefined && !isSameOrigin(hop.url, next.url)) {
      throw offTheSocket(hop, next, answer.error);
    }
    attempt.drop();
    hop = next;
  }
}

/** `http:` and `https:` stand for `ws:` and `wss:`, as for the class of browsers. */
function webSocketUrl({ href }: URL): string {
  return href.replace(/^http/, "ws");
}

async function ask(
  { url, headers, tls }: Hop,
  { request, route, deflate }: Way,
  attempt: Attempt,
): Promise<{ stream: Socket; answer: Answer }> {
  const draft = createUpgradeRequest(url, { ...request, headers, extensions: deflate?.offers ?? [] });
  const stream = await dial(url, tls, route, attempt);
  return { stream, answer: await requestUpgrade(stream, url, draft, deflate, attempt) };
}

function failedRedirect({ url }: Hop, cause: unknown): unknown {
  if (cause instanceof ConnectError) return cause;
  const text = `A redirect leads to ${nameOf(url)}, which cannot be reached: ${toError(cause).message}`;
  return new ConnectError("redirect-failed", text, { cause });
}

function tooManyRedirects({ url }: Hop, { status, headers }: HandshakeError, limit: number): ConnectError {
  const text = `${nameOf(url)} redirects (${status}) once more than maxRedirects allows: ${limit}`;
  return new ConnectError("too-many-redirects", text, { status, headers });
}

function offTheSocket({ url }: Hop, next: Hop, { status, headers }: HandshakeError): ConnectError {
  const text = `${nameOf(url)} redirects (${status}) to ${nameOf(next.url)}, which is not behind socketPath`;
  return new ConnectError("invalid-redirect", text, { status, headers });
}
