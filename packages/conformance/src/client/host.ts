import { createServer, type Server, type Socket } from "node:net";
import { CLEAN, ok, send, strict } from "../cases/build.ts";
import { type Case, judges } from "../cases/case.ts";
import { allCases } from "../cases/index.ts";
import { selectCases } from "../cases/select.ts";
import type { Report } from "../report/report.ts";
import { runConnection } from "../run/connection.ts";
import { type CaseOptions, type Progress, sessionLimits } from "../run/options.ts";
import { type CaseResult, described } from "../run/result.ts";
import { SocketLine } from "../run/socket-line.ts";
import { type Head, HeadReader, hasToken, listOf, valuesOf } from "../wire/head.ts";
import { randomKey } from "../wire/key.ts";
import { latin1, utf8 } from "../wire/octets.ts";
import { Agents } from "./agents.ts";
import { runOnClient, type Visitor } from "./judge-client.ts";
import { page } from "./page.ts";
import { writeResponse } from "./response.ts";

export interface HostOptions extends CaseOptions {
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** The address to listen on. Default "127.0.0.1". */
  readonly host?: string | undefined;
  /** Called with each result as it is there. */
  readonly onResult?:
    | ((result: CaseResult, progress: Progress & { readonly agent: string }) => void)
    | undefined;
  /** Called when a client says that it has run what it wanted to. */
  readonly onReport?: ((report: Report) => void) | undefined;
}

/** A server that clients connect to, case after case. */
export interface Host {
  /** For clients: `ws://…`, without a path. */
  readonly url: string;
  /** Of every agent so far. */
  readonly reports: readonly Report[];
  close(): Promise<void>;
}

const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Judges clients. A client asks for `/getCaseCount`, echoes on `/runCase?case=N&agent=NAME` for each N from 1, and ends
 * with `/updateReports?agent=NAME`.
 *
 * @throws RangeError when an option is out of range, or a pattern fits no case
 * @throws Error when it cannot listen there
 * @example
 * ```ts
 * const host = await judgeClients({ port: 9001, onReport: (report) => console.log(report.results.length) });
 * ```
 */
export async function judgeClients(options: HostOptions = {}): Promise<Host> {
  const cases = selectCases(allCases, options).filter((item) => judges(item, "client"));
  const settings = sessionLimits(options);
  const agents = new Agents(cases);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    visit(socket).catch(() => socket.destroy());
  });
  await listen(server, options);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { address: name, port, family } = address;
  const authority = family === "IPv6" ? `[${name}]:${port}` : `${name}:${port}`;

  /** Everything that one connection is about. */
  async function visit(socket: Socket): Promise<void> {
    const line = new SocketLine(socket);
    const opened = await readRequest(line);
    if (opened === null) return void socket.destroy();
    const { head, rest } = opened;
    const url = new URL(head.line.split(" ")[1] ?? "/", "http://kit");
    const query = (key: string): string | null => url.searchParams.get(key);
    const agent = query("agent") ?? "client";
    if (!hasToken(listOf(head, "upgrade"), "websocket")) return answerPlainly(socket, url.pathname);
    const asked = query("casetuple") ?? query("case");
    const item = findCase(cases, asked);
    const sendJson = (value: unknown): Promise<void> => sendText(line, head, rest, JSON.stringify(value));
    switch (url.pathname) {
      case "/getCaseCount":
        return sendJson(cases.length);
      case "/getCaseInfo":
        return sendJson(item === null ? null : { id: item.id, description: item.title });
      case "/getCaseStatus":
        return sendJson({ behavior: item === null ? null : agents.behaviorOf(agent, item.id) });
      case "/updateReports": {
        const report = agents.report(agent);
        if (report !== null) options.onReport?.(report);
        return sendText(line, head, rest, null);
      }
      case "/runCase":
        if (item !== null) return runCase(item, agent, { head, line, early: rest });
        return sendText(line, head, rest, null);
      default:
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
  }

  async function runCase(
    item: Case,
    agent: string,
    opened: Pick<Visitor, "head" | "line" | "early">,
  ): Promise<void> {
    const earlierKeys = agents.keysBefore(agent, valuesOf(opened.head, "sec-websocket-key")[0] ?? "");
    const host = valuesOf(opened.head, "host")[0] ?? "";
    // A client may know the kit by another name than by its address.
    const known = host.endsWith(`:${port}`) ? host : authority;
    agents.begin(agent);
    const result = await runOnClient(item, { ...opened, authority: known, earlierKeys }, settings);
    const done = agents.add(agent, result);
    options.onResult?.(result, { done, total: cases.length, agent });
  }

  return {
    url: `ws://${authority}`,
    get reports() {
      return agents.names.flatMap((agent) => agents.report(agent) ?? []);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, { port = 0, host = "127.0.0.1" }: HostOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Error(`cannot listen on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, () => resolve());
  });
}

/** The n-th case, counted from 1, or the one with this id. */
function findCase(cases: readonly Case[], asked: string | null): Case | null {
  return cases[Number(asked) - 1] ?? cases.find(({ id }) => id === asked) ?? null;
}

async function readRequest(line: SocketLine): Promise<{ head: Head; rest: Uint8Array } | null> {
  const reader = new HeadReader();
  let found: { head: Head; rest: Uint8Array } | null = null;
  let gone = false;
  await line.wait(
    HANDSHAKE_TIMEOUT,
    new Promise<void>((resolve) => {
      line.listener = {
        received(octets) {
          try {
            found = reader.receive(octets);
          } catch {
            gone = true;
          }
          if (found === null && !gone) return;
          line.listener = null;
          resolve();
        },
        ended() {
          gone = true;
          resolve();
        },
      };
    }),
  );
  return found;
}

/** Opens a connection, sends a text unless it is null, and closes. */
async function sendText(line: SocketLine, head: Head, early: Uint8Array, text: string | null): Promise<void> {
  const response = writeResponse(valuesOf(head, "sec-websocket-key")[0] ?? "");
  line.write(latin1(response));
  const item = strict({
    id: "",
    title: "",
    rule: "",
    why: "",
    steps: text === null ? [send.close(1000)] : [send.text(utf8(text)), send.close(1000)],
    outcomes: [ok([], CLEAN, "")],
  });
  const heads = { request: head.text, response };
  await runConnection(
    { ...item, ...described(item) },
    { line, early, compression: null, ...heads },
    {
      kit: "server",
      patience: 2000,
      volume: 0,
      random: randomKey,
    },
  );
}

/** What a browser gets: a page that runs all cases in it. */
function answerPlainly(socket: Socket, path: string): void {
  const found = path === "/";
  const body = found ? page : "There is only one page here: /\n";
  socket.end(
    `HTTP/1.1 ${found ? "200 OK" : "404 Not Found"}\r\n` +
      `Content-Type: text/${found ? "html" : "plain"}; charset=utf-8\r\n` +
      `Content-Length: ${utf8(body).length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
