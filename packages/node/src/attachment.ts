import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { answer, refusal } from "./refusal.ts";

type Listener = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** For every server of Node: who answers upgrades on it, and on which path; `undefined` stands for every path. */
const attachments = new WeakMap<HttpServer | HttpsServer, Map<Listener, string | undefined>>();

/** Answers the upgrades on one path of a server, or all of them. Returns what ends that. */
export function attachTo(
  server: HttpServer | HttpsServer,
  path: string | undefined,
  answerUpgrade: Listener,
): () => void {
  const ours = attachments.get(server) ?? new Map<Listener, string | undefined>();
  attachments.set(server, ours);
  const listener: Listener = (request, stream, head) => {
    const asked = pathOf(request);
    if (path === undefined || path === asked) return answerUpgrade(request, stream, head);
    // Whoever answers in the end: a reset must find a listener, or it would end the process.
    stream.on("error", ignore);
    // A listener of others may answer other paths. When all are ours, the first one sees that nobody would.
    const paths = [...ours.values()];
    const alone = server.listenerCount("upgrade") === paths.length && ours.keys().next().value === listener;
    if (alone && !paths.includes(undefined) && !paths.includes(asked)) answer(stream, NOT_FOUND);
  };
  ours.set(listener, path);
  server.on("upgrade", listener);
  return () => {
    ours.delete(listener);
    server.off("upgrade", listener);
  };
}

const NOT_FOUND = refusal(404, "There is no WebSocket at this path");

function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

function ignore(): void {}
