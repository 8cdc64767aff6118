import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { whyNotListening } from "@plyws/app-kit";
import { type ConnectionRequest, refuse, WebSocketServer } from "@plyws/node";
import type { Logger } from "pino";
import { Addresses, groupOf } from "./chat/addresses.ts";
import { Bucket } from "./chat/bucket.ts";
import { Chat } from "./chat/chat.ts";
import { Hub } from "./chat/hub.ts";
import { Line } from "./chat/line.ts";
import { Marks } from "./chat/marks.ts";
import { Session } from "./chat/session.ts";
import { Uploads } from "./files/uploads.ts";
import { Guests } from "./identity/guests.ts";
import { Tokens } from "./identity/tokens.ts";
import { createHandler } from "./operations/http.ts";
import { Metrics } from "./operations/metrics.ts";
import { readPage } from "./operations/page.ts";
import type { Options } from "./options.ts";
import { CLOSE, SUBPROTOCOL } from "./protocol/version.ts";
import { openStore } from "./storage/open.ts";

/** How people start it, and where it is by default. */
const PROGRAM = { command: "npm run chat", port: 9002 };

/** A server that listens. */
export interface ChatServer {
  /** The URL of the page. */
  readonly page: string;
  /** The URL of the sockets. */
  readonly socket: string;
  /** Tells clients to reconnect, closes their connections with code 1012, and stops to listen. */
  close(): Promise<void>;
}

const HTTP_LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
// Texts above the limit of the protocol still get an answer that says so; far above, the connection is closed.
const MAX_MESSAGE = 2 ** 18;
const MAX_BUFFERED = 4 * 2 ** 20;
const CLOSE_WITHIN_MS = 3000;
const RECONNECT_AFTER_MS = 500;
const PATH = "/chat";

/**
 * Starts the chat.
 *
 * @throws StartError when the port, the folder or Redis cannot be used
 */
export async function startServer(options: Options, log: Logger): Promise<ChatServer> {
  const { host, port, origins } = options;
  const page = readPage();
  const store = await openStore(options, log);
  const hub = new Hub(store.backplane, log);
  const marks = new Marks(store.marks, log);
  const metrics = new Metrics({
    rooms: () => hub.size,
    slow: () => hub.rooms.counters.disconnected,
  });
  const addresses = new Addresses({ connections: options.addressConnections, rate: options.addressRate });
  const uploads = new Uploads(store.files, { file: options.maxFileSize, files: options.maxFiles });
  const identity =
    options.authSecret === null ? new Guests(store.people) : new Tokens(store.people, options.authSecret);
  const limits = { file: options.maxFileSize, rooms: options.maxRooms };
  const storing = () => metrics.storing();
  const chat = new Chat({
    store,
    hub,
    marks,
    identity,
    uploads,
    searches: new Line(),
    storing,
    limits,
    addresses,
    counters: metrics,
    log,
  });

  let closing = false;
  const check = () => (closing ? Promise.reject(new Error("The server is closing")) : store.check());
  const http = createServer(HTTP_LIMITS, createHandler({ page, metrics, check }));
  const sockets = new WebSocketServer<Session>(
    {
      // By default pages of the host that was asked.
      origin: origins.length > 0 ? origins : undefined,
      subprotocols: [SUBPROTOCOL],
      maxMessageSize: MAX_MESSAGE,
      maxBufferedAmount: MAX_BUFFERED,
      accept(request) {
        if (!request.subprotocols.includes(SUBPROTOCOL)) {
          return refuse(400, { body: `This server speaks the subprotocol ${SUBPROTOCOL}\n` });
        }
        const address = addressOf(request, options.trustProxy);
        if (!addresses.enter(address)) {
          return refuse(429, { headers: { "retry-after": "10" }, body: "Too many connections\n" });
        }
        return { data: new Session(address, new Bucket(options.rate, options.rate * 3)) };
      },
    },
    {
      open: (socket) => chat.opened(socket),
      message: (socket, message) => chat.received(socket, message),
      close: (socket, { code, error }) => {
        chat.closed(socket);
        log.debug({ address: socket.data.address, user: socket.data.user.id, code, err: error }, "closed");
      },
      error: (_, error) => log.error({ err: error }, "a handler failed"),
    },
  );
  sockets.attach(http, { path: PATH });

  try {
    await hub.start();
    http.listen(port, host);
    await once(http, "listening");
  } catch (error) {
    await store.close();
    throw error instanceof Error ? whyNotListening(error, host, port, PROGRAM) : error;
  }
  // Such as too many open files. It concerns new connections only.
  http.on("error", (error) => log.error({ err: error }, "the server goes on"));

  const authority = authorityOf(http.address(), host);
  return {
    page: `http://${authority}/`,
    socket: `ws://${authority}${PATH}`,
    async close() {
      closing = true;
      http.close();
      hub.tellAll({ type: "notice", code: "restarting", retryAfter: RECONNECT_AFTER_MS });
      await sockets.close({ code: CLOSE.restart, reason: "The server restarts", deadline: CLOSE_WITHIN_MS });
      http.closeAllConnections();
      uploads.close();
      await marks.flush();
      await hub.rooms.close();
      await store.close();
    },
  };
}

/** The address that counts for limits. A proxy adds the one that it sees at the end of the list. */
function addressOf({ headers, remoteAddress }: ConnectionRequest, trustProxy: boolean): string {
  const forwarded = trustProxy ? headers.get("x-forwarded-for") : null;
  return groupOf(forwarded?.split(",").at(-1)?.trim() || remoteAddress);
}

/** Host and port for a URL: the name that was asked for, with the port that was really taken. */
function authorityOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === "object" ? address?.port : address;
  if (host === "0.0.0.0" || host === "::") return `localhost:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
