import { once } from "node:events";
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, TLSSocket } from "node:tls";
import type { Role } from "@plyws/node";
import type { Output } from "../shared/output.ts";
import { type Agreement, DirectionWatch } from "./direction.ts";
import type { FrameView } from "./view.ts";

/** Where the proxy leads. */
export interface ProxyTarget {
  readonly url: URL;
  readonly tls: ConnectionOptions;
  /** How long connecting may take, in milliseconds. */
  readonly timeout: number;
}

/** Stands between clients and a server. Octets pass as they come, in both directions, and are shown. */
export class InspectingProxy {
  readonly #server: Server;
  readonly #streams = new Set<Socket>();

  /** @param explain says why the server cannot be reached */
  constructor(
    target: ProxyTarget,
    output: Output,
    viewOf: (id: number) => FrameView,
    explain: (error: unknown) => string,
  ) {
    let count = 0;
    // Each direction ends by itself.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const view = viewOf(++count);
      const show = (line: string): void => void output.write(line);
      this.#track(client);
      const server = dial(target);
      this.#track(server);
      server.once("error", (error) => show(view.note(explain(error))));
      relay(client, server, view, output);
    });
  }

  /** Resolves with the port. @throws Error of Node when it cannot be opened */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  /** Breaks all connections off. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #track(stream: Socket): void {
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
  }
}

function dial({ url, tls, timeout }: ProxyTarget): Socket {
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const place = { host, port: Number(url.port) || (secure ? 443 : 80), allowHalfOpen: true };
  const socket = secure
    ? connectTls({
        ...place,
        ...tls,
        ALPNProtocols: ["http/1.1"],
        servername: /[a-z]/i.test(host) ? host : "",
      })
    : connectTcp(place);
  socket.setNoDelay(true);
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no connection within ${timeout} ms`), { code: "ETIMEDOUT" }));
  }, timeout);
  for (const event of ["close", secure ? "secureConnect" : "connect"])
    socket.once(event, () => clearTimeout(timer));
  return socket;
}

/** Both directions. */
function relay(client: Socket, server: Socket, view: FrameView, output: Output): void {
  const agreement: Agreement = { isWebSocket: true, deflates: false };
  const show = (line: string): void => void output.write(line);
  const watch = (sender: Role): DirectionWatch => new DirectionWatch(sender, agreement, view, show);
  void pass(client, server, watch("client"), output);
  void pass(server, client, watch("server"), output);
}

/** One direction: no faster than the receiver, or whoever reads what is shown. */
async function pass(from: Socket, to: Socket, watch: DirectionWatch, output: Output): Promise<void> {
  to.on("error", () => breakOff(from));
  const broken = once(to, "close").catch(() => {});
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      const isTaken = to.write(chunk);
      watch.receive(chunk);
      if (!isTaken) await Promise.race([once(to, "drain").catch(() => {}), broken]);
      await output.drained();
    }
    watch.end();
    to.end();
  } catch {
    breakOff(to);
  }
}

/** A stream that was broken off breaks the other one off: its end would look like a good one. */
function breakOff(stream: Socket): void {
  if (stream instanceof TLSSocket) stream.destroy();
  else stream.resetAndDestroy();
}
