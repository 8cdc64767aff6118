import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { answer, refusal } from "./refusal.ts";

/**
 * A server of Node, as frameworks have it. One of HTTP/2 has upgrades with `allowHTTP1` only: RFC 8441, WebSocket over
 * HTTP/2, is something else.
 */
export type NodeServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

export type UpgradeListener = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** Stands for every path that has no answer of its own. */
const EVERY_PATH = "*";

const attachments = new WeakMap<NodeServer, Attachment>();

/**
 * Answers the upgrades on some paths of a server, or on all that are left. Returns what ends that.
 *
 * @throws TypeError when one of the paths cannot be the path of a request
 * @throws Error when somebody is attached to one of the paths
 */
export function attachTo(
  server: NodeServer,
  paths: readonly string[] | null,
  answerUpgrade: UpgradeListener,
): () => void {
  for (const path of paths ?? []) checkPath(path);
  const attachment = attachments.get(server) ?? new Attachment(server);
  attachments.set(server, attachment);
  return attachment.add(new Set(paths ?? [EVERY_PATH]), answerUpgrade);
}

/** All that is attached to one server: one listener leads every upgrade to one answer. */
class Attachment {
  readonly #server: NodeServer;
  readonly #answers = new Map<string, UpgradeListener>();

  constructor(server: NodeServer) {
    this.#server = server;
  }

  add(paths: ReadonlySet<string>, answerUpgrade: UpgradeListener): () => void {
    const answers = this.#answers;
    for (const path of paths) {
      if (!answers.has(path)) continue;
      throw new Error(`Somebody is attached to ${path === EVERY_PATH ? "every path" : path} of this server`);
    }
    if (answers.size === 0) this.#server.on("upgrade", this.#onUpgrade);
    for (const path of paths) answers.set(path, answerUpgrade);
    return () => {
      for (const path of paths) answers.delete(path);
      if (answers.size === 0) this.#server.off("upgrade", this.#onUpgrade);
    };
  }

  readonly #onUpgrade: UpgradeListener = (request, stream, head) => {
    const answerUpgrade = this.#answers.get(pathOf(request.url ?? "/")) ?? this.#answers.get(EVERY_PATH);
    if (answerUpgrade !== undefined) return answerUpgrade(request, stream, head);
    // Whoever answers in the end: a reset must find a listener, or it would end the process.
    stream.on("error", ignore);
    // Other listeners may know this path. When there is none, nobody else would ever answer.
    if (this.#server.listenerCount("upgrade") === 1) answer(stream, NOT_FOUND);
  };
}

const NOT_FOUND = refusal(404, "There is no WebSocket at this path");

function checkPath(path: string): void {
  if (path.startsWith("/") && !path.includes("?") && !path.includes("#")) return;
  throw new TypeError(`${JSON.stringify(path)} is no path: it starts with "/" and has neither "?" nor "#"`);
}

/** RFC 9112 section 3.2: the origin form is a path and a query; the absolute form has scheme and host before them. */
function pathOf(target: string): string {
  const start = target.startsWith("/") ? 0 : target.indexOf("/", target.indexOf("://") + 3);
  const end = target.indexOf("?");
  const path = target.slice(Math.max(start, 0), end === -1 ? undefined : end);
  return path.startsWith("/") ? path : "/";
}

function ignore(): void {}
